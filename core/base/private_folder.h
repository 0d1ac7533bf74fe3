#pragma once

#include <string>

namespace jim {

/// Makes a folder for its owner only; those above it are as usual. A `.jim`, be it the folder or
/// the one that holds it, also gets a .gitignore, whoever makes it. What stands already is left as
/// it is. 0, or the system's error number.
int make_private_folder(const std::string& folder);

}  // namespace jim

#pragma once

#include <string>
#include <vector>

namespace jim {

/// `text` with `(sensitive)` for every secret in it, however a server may have written it when it
/// repeats what it was sent: as it is, quoted (up to three times), in base64 at any offset,
/// hexadecimal, or as part of a URL. Of a secret with several lines each line counts as well.
/// Secrets of less than three letters are not looked for.
std::string conceal(std::string text, const std::vector<std::string>& secrets);

}  // namespace jim

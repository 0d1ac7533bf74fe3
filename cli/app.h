#pragma once

namespace jim {

/// The whole program: reads the command line, does what it says, and gives the exit status.
int run(int argc, const char* const* argv);

}  // namespace jim

#include <unistd.h>

#include <iostream>

#include "core/sandbox/sandbox.h"

// Serves the sandbox alone until it is ended: prints its URL, records to the file named by the
// first argument.
int main(int count, char** arguments) {
  const auto sandbox = jim::Sandbox::start({.record = count > 1 ? arguments[1] : ""});
  if (!sandbox) {
    std::cerr << sandbox.error().message << '\n';
    return 1;
  }
  std::cout << (*sandbox)->url() << std::endl;
  pause();
}

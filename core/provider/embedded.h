#pragma once

#include <span>
#include <string_view>

namespace jim {

/// One manifest of providers/ as it was when the binary was built.
struct EmbeddedManifest {
  std::string_view name = {};  // the file's name without .yaml: "latitude"
  std::string_view text = {};  // the file's bytes
};

/// All manifests inside the binary, sorted by name. The views live as long as the program.
std::span<const EmbeddedManifest> embedded_manifests();

}  // namespace jim

#pragma once

#include <string>

#include "core/base/result.h"

namespace jim {

/// Where trusted certificates come from: a PEM file or a hashed folder; one of the two is set.
struct CaStore {
  std::string file = {};
  std::string folder = {};
};

/// The store to trust: `named` (from the config) if not empty, else SSL_CERT_FILE or SSL_CERT_DIR,
/// else a known place of Debian, Red Hat, Alpine, openSUSE, macOS or FreeBSD. Fails with
/// invalid_config when a named one does not open, and when there is none at all. A hashed folder is
/// preferred to a bundle: OpenSSL then opens only the issuer it needs.
Result<CaStore> find_ca_store(const std::string& named);

}  // namespace jim

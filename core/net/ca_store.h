#pragma once

#include <string>

#include "core/base/result.h"

namespace jim {

/// Where trusted certificates come from: a PEM file or a hashed folder; one of the two is set.
struct CaStore {
  std::string file = {};
  std::string folder = {};
};

/// Where to look for it.
struct CaSearch {
  std::string named = {};            ///< the config's word, or empty
  std::string ssl_cert_file = {};    ///< the environment's SSL_CERT_FILE, or empty
  std::string ssl_cert_folder = {};  ///< the environment's SSL_CERT_DIR, or empty
  std::string root = {};             ///< what the known places lie below; empty: the machine's root
};

/// The search on this machine and with its environment.
CaSearch ca_search(const std::string& named);

/// The store to trust: `named` if not empty, else SSL_CERT_FILE or SSL_CERT_DIR, else a known place
/// of Debian, Red Hat, Alpine, openSUSE, macOS or FreeBSD. Fails with invalid_config when a named
/// one does not open, and when there is none at all. A hashed folder is preferred to a bundle:
/// OpenSSL then opens only the issuer it needs.
Result<CaStore> find_ca_store(const CaSearch& search);

}  // namespace jim

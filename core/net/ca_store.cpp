#include "core/net/ca_store.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace jim {

namespace {

constexpr const char* kHashedFolders[] = {
    "/etc/ssl/certs",                                  // Debian, Ubuntu, Arch
    "/etc/pki/ca-trust/extracted/pem/directory-hash",  // Fedora 39 and later
};

constexpr const char* kBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Gentoo, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Red Hat, Fedora
    "/etc/pki/tls/certs/ca-bundle.crt",                   // older Red Hat
    "/var/lib/ca-certificates/ca-bundle.pem",             // openSUSE
    "/etc/ssl/ca-bundle.pem",                             // older openSUSE
    "/etc/ssl/cert.pem",                                  // Alpine, macOS, BSDs
    "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD
};

bool is_readable_file(const std::string& path) {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), R_OK) == 0;
}

/// A folder in which OpenSSL finds an issuer by its hash: names such as `5ad8a5d6.0`.
bool is_hashed_folder(const char* path) {
  DIR* folder = ::opendir(path);
  if (folder == nullptr) return false;
  bool found = false;
  while (const dirent* entry = found ? nullptr : ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    found = name.size() >= 10 && name[8] == '.' &&
            name.find_first_not_of("0123456789abcdef") == 8 &&
            name.find_first_not_of("0123456789", 9) == std::string_view::npos;
  }
  ::closedir(folder);
  return found;
}

Result<CaStore> named_file(const std::string& path, const std::string& who) {
  if (is_readable_file(path)) return CaStore{.file = path};
  return Diagnostic{.code = ErrorCode::invalid_config,
                    .message = "cannot open the CA certificates in " + path + ", named by " + who,
                    .hint = "name a readable PEM file"};
}

}  // namespace

Result<CaStore> find_ca_store(const std::string& named) {
  if (!named.empty()) return named_file(named, "the provider's 'ca_file'");
  if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0')
    return named_file(file, "SSL_CERT_FILE");
  if (const char* folder = std::getenv("SSL_CERT_DIR"); folder != nullptr && *folder != '\0') {
    if (::access(folder, R_OK | X_OK) == 0) return CaStore{.folder = folder};
    return Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = std::string("cannot open the CA folder ") + folder + ", named by SSL_CERT_DIR",
        .hint = "name a readable folder of hashed certificates"};
  }
  for (const char* folder : kHashedFolders)
    if (is_hashed_folder(folder)) return CaStore{.folder = folder};
  for (const char* file : kBundles)
    if (is_readable_file(file)) return CaStore{.file = file};
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = "no CA certificates found on this machine, so no server can be trusted",
      .hint =
          "install the package ca-certificates, or name a PEM file with SSL_CERT_FILE or the "
          "provider's 'ca_file'"};
}

}  // namespace jim

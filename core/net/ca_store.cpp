#include "core/net/ca_store.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "core/base/text.h"

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
bool is_hashed_folder(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
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
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = escape_control("cannot open the CA certificates in " + path + ", named by " + who),
      .hint = "name a readable PEM file"};
}

Result<CaStore> named_folder(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
      ::access(path.c_str(), R_OK | X_OK) == 0)
    return CaStore{.folder = path};
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = escape_control("cannot open the CA folder " + path + ", named by SSL_CERT_DIR"),
      .hint = "name a readable folder of hashed certificates"};
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

CaSearch ca_search(const std::string& named) {
  return {.named = named,
          .ssl_cert_file = environment("SSL_CERT_FILE"),
          .ssl_cert_folder = environment("SSL_CERT_DIR")};
}

Result<CaStore> find_ca_store(const CaSearch& search) {
  if (!search.named.empty()) return named_file(search.named, "the provider's 'ca_file'");
  if (!search.ssl_cert_file.empty()) return named_file(search.ssl_cert_file, "SSL_CERT_FILE");
  if (!search.ssl_cert_folder.empty()) return named_folder(search.ssl_cert_folder);
  for (const char* folder : kHashedFolders)
    if (is_hashed_folder(search.root + folder)) return CaStore{.folder = search.root + folder};
  for (const char* file : kBundles)
    if (is_readable_file(search.root + file)) return CaStore{.file = search.root + file};
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = "no CA certificates found on this machine, so no server can be trusted",
      .hint =
          "install the package ca-certificates, or name a PEM file with SSL_CERT_FILE or the "
          "provider's 'ca_file'"};
}

}  // namespace jim

// Compiled into the static executable only. glibc loads the name-service modules that the host's
// nsswitch.conf names, and OpenSSL the providers that the host's openssl.cnf names, both with
// dlopen. In a static program such a module brings in the host's libc, and one of another version
// ends the process with SIGABRT or SIGFPE (seen with Debian 11's and 13's libraries). So both are
// pinned before main to what is inside this binary.
#include <nss.h>
#include <openssl/crypto.h>

#include <initializer_list>

// Before 2.34, "files" and "dns" are loadable modules too.
#if !__GLIBC_PREREQ(2, 34)
#error "a static build needs glibc 2.34 or newer"
#endif

namespace {

[[maybe_unused]] const bool kPinned = [] {
  __nss_configure_lookup("hosts", "files dns");
  for (const char* database : {"passwd", "group", "services", "protocols"}) {
    __nss_configure_lookup(database, "files");
  }
  return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1;
}();

}  // namespace

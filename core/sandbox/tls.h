#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

struct bufferevent;
struct event_base;
struct ssl_ctx_st;

namespace jim::sandbox {

struct TlsContextDelete {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsContextDelete>;

/// A server's TLS context from two PEM files. Fails with invalid_config.
Result<TlsContext> load_tls(const std::string& certificate, const std::string& key);

/// For evhttp_set_bevcb; `context` is a TlsContext's pointer.
bufferevent* make_tls_connection(event_base* base, void* context);

}  // namespace jim::sandbox

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"
#include "core/provider/manifest.h"
#include "core/provider/settings.h"
#include "core/value/redact.h"

namespace jim {

/// What became of one request.
struct Answer {
  bool ok = false;  ///< a 2xx whose body could be read
  int status = 0;   ///< 0: no answer came
  Value body = {};
  std::vector<Header> headers = {};
  Meaning meaning = Meaning::invalid;  ///< of a refusal
  bool uncertain = false;              ///< the request may have had its effect all the same
  Diagnostic error = {};               ///< when not ok: escaped, without secrets
};

/// Turns a manifest's requests into HTTP and the vendor's replies into values and errors, for one
/// account.
class Exchange {
 public:
  Exchange(const Manifest& manifest, const ProviderSettings& settings, Http& http)
      : manifest_(manifest), settings_(settings), http_(http) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Evaluates base URL, headers and auth. Fails with invalid_config.
  Result<void> prepare();

  /// Builds a request from names in `scope`.
  Result<HttpRequest> build(const RequestSpec& spec, const Scope& scope) const;
  /// The same for a JSON Patch: what differs between `it` and the wanted values. A value that
  /// refers to attributes counts only when one of them is in `changed`. nullopt: nothing differs.
  Result<std::optional<HttpRequest>> build_patch(const RequestSpec& spec, const Scope& scope,
                                                 const Value& it,
                                                 const std::vector<std::string>& changed) const;

  /// Sends it. `secrets`: texts that must not show up in an error, besides the account's own.
  Task<Answer> send(HttpRequest request, const std::vector<std::string>* secrets = nullptr) const;

  /// The vendor's words for people: escaped, without the account's secrets and those given.
  std::string clean(std::string text, const std::vector<std::string>* secrets = nullptr) const;

  /// Whether a credential of the account stands in the value, or in a part of it.
  bool has_credentials(const Value& value) const;

  /// An address that a reply gave (`next`), made whole. Fails with unavailable when it leads to
  /// another server: our credentials are not for that one.
  Result<std::string> follow(const std::string& address) const;

  const Manifest& manifest() const { return manifest_; }
  const ProviderSettings& settings() const { return settings_; }
  const Value& config() const { return config_; }

 private:
  Answer judge(const HttpRequest& request, Result<HttpResponse> reply,
               const std::vector<std::string>* secrets) const;
  void judge_refusal(const HttpRequest& request, Answer& answer,
                     const std::vector<std::string>* secrets) const;
  Result<HttpRequest> start(const RequestSpec& spec, const Scope& scope) const;
  std::string title(const HttpRequest& request) const;
  std::string credentials_hint(int status) const;

  const Manifest& manifest_;
  const ProviderSettings& settings_;
  Http& http_;
  Value config_ = {};
  std::string base_url_ = {};
  std::vector<Header> headers_ = {};
  std::vector<std::string> secrets_ = {};
};

}  // namespace jim

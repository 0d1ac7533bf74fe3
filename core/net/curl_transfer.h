#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "core/net/ca_store.h"
#include "core/net/http.h"

namespace jim {

struct EasyDelete {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlEasy = std::unique_ptr<CURL, EasyDelete>;
using CurlHeaders = std::unique_ptr<curl_slist, ListDelete>;

/// One request on its way through libcurl: its handle, what has come of the answer, how it ended.
/// It must stay where it is from `prepare` on: libcurl holds pointers into it.
///
/// One transfer is one request. libcurl sends again by itself when a reused connection breaks
/// before the answer begins, a POST too (seen with 7.88.1, 2026-11; BUILD.md): a mutating request
/// therefore has a connection of its own, and any second sending is stopped before it begins.
class CurlTransfer {
 public:
  explicit CurlTransfer(HttpRequest request) : request_(std::move(request)) {}
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  const HttpRequest& request() const { return request_; }
  CURL* handle() const { return easy_.get(); }
  /// Fails with invalid_config when a line break or NUL in method, URL or a header would add lines
  /// of its own to the request.
  Result<void> check() const;
  /// Sets up `easy`, which must be new or reset. `trust` is used for https alone.
  void prepare(CurlEasy easy, const CaStore& trust);
  /// The answer or the failure after libcurl ended with `code`.
  Result<HttpResponse> outcome(CURLcode code);
  /// The handle for the next transfer.
  CurlEasy take_handle() { return std::move(easy_); }

 private:
  static int on_connected(void* self, char*, char*, int, int);
  static std::size_t on_header(char* data, std::size_t, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t, std::size_t count, void* self);
  void set_callbacks();
  void set_connection();
  void set_trust(const CaStore& trust);
  void set_request();

  HttpRequest request_;
  HttpResponse response_ = {};
  CurlEasy easy_ = {};
  CurlHeaders headers_ = {};
  std::string ca_place_ = {};
  bool stopped_ = false;       ///< the connection stood, and the request was not wanted any more
  bool left_ = false;          ///< a connection stood and the request may have been sent
  bool answered_ = false;      ///< the answer began
  bool headers_done_ = false;  ///< what still comes as a header is a trailer
  bool too_large_ = false;
  std::size_t header_bytes_ = 0;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace jim

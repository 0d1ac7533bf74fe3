#include "core/net/curl_transfer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/base/version.h"
#include "core/net/curl_failure.h"
#include "core/net/event_loop.h"

namespace jim {

namespace {

constexpr std::size_t kHeaderLimit = 256u << 10;

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

CurlHeaders header_list(const HttpRequest& request) {
  // No waiting for "100 Continue": a 417 to it makes libcurl send a second time.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  bool typed = false;
  for (const Header& header : request.headers) {
    // To libcurl "Name:" removes a header and "Name;" is one without a value.
    const std::string line =
        trim(header.value).empty() ? header.name + ";" : header.name + ": " + header.value;
    list = curl_slist_append(list, line.c_str());
    typed = typed || lower(header.name) == "content-type";
  }
  if (!typed) list = curl_slist_append(list, "Content-Type:");
  return CurlHeaders(list);
}

/// Whether the URL names this machine. No proxy of the environment can reach the sandbox here.
bool is_loopback(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  char* host = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK)
    return false;
  const std::string name = lower(host);
  curl_free(host);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

}  // namespace

Result<void> CurlTransfer::check() const {
  std::string place;
  if (!is_one_line(request_.method) || !is_one_line(request_.url)) place = "the method or the URL";
  for (const Header& header : request_.headers)
    if (!is_one_line(header.name) || !is_one_line(header.value))
      place = "the header " + header.name;
  if (place.empty()) return {};
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = escape_control(fmt::format("{} {}: a line break or NUL in {}", request_.method,
                                            url_for_log(request_.url), place)),
      .hint = "look for one in the values that it is made of, such as the end of a token's file"};
}

void CurlTransfer::prepare(CurlEasy easy, const CaStore& trust) {
  easy_ = std::move(easy);
  set_callbacks();
  set_connection();
  set_trust(trust);
  set_request();
}

void CurlTransfer::set_callbacks() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

void CurlTransfer::set_connection() {
  CURL* easy = easy_.get();
  const HttpOptions& options = request_.options;
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request_.mutating ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request_.mutating ? 1L : 0L);
  // A stream of HTTP/2 may be refused, and libcurl then repeats it; a connection for one request
  // gains nothing by it either.
  const long version = request_.mutating ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, request_.mutating ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(
      easy, CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(options.stall_timeout).count()));
  // Else libcurl takes http_proxy, https_proxy, all_proxy and no_proxy from the environment.
  if (is_loopback(request_.url)) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  // Headers of ours are for the server: a proxy that only makes a tunnel is not shown them.
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void CurlTransfer::set_trust(const CaStore& trust) {
  CURL* easy = easy_.get();
  const char* file = trust.file.empty() ? nullptr : trust.file.c_str();
  const char* folder = trust.folder.empty() ? nullptr : trust.folder.c_str();
  ca_place_ = trust.file + trust.folder;
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, file);
  curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, file);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, folder);
  if (!request_.options.client_certificate.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERT, request_.options.client_certificate.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLKEY, request_.options.client_key.c_str());
  }
}

void CurlTransfer::set_request() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_USERAGENT, ("jim/" + std::string(kVersion)).c_str());
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);  // credentials go to one server only
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  if (request_.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  // Without a body these three say "Content-Length: 0", which many servers insist on.
  const bool wants_length =
      request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH";
  if (request_.has_body || wants_length) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  headers_ = header_list(request_);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
}

/// A connection stands and the request is about to be sent. Whatever reason libcurl may find to
/// send it a second time, it does not get past here: who repeats is RetryingHttp, which knows what
/// may be repeated, and what it repeats is counted and kept within the vendor's limits.
int CurlTransfer::on_connected(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.left_) return CURL_PREREQFUNC_ABORT;
  // A run may be put to sleep while it connects, and must not rent a machine when it wakes up.
  transfer.stopped_ = transfer.request_.must_not_leave();
  if (transfer.stopped_) return CURL_PREREQFUNC_ABORT;
  transfer.left_ = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t room = transfer.request_.options.reply_limit - transfer.response_.body.size();
  if (count > room) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.response_.body.append(data, count);
  return count;
}

std::size_t CurlTransfer::on_header(char* data, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.header_bytes_ += count;
  if (transfer.header_bytes_ > kHeaderLimit) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.answered_ = true;
  const std::string_view line = trim(std::string_view(data, count));
  if (line.empty()) {
    transfer.headers_done_ = true;
    return count;
  }
  if (line.starts_with("HTTP/") && transfer.response_.body.empty()) {  // what came before: a 1xx
    transfer.response_.headers.clear();
    transfer.headers_done_ = false;
    return count;
  }
  if (transfer.headers_done_) return count;  // a trailer, which nobody asked for
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    transfer.response_.headers.push_back(
        {.name = lower(line.substr(0, colon)), .value = std::string(trim(line.substr(colon + 1)))});
  return count;
}

Result<HttpResponse> CurlTransfer::outcome(CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }
  if (stopped_) return stopped_before(request_);
  long system_error = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &system_error);
  return describe(request_, {.code = code,
                             .left = left_,
                             .answered = answered_,
                             .too_large = too_large_,
                             .system_error = static_cast<int>(system_error),
                             .ca_place = ca_place_,
                             .detail = error_[0] != '\0' ? error_ : curl_easy_strerror(code)});
}

}  // namespace jim

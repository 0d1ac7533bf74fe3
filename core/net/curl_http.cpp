#include "core/net/curl_http.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/base/version.h"
#include "core/net/ca_store.h"
#include "core/net/curl_failure.h"

namespace jim {

namespace {

constexpr long kConnectionsPerHost = 64;
constexpr long kConnections = 256;
constexpr int kLongestPollMs = 10'000;
constexpr std::size_t kHeaderLimit = 256u << 10;

struct EasyDelete {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDelete>;
using HeaderList = std::unique_ptr<curl_slist, ListDelete>;

/// Line breaks and NUL would let a value add headers or a second request of its own.
bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Result<void> check_lines(const HttpRequest& request) {
  const std::string what = request.method + " " + url_for_log(request.url);
  bool good = is_one_line(request.url) && is_one_line(request.method);
  for (const Header& header : request.headers)
    good = good && is_one_line(header.name) && is_one_line(header.value);
  if (good) return {};
  return Diagnostic{.code = ErrorCode::invalid_config,
                    .message = escape_control(what) + ": a line break in the URL or in a header"};
}

HeaderList header_list(const HttpRequest& request) {
  // No waiting for "100 Continue": a 417 to it makes libcurl send a second time.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  bool typed = false;
  for (const Header& header : request.headers) {
    // To libcurl "Name:" removes a header and "Name;" is one without a value.
    const std::string line =
        header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
    list = curl_slist_append(list, line.c_str());
    typed = typed || lower(header.name) == "content-type";
  }
  if (!typed) list = curl_slist_append(list, "Content-Type:");
  return HeaderList(list);
}

}  // namespace

struct CurlHttp::Global {
  CURLM* multi = nullptr;
  std::vector<Easy> idle = {};  ///< handles to use again, with no state but their buffers
  std::map<std::string, CaStore> stores = {};
  bool added = false;  ///< a transfer that libcurl has not begun
};

struct CurlHttp::Transfer {
  HttpRequest request = {};
  HttpResponse response = {};
  Easy easy = {};
  HeaderList headers = {};
  std::coroutine_handle<> waiter = {};
  EventLoop* loop = nullptr;
  CURLM* multi = nullptr;
  std::size_t* running = nullptr;
  CURLcode code = CURLE_OK;
  bool left = false;
  bool answered = false;
  bool headers_done = false;
  bool too_large = false;
  std::size_t header_bytes = 0;
  char error[CURL_ERROR_SIZE] = {};

  /// An operation that is dropped takes its transfer along.
  ~Transfer() {
    if (multi != nullptr && easy) {
      curl_multi_remove_handle(multi, easy.get());
      --*running;
    }
    if (waiter) loop->forget(waiter);
  }

  /// A connection stands and the request is about to be sent. Whatever reason libcurl may find to
  /// send a mutating request a second time, it does not get past here.
  static int on_connected(void* self, char*, char*, int, int) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.left && transfer.request.mutating) return CURL_PREREQFUNC_ABORT;
    transfer.left = true;
    // A read that libcurl sends again by itself starts over.
    transfer.answered = transfer.headers_done = false;
    transfer.header_bytes = 0;
    transfer.response = {};
    return CURL_PREREQFUNC_OK;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.response.body.size() + count > transfer.request.options.reply_limit) {
      transfer.too_large = true;
      return 0;
    }
    transfer.response.body.append(data, count);
    return count;
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.header_bytes += count;
    if (transfer.header_bytes > kHeaderLimit) {
      transfer.too_large = true;
      return 0;
    }
    transfer.answered = true;
    const std::string_view line = trim(std::string_view(data, count));
    if (line.empty()) {
      transfer.headers_done = true;
      return count;
    }
    if (line.starts_with("HTTP/") && transfer.response.body.empty()) {  // what came before: a 1xx
      transfer.response.headers.clear();
      transfer.headers_done = false;
      return count;
    }
    if (transfer.headers_done) return count;  // a trailer, which nobody asked for
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      transfer.response.headers.push_back({.name = lower(line.substr(0, colon)),
                                           .value = std::string(trim(line.substr(colon + 1)))});
    return count;
  }
};

CurlHttp::CurlHttp(EventLoop& loop) : loop_(loop) { loop.set_poller(this); }

CurlHttp::~CurlHttp() {
  loop_.set_poller(nullptr);
  if (!global_) return;
  global_->idle.clear();
  curl_multi_cleanup(global_->multi);
}

Result<void> CurlHttp::start() {
  if (global_) return {};
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto global = std::make_unique<Global>();
  if (started == CURLE_OK) global->multi = curl_multi_init();
  if (global->multi == nullptr)
    return Diagnostic{.code = ErrorCode::internal, .message = "the HTTP library does not start"};
  curl_multi_setopt(global->multi, CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
  curl_multi_setopt(global->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kConnections);
  curl_multi_setopt(global->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  global_ = std::move(global);
  return {};
}

Result<void> CurlHttp::prepare(Transfer& transfer) {
  const HttpRequest& request = transfer.request;
  if (auto checked = check_lines(request); !checked) return checked;
  if (auto started = start(); !started) return started;
  if (global_->idle.empty()) {
    transfer.easy.reset(curl_easy_init());
  } else {
    transfer.easy = std::move(global_->idle.back());
    global_->idle.pop_back();
  }
  CURL* easy = transfer.easy.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // A stream of HTTP/2 may be refused, and libcurl then repeats it; a connection for one request
  // gains nothing by it either.
  const long version = request.mutating ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, request.mutating ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, ("jim/" + std::string(kVersion)).c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.mutating ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request.mutating ? 1L : 0L);

  const HttpOptions& options = request.options;
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(
      easy, CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(options.stall_timeout).count()));

  if (request.url.starts_with("https:")) {
    const auto known = global_->stores.find(options.ca_file);
    if (known == global_->stores.end()) {
      auto found = find_ca_store(options.ca_file);
      if (!found) return found.error();
      global_->stores[options.ca_file] = *found;
    }
    const CaStore& store = global_->stores[options.ca_file];
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, store.file.empty() ? nullptr : store.file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, store.folder.empty() ? nullptr : store.folder.c_str());
    if (!options.client_certificate.empty()) {
      curl_easy_setopt(easy, CURLOPT_SSLCERT, options.client_certificate.c_str());
      curl_easy_setopt(easy, CURLOPT_SSLKEY, options.client_key.c_str());
    }
  }

  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  // Without a body these three say "Content-Length: 0", which many servers insist on.
  const bool wants_length =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.has_body || wants_length) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  transfer.headers = header_list(request);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
  return {};
}

Task<Result<HttpResponse>> CurlHttp::send(HttpRequest request) {
  Transfer transfer;
  transfer.request = std::move(request);
  if (auto ready = prepare(transfer); !ready) co_return ready.error();

  struct Sent {
    CurlHttp& http;
    Transfer& transfer;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      transfer.waiter = waiter;
      transfer.loop = &http.loop_;
      transfer.multi = http.global_->multi;
      transfer.running = &http.running_;
      ++http.running_;
      http.global_->added = true;
      curl_multi_add_handle(transfer.multi, transfer.easy.get());
    }
    void await_resume() { transfer.waiter = {}; }
  };
  co_await Sent{*this, transfer};
  co_return outcome(transfer);
}

Result<HttpResponse> CurlHttp::outcome(Transfer& transfer) {
  const HttpRequest& request = transfer.request;
  if (transfer.code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    curl_easy_reset(transfer.easy.get());
    global_->idle.push_back(std::move(transfer.easy));
    return std::move(transfer.response);
  }
  long system_error = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_OS_ERRNO, &system_error);
  CurlFailure failure = {.code = transfer.code,
                         .left = transfer.left,
                         .answered = transfer.answered,
                         .too_large = transfer.too_large,
                         .system_error = static_cast<int>(system_error)};
  failure.detail = transfer.error[0] != '\0' ? transfer.error : curl_easy_strerror(transfer.code);
  return describe(request, failure);
}

bool CurlHttp::wait(std::optional<Duration> most) {
  if (running_ == 0 || !global_) {
    if (!most) return false;
    if (const Result<void> started = start(); !started) {
      ::usleep(static_cast<useconds_t>(std::min<std::int64_t>(most->count(), 100) * 1000));
      return true;
    }
  }
  int open = 0;
  if (std::exchange(global_->added, false)) {
    curl_multi_perform(global_->multi, &open);
    collect();
    if (loop_.has_ready()) return true;
  }
  const std::int64_t longest = most ? most->count() : kLongestPollMs;
  const int timeout = static_cast<int>(std::clamp<std::int64_t>(longest, 0, kLongestPollMs));
  curl_multi_poll(global_->multi, nullptr, 0, timeout, nullptr);
  curl_multi_perform(global_->multi, &open);
  collect();
  return true;
}

void CurlHttp::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(global_->multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    auto& transfer = *static_cast<Transfer*>(owner);
    transfer.code = message->data.result;
    curl_multi_remove_handle(global_->multi, message->easy_handle);
    transfer.multi = nullptr;
    --running_;
    loop_.resume_soon(transfer.waiter);
  }
}

void CurlHttp::wakeup() {
  if (global_) curl_multi_wakeup(global_->multi);
}

}  // namespace jim

#include "core/net/curl_http.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/net/ca_store.h"
#include "core/net/curl_transfer.h"

namespace jim {

namespace {

constexpr long kConnectionsPerHost = 64;
constexpr long kConnections = 256;
constexpr int kLongestPollMs = 10'000;

Diagnostic does_not_start() {
  return {.code = ErrorCode::internal, .message = "the HTTP library does not start"};
}

}  // namespace

struct CurlHttp::Global {
  CURLM* multi = nullptr;
  std::vector<CurlEasy> idle = {};  ///< handles to use again, with no state but their buffers
  std::map<std::string, CaStore> stores = {};
  bool added = false;  ///< a transfer that libcurl has not begun
};

/// Waits for the end of a transfer. An operation that is dropped takes its transfer along.
class CurlHttp::Sent : Suspended {
 public:
  Sent(CurlHttp& http, CurlTransfer& transfer)
      : Suspended(http.loop_), http_(http), transfer_(transfer) {}
  ~Sent() { leave(); }

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    curl_easy_setopt(transfer_.handle(), CURLOPT_PRIVATE, this);
    if (curl_multi_add_handle(http_.global_->multi, transfer_.handle()) != CURLM_OK) return false;
    suspend(waiter);
    running_ = true;
    http_.running_.insert(this);
    http_.global_->added = true;
    return true;
  }
  CURLcode await_resume() {
    resume();
    return code_;
  }

  bool may_be_cancelled() const {
    return !transfer_.request().mutating && !transfer_.request().provider.empty();
  }
  bool cancelled() const { return cancelled_; }
  void cancel() {
    cancelled_ = true;
    end(CURLE_ABORTED_BY_CALLBACK);
  }

  void end(CURLcode code) {
    code_ = code;
    leave();
    loop().resume_soon(Suspended::handle());
  }

 private:
  void leave() {
    if (!std::exchange(running_, false)) return;
    curl_multi_remove_handle(http_.global_->multi, transfer_.handle());
    http_.running_.erase(this);
  }

  CurlHttp& http_;
  CurlTransfer& transfer_;
  bool running_ = false;
  bool cancelled_ = false;
  CURLcode code_ = CURLE_FAILED_INIT;
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
  if (global->multi == nullptr) return does_not_start();
  curl_multi_setopt(global->multi, CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
  curl_multi_setopt(global->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kConnections);
  curl_multi_setopt(global->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  global_ = std::move(global);
  return {};
}

Result<void> CurlHttp::prepare(CurlTransfer& transfer) {
  if (auto checked = transfer.check(); !checked) return checked;
  if (auto started = start(); !started) return started;
  CaStore trust;
  if (lower(transfer.request().url.substr(0, 6)) == "https:") {
    const std::string& named = transfer.request().options.ca_file;
    auto known = global_->stores.find(named);
    if (known == global_->stores.end()) {
      auto found = find_ca_store(ca_search(named));
      if (!found) return found.error();
      known = global_->stores.emplace(named, *std::move(found)).first;
    }
    trust = known->second;
  }
  CurlEasy easy;
  if (global_->idle.empty()) {
    easy.reset(curl_easy_init());
    if (!easy) return does_not_start();
  } else {
    easy = std::move(global_->idle.back());
    global_->idle.pop_back();
  }
  transfer.prepare(std::move(easy), trust);
  return {};
}

Task<Result<HttpResponse>> CurlHttp::send(HttpRequest request) {
  CurlTransfer transfer(std::move(request));
  if (auto ready = prepare(transfer); !ready) co_return ready.error();
  Sent sent(*this, transfer);
  const CURLcode code = co_await sent;
  if (sent.cancelled()) {
    co_return Diagnostic{.code = ErrorCode::cancelled,
                         .message = "stopped while " + transfer.request().method + " " +
                                    url_for_log(transfer.request().url) + " was not answered"};
  }
  auto reply = transfer.outcome(code);
  if (reply) {
    CurlEasy easy = transfer.take_handle();
    curl_easy_reset(easy.get());
    global_->idle.push_back(std::move(easy));
  }
  co_return reply;
}

bool CurlHttp::wait(std::optional<Duration> most) {
  if (running_.empty() || !global_) {
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
    const CURLcode code = message->data.result;  // the message is gone once the handle is removed
    void* sent = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &sent);
    static_cast<Sent*>(sent)->end(code);
  }
}

void CurlHttp::cancel_reads() {
  const std::set<Sent*> running = running_;
  for (Sent* sent : running)
    if (sent->may_be_cancelled()) sent->cancel();
}

void CurlHttp::wakeup() {
  if (global_) curl_multi_wakeup(global_->multi);
}

}  // namespace jim

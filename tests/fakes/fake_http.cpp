#include "tests/fakes/fake_http.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace jim {

FakeHttp::~FakeHttp() {
  for (const Line& line : script_)
    ADD_FAILURE() << "nobody asked for " << line.method << " " << line.url;
}

void FakeHttp::expect(const std::string& method, const std::string& url, Result<HttpResponse> reply,
                      std::optional<std::string> body) {
  script_.push_back(
      {.method = method, .url = url, .body = std::move(body), .reply = std::move(reply)});
}

void FakeHttp::set_latency(EventLoop& loop, Duration latency) {
  loop_ = &loop;
  latency_ = latency;
}

Task<Result<HttpResponse>> FakeHttp::send(HttpRequest request) {
  if (request.must_not_leave()) co_return stopped_before(request);
  most_at_once_ = std::max(most_at_once_, ++under_way_);
  requests_.push_back(request);
  auto answered = answer(request);
  if (loop_ != nullptr) co_await loop_->sleep(latency_);
  --under_way_;
  co_return answered;
}

Result<HttpResponse> FakeHttp::answer(const HttpRequest& request) {
  if (handler_) return handler_(request);
  const std::string asked = request.method + " " + request.url;
  const bool fits = !script_.empty() && script_.front().method == request.method &&
                    script_.front().url == request.url &&
                    (!script_.front().body || *script_.front().body == request.body);
  if (!fits) {
    ADD_FAILURE() << "not in the script: " << asked << " " << request.body;
    return Diagnostic{.code = ErrorCode::internal, .message = "not in the script: " + asked};
  }
  auto reply = std::move(script_.front().reply);
  script_.pop_front();
  return reply;
}

HttpResponse reply(int status, const std::string& body, std::vector<Header> headers) {
  return {.status = status, .headers = std::move(headers), .body = body};
}

}  // namespace jim

#include "core/net/watched_http.h"

#include <vector>

#include "core/base/conceal.h"
#include "core/base/text.h"

namespace jim {

Task<Result<HttpResponse>> WatchedHttp::send(HttpRequest request) {
  if (stop_.requested()) co_return stopped_before(request);
  request.unless.push_back(&stop_);
  ++(request.mutating ? counts_.changes : counts_.reads);
  if (!log_) co_return co_await next_.send(std::move(request));

  const std::string what = request.method + " " + url_for_log(request.url);
  std::vector<std::string> secrets;  // a server may repeat what it was sent
  for (const Header& header : request.headers) {
    if (!header.secret) continue;
    secrets.push_back(header.value);
    secrets.push_back(header.value.substr(header.value.find(' ') + 1));
  }
  const Instant start = loop_.clock().now();
  auto reply = co_await next_.send(std::move(request));
  const std::string took = std::to_string((loop_.clock().now() - start).count()) + " ms";
  if (!reply) {
    log_(what + " failed after " + took + ": " + reply.error().message);
    co_return reply;
  }
  std::string line = what + " " + std::to_string(reply->status) + " in " + took + ", " +
                     std::to_string(reply->body.size()) + " bytes";
  for (const char* name : {"x-request-id", "x-openstack-request-id", "request-id"})
    if (const std::string* id = reply->header(name)) {
      line += ", request id " + escape_control(conceal(*id, secrets));
      break;
    }
  log_(line);
  co_return reply;
}

}  // namespace jim

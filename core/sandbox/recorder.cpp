#include "core/sandbox/recorder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace jim::sandbox {
namespace {

Json headers_json(const Names& headers) {
  Json result = Json::object();
  for (const auto& [name, value] : headers) {
    result[name] = name == "authorization" ? "(sensitive)" : value;
  }
  return result;
}

Json body_json(const std::string& body) {
  if (body.empty()) return nullptr;
  Json parsed = Json::parse(body, nullptr, false);
  return parsed.is_discarded() ? Json(body) : parsed;
}

}  // namespace

Result<Recorder> Recorder::open(const std::string& path) {
  Recorder recorder;
  if (path.empty()) return recorder;
  // Passwords of a test are passwords too: bodies are kept whole, so nobody else reads them.
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file >= 0) recorder.file_.reset(::fdopen(file, "a"));
  if (recorder.file_ == nullptr) {
    return Diagnostic{.code = ErrorCode::io,
                      .message = "cannot write " + path + ": " + std::strerror(errno)};
  }
  return recorder;
}

void Recorder::write(const Request& request, const Outcome& outcome) {
  Json query = Json::object();
  for (const auto& [name, value] : request.query) query[name] = value;
  const std::size_t slash = request.path.find('/', 1);
  Json line = {{"vendor", request.path.substr(1, slash - 1)},
               {"method", request.method},
               {"path", request.path},
               {"query", query},
               {"request_headers", headers_json(request.headers)},
               {"request_body", body_json(request.body)},
               {"status", outcome.reply.status},
               {"response_headers", headers_json(outcome.reply.headers)},
               {"response_body", body_json(outcome.reply.body)}};
  if (!outcome.reply.type.empty()) line["response_headers"]["content-type"] = outcome.reply.type;
  if (!outcome.fault.empty()) line["fault"] = outcome.fault;
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  std::fwrite(text.data(), 1, text.size(), file_.get());
  std::fflush(file_.get());
}

}  // namespace jim::sandbox

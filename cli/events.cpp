#include "cli/events.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "cli/render/value_text.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

std::string utc_milliseconds(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  std::string text = utc_text(time);  // 2026-09-01T12:00:00Z
  text.insert(text.size() - 1, fmt::format(".{:03}", since.count() % 1000));
  return text;
}

}  // namespace

Result<void> Events::open(const std::string& path) {
  if (path.empty()) return {};
  file_.reset(std::fopen(path.c_str(), "ae"));
  run_ = random_hex(4);
  path_ = path;
  if (file_) return {};
  return Diagnostic{
      .code = ErrorCode::io,
      .message = "cannot write events to '" + escape_control(path) + "': " + std::strerror(errno)};
}

void Events::write(const std::string& event, ValueMap fields) {
  if (!file_) return;
  fields.set("event", event);
  fields.set("run", run_);
  fields.set("time", utc_milliseconds(clock_.wall()));
  const std::string line = to_json(without_secrets(Value(std::move(fields)))) + "\n";
  const bool whole = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size();
  if ((!whole || std::fflush(file_.get()) != 0) && failure_ == 0) failure_ = errno;
}

Result<void> Events::close() {
  if (!file_) return {};
  if (std::fclose(file_.release()) != 0 && failure_ == 0) failure_ = errno;
  if (failure_ == 0) return {};
  return Diagnostic{.code = ErrorCode::io,
                    .message = "not every event could be written to '" + escape_control(path_) +
                               "': " + std::strerror(failure_)};
}

}  // namespace jim

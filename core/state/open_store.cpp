#include "core/state/open_store.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/base/text.h"
#include "core/net/http.h"
#include "core/state/sqlite_store.h"

namespace jim {

namespace {

constexpr std::string_view kSqlite = "sqlite:";

Diagnostic wrong(std::string message) {
  return {.code = ErrorCode::invalid_config,
          .message = std::move(message),
          .hint = fmt::format("name a file, such as {}", kDefaultState)};
}

}  // namespace

Result<std::unique_ptr<StateStore>> open_store(EventLoop& loop, const std::string& place,
                                               const std::string& root) {
  std::string path = place;
  if (path.starts_with(kSqlite)) path.erase(0, kSqlite.size());
  if (path.find("://") != std::string::npos)
    return wrong(fmt::format("state cannot be kept in '{}': this version keeps state in files only",
                             escape_control(url_for_log(path))));
  if (path.empty() || path.find('\0') != std::string::npos || path.ends_with('/'))
    return wrong(
        fmt::format("'{}' names no file for the state", escape_control(url_for_log(place))));
  const std::string full = (std::filesystem::path(root) / path).string();
  return std::unique_ptr<StateStore>(
      std::make_unique<SqliteStore>(loop, full, escape_control(path)));
}

}  // namespace jim

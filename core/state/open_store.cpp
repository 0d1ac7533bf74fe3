#include "core/state/open_store.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/base/text.h"
#include "core/net/http.h"
#include "core/state/http_store.h"
#include "core/state/record_store.h"
#include "core/state/sqlite_store.h"

namespace jim {

namespace {

constexpr std::string_view kSqlite = "sqlite:";

Diagnostic wrong(const StoreSettings& settings, std::string message) {
  return {.code = ErrorCode::invalid_config,
          .message = std::move(message),
          .hint = fmt::format("name a file, such as {}", kDefaultState),
          .where = settings.where};
}

}  // namespace

Result<std::unique_ptr<StateStore>> open_store(EventLoop& loop, Http& http,
                                               const StoreSettings& settings) {
  if (settings.url.starts_with("http://") || settings.url.starts_with("https://")) {
    auto entries = open_http(loop, http, settings);
    if (!entries) return entries.error();
    return std::unique_ptr<StateStore>(
        std::make_unique<RecordStore>(loop, std::move(*entries), settings.sealing));
  }
  std::string path = settings.url;
  if (path.starts_with(kSqlite)) path.erase(0, kSqlite.size());
  if (path.find("://") != std::string::npos)
    return wrong(settings,
                 fmt::format("state cannot be kept in '{}': this version keeps state in files only",
                             escape_control(url_for_log(path))));
  if (path.empty() || path.find('\0') != std::string::npos || path.ends_with('/'))
    return wrong(settings, fmt::format("'{}' names no file for the state",
                                       escape_control(url_for_log(settings.url))));
  const std::string full = (std::filesystem::path(settings.root) / path).string();
  auto entries = std::make_unique<SqliteStore>(loop, full, escape_control(path));
  return std::unique_ptr<StateStore>(
      std::make_unique<RecordStore>(loop, std::move(entries), settings.sealing));
}

}  // namespace jim

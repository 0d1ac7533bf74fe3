#include "core/state/open_store.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/base/text.h"
#include "core/net/http.h"
#include "core/state/etcd_place.h"
#include "core/state/etcd_store.h"
#include "core/state/http_store.h"
#include "core/state/open_s3_store.h"
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

using Entries = Result<std::unique_ptr<EntryStore>>;

Entries open_file(EventLoop& loop, const StoreSettings& settings) {
  std::string path = settings.url;
  if (path.starts_with(kSqlite)) path.erase(0, kSqlite.size());
  if (path.find("://") != std::string::npos)
    return wrong(settings, fmt::format("state cannot be kept in '{}': jim knows no such place",
                                       escape_control(url_for_log(path))));
  if (path.empty() || path.find('\0') != std::string::npos || path.ends_with('/'))
    return wrong(settings, fmt::format("'{}' names no file for the state",
                                       escape_control(url_for_log(settings.url))));
  const std::string full = (std::filesystem::path(settings.root) / path).string();
  return std::unique_ptr<EntryStore>(
      std::make_unique<SqliteStore>(loop, full, escape_control(path)));
}

Entries open_entries(EventLoop& loop, Http& http, const StoreSettings& settings) {
  const std::string& url = settings.url;
  if (url.starts_with("s3:")) return open_s3_store(loop, http, settings);
  if (is_etcd_url(url)) return open_etcd(loop, http, settings);
  if (url.starts_with("http://") || url.starts_with("https://"))
    return open_http(loop, http, settings);
  return open_file(loop, settings);
}

}  // namespace

Result<std::unique_ptr<StateStore>> open_store(EventLoop& loop, Http& http,
                                               const StoreSettings& settings) {
  auto entries = open_entries(loop, http, settings);
  if (!entries) return entries.error();
  return std::unique_ptr<StateStore>(
      std::make_unique<RecordStore>(loop, std::move(*entries), settings.sealing));
}

}  // namespace jim

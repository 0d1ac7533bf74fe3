#include "core/state/etcd_place.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::string_view kPlain = "etcd://";
constexpr std::string_view kTls = "etcds://";
constexpr std::string_view kPort = ":2379";
/// A member that is silent for that long is given up for another one. Without a quorum etcd itself
/// says so after 7 s (3.4, 2026-11).
constexpr Duration kSilence = std::chrono::seconds(9);
constexpr std::size_t kReplyLimit = 64u << 20;

bool is_host(std::string_view host) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  if (host.starts_with('['))
    return host.size() > 2 && host.ends_with(']') &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
               std::string_view::npos;
  return !host.empty() && host.find_first_not_of(kLetters) == std::string_view::npos;
}

bool is_port(std::string_view port) {
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number > 0 && number < 65536;
}

/// `host:port`, or empty when it is none.
std::string with_port(std::string_view member) {
  const std::size_t bracket = member.rfind(']');
  const std::size_t colon = member.rfind(':');
  const bool named =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (!is_host(member.substr(0, named ? colon : member.size()))) return {};
  if (named && !is_port(member.substr(colon + 1))) return {};
  return std::string(member) + (named ? "" : std::string(kPort));
}

Diagnostic wrong(const StoreSettings& settings, std::string message) {
  return {.code = ErrorCode::invalid_config,
          .message = std::move(message),
          .hint =
              "name the members and a prefix for the keys, such as "
              "etcd://h1:2379,h2:2379,h3:2379/jim/chat",
          .where = settings.where};
}

std::string variable(const StoreSettings& settings, const char* name) {
  if (!settings.environment) return {};
  return settings.environment(name).value_or("");
}

/// A file as the settings name it, from the config's folder; else as etcdctl's variable does.
std::string file(const StoreSettings& settings, const std::string& named, const char* name) {
  if (named.empty()) return variable(settings, name);
  return (std::filesystem::path(settings.root) / named).string();
}

void take_access(const StoreSettings& settings, EtcdPlace& place) {
  HttpOptions& options = place.options;
  options.connect_timeout = std::chrono::seconds(5);
  options.stall_timeout = kSilence;
  options.total_timeout = std::chrono::seconds(60);
  options.reply_limit = kReplyLimit;
  options.ca_file = file(settings, settings.ca_file, "ETCDCTL_CACERT");
  options.client_certificate = file(settings, settings.client_certificate, "ETCDCTL_CERT");
  options.client_key = file(settings, settings.client_key, "ETCDCTL_KEY");
  if (options.client_key.empty()) options.client_key = options.client_certificate;
  place.user = settings.user;
  place.password = settings.password;
  if (!place.user.empty()) return;
  const std::string both = variable(settings, "ETCDCTL_USER");
  const std::size_t colon = both.find(':');
  place.user = both.substr(0, colon);
  place.password = Secret(colon == std::string::npos ? variable(settings, "ETCDCTL_PASSWORD")
                                                     : both.substr(colon + 1));
}

}  // namespace

bool is_etcd_url(std::string_view url) { return url.starts_with(kPlain) || url.starts_with(kTls); }

Result<EtcdPlace> etcd_place(const StoreSettings& settings) {
  const std::string_view url = settings.url;
  const std::string shown = escape_control(url_for_log(url));
  const std::string_view rest = url.substr(url.starts_with(kTls) ? kTls.size() : kPlain.size());
  const std::size_t slash = rest.find('/');
  const std::string_view hosts = rest.substr(0, slash);
  if (hosts.find('@') != std::string_view::npos)
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = fmt::format("'{}': a user or a password does not belong into the "
                                             "URL of the state",
                                             shown),
                      .hint = "say 'user' and 'password' below 'state' of the file",
                      .where = settings.where};
  EtcdPlace place;
  take_access(settings, place);
  const bool tls = url.starts_with(kTls) || !place.options.ca_file.empty() ||
                   !place.options.client_certificate.empty();
  std::vector<std::string> names;
  for (const std::string& member : split(hosts, ",")) {
    names.push_back(with_port(trim(member)));
    if (names.back().empty())
      return wrong(settings,
                   fmt::format("'{}' of '{}' is no member of etcd", escape_control(member), shown));
    place.members.push_back((tls ? "https://" : "http://") + names.back());
  }
  std::string_view prefix =
      slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  while (prefix.starts_with('/')) prefix.remove_prefix(1);
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.empty()) return wrong(settings, fmt::format("'{}' names no prefix", shown));
  if (prefix.find_first_of("?#") != std::string_view::npos)
    return wrong(settings, fmt::format("'{}' has more behind its prefix than etcd knows", shown));
  place.prefix = prefix;
  place.name =
      fmt::format("{}{}/{}", tls ? kTls : kPlain, join(names, ","), escape_control(prefix));
  return place;
}

}  // namespace jim

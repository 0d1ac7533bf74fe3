#include "core/state/open_s3_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/state/s3_store.h"

namespace jim {

namespace {

constexpr std::string_view kScheme = "s3://";
constexpr const char* kDefaultRegion = "us-east-1";
/// A server that is gone is given up after five tries of that.
constexpr Duration kConnectTimeout = std::chrono::seconds(10);
constexpr Duration kStallTimeout = std::chrono::seconds(15);
/// A large state on a slow line.
constexpr Duration kTotalTimeout = std::chrono::minutes(5);
constexpr std::size_t kReplyLimit = 1u << 30;

std::string first_of(const StoreSettings& settings, std::string set,
                     std::initializer_list<const char*> variables) {
  for (const char* name : variables) {
    if (!set.empty() || !settings.environment) break;
    set = settings.environment(name).value_or("");
  }
  return set;
}

Diagnostic wrong(const StoreSettings& settings, std::string message, std::string hint) {
  return {.code = ErrorCode::invalid_config,
          .message = std::move(message),
          .hint = std::move(hint),
          .where = settings.where};
}

bool is_bucket_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || (c >= 'A' && c <= 'Z');
         });
}

bool is_key(std::string_view key) {
  return !key.empty() && !key.starts_with('/') && !key.ends_with('/') &&
         key.find("//") == std::string_view::npos &&
         std::none_of(key.begin(), key.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == '?' || c == '#' || c == 0x7f;
         });
}

Result<S3Place> place_of(const StoreSettings& settings) {
  S3Place place;
  const std::string shown = escape_control(url_for_log(settings.url));
  const std::string rest =
      settings.url.starts_with(kScheme) ? settings.url.substr(kScheme.size()) : "";
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  place.bucket = rest.substr(0, slash);
  if (slash < rest.size()) place.key = rest.substr(slash + 1);
  if (!is_bucket_name(place.bucket) || !is_key(place.key)) {
    const bool bucket = !place.bucket.empty() && is_key(place.key);
    return wrong(settings,
                 bucket ? fmt::format("'{}' names no bucket that can be: it has 3 to 63 letters, "
                                      "digits, '-' and '.'",
                                      shown)
                        : fmt::format("'{}' names no bucket and key for the state", shown),
                 "write s3://BUCKET/KEY, such as s3://our-state/prod/jim");
  }
  place.shown = fmt::format("s3://{}/{}", place.bucket, escape_control(place.key));
  place.region = first_of(settings, settings.region, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (place.region.empty()) place.region = kDefaultRegion;

  place.endpoint =
      first_of(settings, settings.endpoint, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  const bool own_server = !place.endpoint.empty();
  if (!own_server) place.endpoint = "https://s3." + place.region + ".amazonaws.com";
  while (place.endpoint.ends_with('/')) place.endpoint.pop_back();
  const bool good = (place.endpoint.starts_with("http://") && place.endpoint.size() > 7) ||
                    (place.endpoint.starts_with("https://") && place.endpoint.size() > 8);
  if (!good || place.endpoint.find_first_of("?#@ ") != std::string::npos)
    return wrong(
        settings,
        fmt::format("the endpoint '{}' is not a URL", escape_control(url_for_log(place.endpoint))),
        "write https://HOST or https://HOST:PORT");
  // No certificate fits a host with the dots of a bucket before it.
  const bool dotted = place.bucket.find('.') != std::string::npos;
  place.path_style = settings.path_style.value_or(own_server || dotted);
  place.options.connect_timeout = kConnectTimeout;
  place.options.stall_timeout = kStallTimeout;
  place.options.total_timeout = kTotalTimeout;
  place.options.reply_limit = kReplyLimit;
  place.options.ca_file = settings.ca_file;
  place.options.client_certificate = settings.client_certificate;
  place.options.client_key = settings.client_key;
  return place;
}

}  // namespace

Result<std::unique_ptr<EntryStore>> open_s3_store(EventLoop& loop, Http& http,
                                                  const StoreSettings& settings) {
  auto place = place_of(settings);
  if (!place) return place.error();
  AwsCredentialSettings credentials = {.environment = settings.environment,
                                       .profile = settings.profile,
                                       .region = place->region,
                                       .options = place->options};
  const std::string identity = place->endpoint + "\n" + place->bucket + "\n" + place->key;
  S3StoreOptions options = {
      .journal_shown = fmt::format(".jim/s3-{}.journal", sha256_hex(identity).substr(0, 16)),
      .unconditional = settings.unconditional,
      .tell = settings.tell};
  options.journal = (std::filesystem::path(settings.root) / options.journal_shown).string();
  return std::unique_ptr<EntryStore>(std::make_unique<S3Store>(
      loop, http, std::move(*place), std::move(credentials), std::move(options)));
}

}  // namespace jim

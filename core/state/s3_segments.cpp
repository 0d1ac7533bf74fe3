#include "core/state/s3_segments.h"

#include <fmt/format.h>

#include <functional>

#include "core/base/digest.h"
#include "core/state/damage.h"

namespace jim {

namespace {

constexpr std::size_t kAtOnce = 8;
constexpr std::size_t kSerialDigits = 12;
constexpr std::size_t kNameSize = kSerialDigits + 1 + 16;

/// Whether a name may be of `fresh_name`: what else lies there is not ours to remove.
bool is_segment_name(std::string_view name) {
  return name.size() >= kNameSize && name[name.size() - 17] == '-' &&
         name.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

}  // namespace

std::string S3Segments::fresh_name(std::int64_t serial) {
  return fmt::format("{:0{}}-{}", serial, kSerialDigits, random_hex(8));
}

Task<Result<EntryChanges>> S3Segments::read(std::vector<S3Segment> segments) {
  std::vector<std::string> texts(segments.size());
  Result<void> failure;
  const std::function<Task<void>(std::size_t)> get = [&](std::size_t i) -> Task<void> {
    if (!failure) co_return;
    std::string name = segments[i].name;
    auto object = co_await objects_.get(std::move(name));
    if (!object) {
      failure = object.error();
    } else if (!object->exists) {
      failure = Diagnostic{.code = ErrorCode::not_found,
                           .message = fmt::format("the segment {} is gone", segments[i].name)};
    } else {
      texts[i] = std::move(object->body);
    }
  };
  co_await for_each_bounded(loop_, segments.size(), kAtOnce, get);
  if (!failure) co_return failure.error();
  EntryChanges changes;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool whole = static_cast<std::int64_t>(texts[i].size()) == segments[i].bytes;
    if (!whole || !read_segment(texts[i], changes))
      co_return damaged_state(
          objects_.place().shown,
          fmt::format("the segment {} is not as jim wrote it", segments[i].name));
  }
  co_return changes;
}

Task<Result<void>> S3Segments::put(const std::vector<S3Pending>& segments) {
  Result<void> failure;
  const std::function<Task<void>(std::size_t)> send = [&](std::size_t i) -> Task<void> {
    if (!failure) co_return;
    std::string name = segments[i].name;
    std::string text = segments[i].text;
    S3Condition none;
    auto put = co_await objects_.put(std::move(name), std::move(text), std::move(none));
    if (!put) failure = put.error();
  };
  co_await for_each_bounded(loop_, segments.size(), kAtOnce, send);
  co_return failure;
}

Task<void> S3Segments::remove(std::vector<std::string> names) {
  bool failed = false;
  const std::function<Task<void>(std::size_t)> one = [&](std::size_t i) -> Task<void> {
    if (failed) co_return;
    std::string name = names[i];
    const auto removed = co_await objects_.remove(std::move(name));
    failed = failed || !removed;
  };
  co_await for_each_bounded(loop_, names.size(), kAtOnce, one);
}

Task<void> S3Segments::remove_leftovers(const S3Seen& seen) {
  const auto listed = co_await objects_.list();
  if (!listed) co_return;  // not everybody may list, and nothing depends on it
  std::vector<std::string> names;
  for (const S3Listed& one : *listed)
    if (is_segment_name(one.name) && one.modified < seen.modified && !seen.head.lists(one.name))
      names.push_back(one.name);
  co_await remove(std::move(names));
}

}  // namespace jim

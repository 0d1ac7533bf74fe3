#include "core/state/s3_segment.h"

#include <algorithm>

#include "core/state/fields.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::string_view kFirstLine = "jim s3 segment 1\n";
/// A reader gets them all, and their names are written with each commit.
constexpr std::size_t kMostSegments = 32;
constexpr std::size_t kFewestMerged = 16;

Diagnostic malformed() { return {.code = ErrorCode::io, .message = "it is not as jim wrote it"}; }

Result<void> read_line(std::string_view line, EntryChanges& changes) {
  const auto value = parse_json(line);
  if (!value) return malformed();
  EntryChange change;
  FieldReader in(*value);
  in.text("key", change.entry.key);
  in.number("serial", change.entry.serial);
  change.remove = value->get("body") == nullptr;
  in.text("body", change.entry.body);
  if (!in.finish().empty()) return malformed();
  std::string key = change.entry.key;
  changes.insert_or_assign(std::move(key), std::move(change));
  return {};
}

}  // namespace

std::string segment_text(const EntryChanges& changes) {
  std::string text(kFirstLine);
  for (const auto& [key, change] : changes) {
    FieldWriter out;
    out.value("key", key);
    out.value("serial", change.entry.serial);
    if (!change.remove) out.value("body", change.entry.body);
    text += to_json(out.take());
    text += '\n';
  }
  return text;
}

Result<void> read_segment(const std::string& text, EntryChanges& changes) {
  std::string_view rest = text;
  if (!rest.starts_with(kFirstLine)) return malformed();
  rest.remove_prefix(kFirstLine.size());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return malformed();
    if (auto read = read_line(rest.substr(0, end), changes); !read) return read;
    rest.remove_prefix(end + 1);
  }
  return {};
}

std::optional<std::size_t> merge_start(const std::vector<S3Segment>& segments) {
  if (segments.size() <= kMostSegments) return std::nullopt;
  std::size_t start = segments.size();
  std::int64_t younger = 0;
  while (start > 0 &&
         (segments.size() - start < kFewestMerged || segments[start - 1].bytes < 2 * younger))
    younger += segments[--start].bytes;
  return start;
}

}  // namespace jim

#include "core/state/s3_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/state/damage.h"
#include "core/state/fields.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::int64_t kFormat = 1;

Value lock_value(const S3Lock& lock) {
  FieldWriter out;
  out.text("id", lock.id);
  out.text("who", lock.holder.who);
  out.text("command", lock.holder.command);
  out.text("since", lock.holder.since);
  out.value("token", lock.holder.token);
  out.value("term_ms", lock.term.count());
  out.text("machine", lock.process.machine);
  out.value("pid", lock.process.pid);
  out.text("started", lock.process.started);
  return out.take();
}

/// Empty when it was understood.
std::string read_lock(const Value& value, S3Lock& lock) {
  std::int64_t term = 0;
  FieldReader in(value);
  in.text("id", lock.id);
  in.text("who", lock.holder.who);
  in.text("command", lock.holder.command);
  in.text("since", lock.holder.since);
  in.number("token", lock.holder.token);
  in.number("term_ms", term);
  in.text("machine", lock.process.machine);
  in.number("pid", lock.process.pid);
  in.text("started", lock.process.started);
  lock.term = Duration(term);
  return in.finish();
}

/// `NAME BYTES`.
bool read_segment_line(const std::string& text, S3Segment& segment) {
  const std::size_t blank = text.find(' ');
  if (blank == 0 || blank == std::string::npos) return false;
  segment.name = text.substr(0, blank);
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + blank + 1, end, segment.bytes);
  return error == std::errc() && rest == end && segment.bytes >= 0;
}

}  // namespace

bool S3Head::lists(const std::string& segment) const {
  return std::any_of(segments.begin(), segments.end(),
                     [&](const S3Segment& one) { return one.name == segment; });
}

std::string head_text(const S3Head& head) {
  std::vector<std::string> segments;
  for (const S3Segment& segment : head.segments)
    segments.push_back(fmt::format("{} {}", segment.name, segment.bytes));
  FieldWriter out;
  out.value("format", kFormat);
  out.text("write", head.write);
  out.value("token", head.token);
  out.value("serial", head.serial);
  if (head.lock) out.value("lock", lock_value(*head.lock));
  out.list("segments", segments);
  return to_json(out.take(), {.indent = 1}) + "\n";
}

Result<S3Head> read_head(const std::string& text, const std::string& place) {
  const auto value = parse_json(text);
  if (!value || !value->is_map()) return damaged_state(place, "its head is not as jim wrote it");
  S3Head head;
  std::int64_t format = 0;
  FieldReader in(*value);
  in.number("format", format);
  if (format > kFormat)
    return Diagnostic{
        .code = ErrorCode::io,
        .message = fmt::format("the state {} was written by a newer version of jim: its format is "
                               "{}, and this version knows up to {}",
                               place, format, kFormat),
        .hint = "use that version or a newer one"};
  in.text("write", head.write);
  in.number("token", head.token);
  in.number("serial", head.serial);
  const Value* lock = in.child("lock");
  std::vector<std::string> segments;
  in.list("segments", segments);
  std::string wrong = in.finish();
  if (wrong.empty() && format < 1) wrong = "its field 'format' is missing";
  if (wrong.empty() && lock != nullptr) wrong = read_lock(*lock, head.lock.emplace());
  for (const std::string& line : segments) {
    S3Segment segment;
    if (wrong.empty() && !read_segment_line(line, segment))
      wrong = "its field 'segments' is malformed";
    head.segments.push_back(std::move(segment));
  }
  if (!wrong.empty()) return damaged_state(place, "its head: " + wrong);
  return head;
}

}  // namespace jim

#include "core/value/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <limits>

namespace jim {

namespace {

/// Builds the Value while RapidJSON reads, so that no second tree exists. Finished values wait on
/// one stack until the list or map around them ends, and then move into a block of exactly their
/// number.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool Null() { return add({}); }
  bool Bool(bool value) { return add(value); }
  bool Int(int value) { return add(value); }
  bool Uint(unsigned value) { return add(std::int64_t{value}); }
  bool Int64(std::int64_t value) { return add(value); }
  bool Uint64(std::uint64_t value) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return value <= kMost ? add(static_cast<std::int64_t>(value)) : add(static_cast<double>(value));
  }
  bool Double(double value) { return add(value); }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return add(std::string(text, size));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    waiting_.emplace_back(std::string(text, size), Value());
    return true;
  }
  bool StartObject() { return open(true); }
  bool StartArray() { return open(false); }

  bool EndObject(rapidjson::SizeType) {
    const auto first = close();
    std::vector<ValueMap::Entry> entries(std::make_move_iterator(first),
                                         std::make_move_iterator(waiting_.end()));
    waiting_.erase(first, waiting_.end());
    return add(ValueMap::from_entries(std::move(entries)));
  }

  bool EndArray(rapidjson::SizeType count) {
    const auto first = close();
    ValueList items;
    items.reserve(count);
    for (auto entry = first; entry != waiting_.end(); ++entry)
      items.push_back(std::move(entry->second));
    waiting_.erase(first, waiting_.end());
    return add(std::move(items));
  }

  Value take() { return std::move(root_); }
  bool too_many() const { return count_ > limits_.values; }

 private:
  struct Frame {
    bool is_map = false;
    std::size_t first = 0;
  };

  bool open(bool is_map) {
    frames_.push_back({is_map, waiting_.size()});
    return frames_.size() <= static_cast<std::size_t>(std::max(limits_.depth, 0));
  }

  std::vector<ValueMap::Entry>::iterator close() {
    const std::size_t first = frames_.back().first;
    frames_.pop_back();
    return waiting_.begin() + static_cast<std::ptrdiff_t>(first);
  }

  bool add(Value value) {
    ++count_;
    if (too_many()) return false;
    if (frames_.empty())
      root_ = std::move(value);
    else if (frames_.back().is_map)
      waiting_.back().second = std::move(value);
    else
      waiting_.emplace_back(std::string(), std::move(value));
    return true;
  }

  JsonLimits limits_;
  std::size_t count_ = 0;
  std::vector<Frame> frames_ = {};
  std::vector<ValueMap::Entry> waiting_ = {};
  Value root_ = {};
};

Diagnostic failure(std::string_view text, std::size_t offset, std::string_view what) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const SourceLocation where = {.line = static_cast<int>(line),
                                .column = static_cast<int>(before.size() - line_start + 1)};
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("JSON line {}, column {}: {}", where.line, where.column, what),
          .where = where};
}

const char* what_is_wrong(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty:
      return "found no value";
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "found text after the end";
    case rapidjson::kParseErrorObjectMissName:
      return "expected a key in quotes";
    case rapidjson::kParseErrorObjectMissColon:
      return "expected ':' after the key";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "expected ',' or '}'";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "expected ',' or ']'";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "wrong \\u escape";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "unknown escape in a string";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "the string does not end";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "the string is not valid UTF-8";
    case rapidjson::kParseErrorNumberTooBig:
      return "the number is too big";
    case rapidjson::kParseErrorNumberMissFraction:
    case rapidjson::kParseErrorNumberMissExponent:
      return "the number does not end";
    default:
      return "expected a value";
  }
}

}  // namespace

Result<Value> parse_json(std::string_view text, const JsonLimits& limits) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder(limits);
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseFullPrecisionFlag;
  const auto result = reader.Parse<kFlags>(stream, builder);
  if (result.Code() == rapidjson::kParseErrorTermination)
    return failure(text, result.Offset(),
                   builder.too_many() ? fmt::format("more than {} values", limits.values)
                                      : fmt::format("more than {} levels deep", limits.depth));
  if (result.IsError()) return failure(text, result.Offset(), what_is_wrong(result.Code()));
  // A NUL byte looks like the end to RapidJSON.
  if (stream.Tell() < text.size()) return failure(text, stream.Tell(), "found text after the end");
  return builder.take();
}

}  // namespace jim

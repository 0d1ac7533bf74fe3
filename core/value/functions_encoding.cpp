#include "core/base/digest.h"
#include "core/value/arguments.h"
#include "core/value/json.h"
#include "core/value/limits.h"
#include "core/value/text_escape.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

Result<Value> to_base64(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  return Value(base64_encode(text));
}

Result<Value> from_base64(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  std::string bytes;
  if (!base64_decode(text, bytes)) return function_error("the text is not base64");
  return Value(std::move(bytes));
}

Result<Value> encode_json(const Values& values, const Scope&) {
  // The evaluator marks the whole text secret when anything in it is.
  return Value(to_json(values[0], {.reveal_secrets = true}));
}

Result<Value> decode_json(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  return parse_json(text, {.values = kMaxValues});
}

Result<Value> encode_url(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return Value(std::move(out));
}

}  // namespace

void add_encoding_functions(Functions& all) {
  all.push_back({"base64decode", "base64decode(text)", "The text that a base64 text stands for.",
                 R"(base64decode("aGk="))", R"("hi")", 1, 1, from_base64});
  all.push_back({"base64encode", "base64encode(text)", "The text in base64.",
                 R"(base64encode("hi"))", R"("aGk=")", 1, 1, to_base64});
  all.push_back({"jsondecode", "jsondecode(text)", "The value that a JSON text stands for.",
                 R"(jsondecode("[1, true]"))", "[1,true]", 1, 1, decode_json});
  all.push_back({"jsonencode", "jsonencode(value)", "The value as JSON on one line, keys in order.",
                 "jsonencode({b: 1, a: [2]})", R"("{\"a\":[2],\"b\":1}")", 1, 1, encode_json});
  all.push_back({"urlencode", "urlencode(text)", "The text as part of a URL.",
                 R"(urlencode("a b/c"))", R"("a%20b%2Fc")", 1, 1, encode_url});
}

}  // namespace jim::detail

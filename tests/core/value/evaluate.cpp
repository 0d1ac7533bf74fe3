#include "tests/core/value/evaluate.h"

#include <fmt/format.h>

#include "core/value/json.h"

namespace jim {

namespace {

std::string error_text(const Diagnostic& error) {
  const SourceLocation& where = error.where;
  std::string text =
      fmt::format("{}:{}:{}: {}", where.file, where.line, where.column, error.message);
  return error.hint.empty() ? text : text + " | " + error.hint;
}

}  // namespace

ExampleScope::ExampleScope()
    : MapScope(parse_json(R"({"web": [{"ipv4": "1.2.3.4", "id": 1}, {"ipv4": "5.6.7.8", "id": 2}],
                              "m": {"a": 1, "b": {"c": [1, 2]}}, "none": null, "word": "txt", "n": 3})")
                   ->as_map()) {
  set("trainer-key", ValueMap::from_entries({{"id", Value(7)}}));
  set("env", Value(ValueMap()).as_secret());
  set("secret", Value("hush").as_secret());
  set("yes", Value(true).as_secret());
  set("later", Value::unknown());
  set("mixed", ValueList{Value("open"), Value("hush").as_secret()});
  set("half", ValueList{Value(1), Value::unknown()});
  set("hidden", Value(ValueList{Value(1), Value(2)}).as_secret());
}

Result<std::string> ExampleScope::read_file(const std::string& path) const {
  if (path == "hello.tpl") return std::string("hello\n${name} ${1 + 1}");
  if (path == "wrong.tpl") return std::string("a\n ${nme}");
  if (path == "loop.tpl") return std::string("${file(\"hello.tpl\")}");
  return Diagnostic{.code = ErrorCode::not_found, .message = "no file '" + path + "'"};
}

std::string show(std::string_view text) {
  const auto parsed = Template::parse(text, {"jim.yaml", 3, 5});
  if (!parsed) return error_text(parsed.error());
  const auto value = parsed->evaluate(ExampleScope());
  if (!value) return error_text(value.error());
  const std::string shown =
      value->is_unknown() ? "unknown" : to_json(*value, {.reveal_secrets = true});
  return value->is_secret() ? shown + " (secret)" : shown;
}

}  // namespace jim

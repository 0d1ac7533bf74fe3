#include "core/value/arguments.h"

#include <fmt/format.h>

#include "core/value/json.h"
#include "core/value/node.h"

namespace jim::detail {

Diagnostic function_error(std::string message, std::string hint) {
  return {
      .code = ErrorCode::invalid_config, .message = std::move(message), .hint = std::move(hint)};
}

void Arguments::wrong(std::size_t i, std::string_view expected) {
  if (!good_) return;
  good_ = false;
  error_ = function_error(fmt::format("argument {} must be {}, found {}", i + 1, expected,
                                      kind_name(values_[i].kind())));
}

std::string Arguments::text(std::size_t i) {
  std::string out;
  if (!plain_text(values_[i], out)) wrong(i, "a string");
  return out;
}

std::int64_t Arguments::integer(std::size_t i) {
  if (values_[i].is_integer()) return values_[i].as_integer();
  wrong(i, "an integer");
  return 0;
}

double Arguments::number(std::size_t i) {
  if (values_[i].is_number()) return values_[i].as_number();
  wrong(i, "a number");
  return 0;
}

const ValueList& Arguments::list(std::size_t i) {
  static const ValueList kNone;
  if (values_[i].is_list()) return values_[i].as_list();
  wrong(i, "a list");
  return kNone;
}

const ValueMap& Arguments::map(std::size_t i) {
  static const ValueMap kNone;
  if (values_[i].is_map()) return values_[i].as_map();
  wrong(i, "a map");
  return kNone;
}

std::vector<std::string> Arguments::texts(std::size_t i) {
  std::vector<std::string> out;
  for (const Value& item : list(i)) {
    std::string text;
    if (!plain_text(item, text)) {
      if (good_)
        error_ = function_error(fmt::format("argument {} must be a list of strings, found {} in it",
                                            i + 1, kind_name(item.kind())));
      good_ = false;
      return {};
    }
    out.push_back(std::move(text));
  }
  return out;
}

bool plain_text(const Value& value, std::string& out) {
  if (value.is_string())
    out = value.as_string();
  else if (value.is_number())
    out = number_text(value);
  else if (value.is_bool())
    out = value.as_bool() ? "true" : "false";
  else
    return false;
  return true;
}

std::string identity_key(const Value& value) { return to_json(value, {.reveal_secrets = true}); }

ValueList text_list(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

}  // namespace jim::detail

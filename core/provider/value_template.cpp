#include "core/provider/value_template.h"

#include <algorithm>
#include <charconv>

#include "core/value/json.h"

namespace jim {
namespace {

Result<Value> evaluate_map(const ValueTemplate& tree, const Scope& scope) {
  ValueMap result;
  for (const auto& [key, child] : tree.entries) {
    auto value = child.evaluate(scope);
    if (!value) return value.error();
    if (key == "...") {
      if (!value->is_map()) continue;
      for (const auto& [name, entry] : value->as_map()) {
        if (!entry.is_null()) result.set(name, entry);
      }
    } else if (!value->is_null()) {
      result.set(key, *std::move(value));
    }
  }
  if (result.empty() && !tree.entries.empty()) return Value();
  return Value(std::move(result));
}

bool is_word(std::string_view text) {
  const auto starts = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && starts(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return starts(c) || (c >= '0' && c <= '9'); });
}

/// Splits `${a.b.c}`; empty when the text is anything else.
std::vector<std::string> plain_path(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with('}')) return {};
  std::vector<std::string> steps;
  std::string_view rest = text.substr(2, text.size() - 3);
  while (true) {
    const auto dot = rest.find('.');
    const auto word = rest.substr(0, dot);
    if (!is_word(word) || word == "true" || word == "false" || word == "null") return {};
    steps.emplace_back(word);
    if (dot == std::string_view::npos) return steps;
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

Result<Value> ValueTemplate::evaluate(const Scope& scope) const {
  if (kind == Kind::leaf) return leaf.evaluate(scope);
  if (kind == Kind::map) return evaluate_map(*this, scope);
  ValueList result;
  result.reserve(items.size());
  for (const ValueTemplate& item : items) {
    auto value = item.evaluate(scope);
    if (!value) return value.error();
    result.push_back(*std::move(value));
  }
  return Value(std::move(result));
}

void ValueTemplate::collect_references(std::vector<Reference>& out) const {
  if (kind == Kind::leaf) {
    for (Reference& reference : leaf.references()) out.push_back(std::move(reference));
  }
  for (const ValueTemplate& item : items) item.collect_references(out);
  for (const auto& [key, child] : entries) child.collect_references(out);
}

Extract::Extract(Template source, std::string_view text) : source_(std::move(source)), set_(true) {
  auto path = plain_path(text);
  if (path.empty()) return;
  root_ = path.front();
  steps_.assign(path.begin() + 1, path.end());
}

Result<Value> Extract::evaluate(const Scope& scope) const {
  if (root_.empty()) return source_.evaluate(scope);
  const Value* here = scope.lookup(root_);
  for (const std::string& step : steps_) {
    if (here == nullptr) break;
    here = here->get(step);
  }
  return here == nullptr ? Value() : *here;
}

Value Extract::from(const Scope& scope) const {
  auto value = evaluate(scope);
  return value ? *std::move(value) : Value();
}

void ManifestScope::bind(std::string_view name, const Value* value) {
  for (Entry& entry : entries_) {
    if (entry.name == name) {
      entry.value = value;
      return;
    }
  }
  entries_.push_back({.name = name, .value = value});
}

void ManifestScope::own(std::string_view name, Value value) {
  for (Entry& entry : entries_) {
    if (entry.name == name) {
      entry.value = nullptr;
      entry.owned = std::move(value);
      return;
    }
  }
  entries_.push_back({.name = name, .owned = std::move(value)});
}

const Value* ManifestScope::lookup(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return entry.value != nullptr ? entry.value : &entry.owned;
  }
  return nullptr;
}

std::vector<std::string> ManifestScope::names() const {
  std::vector<std::string> result;
  for (const Entry& entry : entries_) result.emplace_back(entry.name);
  return result;
}

std::string plain_text(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null:
      return {};
    case Value::Kind::string:
      return value.as_string();
    default:
      return to_json(value, {.reveal_secrets = true});
  }
}

bool is_true(const Value& value) { return value.is_bool() && value.as_bool(); }

}  // namespace jim

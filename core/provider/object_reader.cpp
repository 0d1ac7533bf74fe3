#include "core/provider/object_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/provider/value_template.h"

namespace jim {
namespace {

/// The mark inside a text that may hold more: from the last `jim:` that begins one to the end.
std::string mark_in(std::string_view text) {
  for (auto at = text.rfind("jim:"); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : text.rfind("jim:", at - 1)) {
    Mark mark;
    if (parse_mark(text.substr(at), mark)) return mark.text();
  }
  return {};
}

std::string find_mark(const Value& value) {
  if (value.is_string()) return mark_in(value.as_string());
  if (!value.is_list()) return {};
  for (const Value& item : value.as_list()) {
    if (!item.is_string()) continue;
    if (std::string mark = mark_in(item.as_string()); !mark.empty()) return mark;
  }
  return {};
}

/// Brings what was read to the attribute's type; what does not fit stays as it is and shows up as a
/// difference.
Value fitted(Value value, const Attribute& attribute) {
  using Kind = AttributeType::Kind;
  const Kind kind = attribute.type.kind;
  const bool fits =
      value.is_null() || kind == Kind::any || (kind == Kind::string && value.is_string()) ||
      (kind == Kind::integer && value.is_integer()) || (kind == Kind::boolean && value.is_bool());
  if (!fits) {
    if (auto converted = convert(value, attribute.type)) value = *std::move(converted);
  }
  return attribute.secret && !value.is_null() ? value.as_secret() : value;
}

}  // namespace

std::string read_id(const TypeSpec& spec, const Value& it, const Value& config,
                    const Value& parent) {
  ManifestScope scope;
  scope.bind("it", &it);
  scope.bind("config", &config);
  scope.bind("parent", &parent);
  const Value id = spec.id.from(scope);
  return id.is_string() || id.is_integer() ? plain_text(id) : std::string();
}

void read_readiness(const TypeSpec& spec, const Scope& scope, Object& object) {
  if (!spec.ready) return;
  object.status = plain_text(spec.ready->status.from(scope));
  const auto among = [&](const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), object.status) != words.end();
  };
  // A status that the manifest does not know is taken for one on the way: vendors add words.
  object.readiness = among(spec.ready->good)     ? Readiness::ready
                     : among(spec.ready->failed) ? Readiness::failed
                                                 : Readiness::pending;
  if (object.readiness == Readiness::failed) {
    object.problem = escape_control(plain_text(spec.ready->problem.from(scope)));
  }
  object.status = escape_control(object.status);
}

Result<std::optional<Object>> read_object(const TypeSpec& spec, const Value& it,
                                          const Value& config, const Value& parent) {
  ManifestScope scope;
  scope.bind("it", &it);
  scope.bind("config", &config);
  scope.bind("parent", &parent);
  if (spec.exists) {
    const auto exists = spec.exists->evaluate(scope);
    // What cannot be told must not be taken for absent.
    if (!exists) {
      return Diagnostic{.code = ErrorCode::unavailable,
                        .message = fmt::format("{}: the API shows an object of another shape: {}",
                                               spec.type.name, exists.error().message),
                        .where = exists.error().where};
    }
    if (!is_true(*exists)) return std::optional<Object>();
  }
  Object object;
  object.type = spec.type.name;
  const Value id = spec.id.from(scope);
  if (id.is_string() || id.is_integer()) object.id = plain_text(id);
  if (object.id.empty()) {
    return Diagnostic{
        .code = ErrorCode::unavailable,
        .message = fmt::format("{}: the API shows an object without an id", spec.type.name),
        .hint = "nothing can be done with it; is the manifest right about 'id'?"};
  }
  for (const Attribute& attribute : spec.type.attributes) {
    const auto mapping = spec.attributes.find(attribute.name);
    if (mapping == spec.attributes.end() || mapping->second.read.empty()) continue;
    object.attributes.set(attribute.name, fitted(mapping->second.read.from(scope), attribute));
  }
  if (!spec.mark.read.empty()) object.mark = find_mark(spec.mark.read.from(scope));
  read_readiness(spec, scope, object);
  return std::optional<Object>(std::move(object));
}

}  // namespace jim

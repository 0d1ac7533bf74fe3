#include <fmt/format.h>

#include "core/provider/object_reader.h"
#include "core/provider/rest_provider.h"

namespace jim {
namespace {

Value mark_as_value(const Mark& mark) {
  ValueMap parts;
  const bool none = mark.project.empty();
  parts.set("text", none ? Value() : Value(mark.text()));
  parts.set("lineage", none ? Value() : Value(mark.lineage));
  parts.set("project", none ? Value() : Value(mark.project));
  parts.set("address", none ? Value() : Value(mark.address));
  return Value(std::move(parts));
}

}  // namespace

Result<void> has_room(const TypeSpec& spec, const Mark& mark) {
  if (spec.mark.max == 0 || mark.project.empty() || spec.mark.when == MarkSpec::When::never) {
    return {};
  }
  const auto check = [&](const std::string& part) -> Result<void> {
    if (part.size() <= spec.mark.max) return {};
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = fmt::format("jim's mark '{}' is longer than the {} characters "
                                             "that {} has room for",
                                             part, spec.mark.max, spec.type.name),
                      .hint = "shorten the name of the project or of the resource"};
  };
  if (spec.marks_whole()) return check(mark.text());
  for (const std::string& part : {mark.lineage, mark.project, mark.address}) {
    if (auto fits = check(part); !fits) return fits;
  }
  return {};
}

Work RestProvider::begin(const TypeSpec& spec, Journal& journal, const ValueMap& wanted,
                         const Mark& mark) const {
  Work work{.spec = spec, .journal = journal};
  work.wanted = wanted;
  work.mark = mark;
  work.mark_value = mark_as_value(mark);
  ValueMap self;
  ValueMap send;
  for (const Attribute& attribute : spec.type.attributes) {
    const Value* value = wanted.find(attribute.name);
    const bool hidden = attribute.secret && value != nullptr && !value->is_null();
    self.set(attribute.name, value == nullptr ? Value() : hidden ? value->as_secret() : *value);
    if (value == nullptr || value->is_null()) continue;
    const std::string& name = spec.attributes.at(attribute.name).send;
    if (!name.empty()) send.set(name, hidden ? value->as_secret() : *value);
  }
  work.self = Value(std::move(self));
  work.send = Value(std::move(send));
  collect_secrets(work.self, work.secrets);
  return work;
}

void RestProvider::limit(Work& work, std::optional<Duration> timeout) const {
  work.timeout = timeout;
  if (timeout) work.deadline = loop_.clock().now() + scaled(*timeout);
}

ManifestScope RestProvider::scope_of(const Work& work) const {
  ManifestScope scope;
  scope.bind("config", &exchange_.config());
  scope.bind("self", &work.self);
  scope.bind("send", &work.send);
  scope.bind("mark", &work.mark_value);
  scope.bind("it", &work.it);
  scope.bind("saved", &work.saved);
  scope.own("id", Value(work.id));
  scope.own("resumed", Value(work.resumed));
  ValueList changed;
  for (const std::string& name : work.changed) changed.emplace_back(name);
  scope.own("changed", Value(std::move(changed)));
  return scope;
}

Result<bool> RestProvider::holds(const Template& condition, const Work& work) const {
  const auto value = condition.evaluate(scope_of(work));
  if (value) return is_true(*value);
  return Diagnostic{.code = ErrorCode::unavailable,
                    .message = fmt::format("{} {} looks other than the manifest expects: {}",
                                           work.spec.type.name, work.id, value.error().message),
                    .where = value.error().where};
}

void RestProvider::show(Work& work, Seen seen) const {
  work.it = std::move(seen.it);
  work.object = std::move(seen.object);
  if (!work.object.problem.empty())
    work.object.problem = exchange_.clean(std::move(work.object.problem), &work.secrets);
  work.fresh = true;
  if (work.object.status.empty() || work.object.status == work.told) return;
  work.told = work.object.status;
  if (work.object.readiness != Readiness::ready) work.journal.progress(work.object.status);
}

Result<std::optional<Object>> RestProvider::interpret(const TypeSpec& spec, const Value& it,
                                                      const Value& parent) const {
  auto object = read_object(spec, it, exchange_.config(), parent);
  if (!object || !*object) return object;
  std::vector<std::string> repeats;
  for (const auto& [name, value] : (*object)->attributes) {
    if (!value.is_secret() && exchange_.has_credentials(value)) repeats.push_back(name);
  }
  for (const std::string& name : repeats) {
    const Value hidden = (*object)->attributes.find(name)->as_secret();
    (*object)->attributes.set(name, hidden);
  }
  return object;
}

void RestProvider::take_reply(Work& work, const RequestSpec& request, const Answer& answer) const {
  if (request.object.empty()) return;
  ManifestScope scope;
  scope.bind("body", &answer.body);
  Value it = request.object.from(scope);
  if (!it.is_map()) return;
  auto object = interpret(work.spec, it, Value());
  if (!object || !*object || (*object)->id != work.id) return;
  show(work, {std::move(it), std::move(**object)});
}

Result<void> RestProvider::save(Work& work, const RequestSpec& request,
                                const Answer& answer) const {
  if (request.save.empty()) return {};
  ManifestScope scope = scope_of(work);
  scope.bind("body", &answer.body);
  ValueMap saved = work.saved.as_map();
  for (const NamedTemplate& named : request.save) {
    auto value = named.value.evaluate(scope);
    if (!value) return value.error();
    saved.set(named.name, *std::move(value));
  }
  work.saved = Value(std::move(saved));
  return {};
}

void RestProvider::tell_request(const Work& work, const Answer& answer) const {
  constexpr std::size_t kLongestId = 100;
  for (const char* name : {"x-request-id", "x-openstack-request-id", "request-id"})
    for (const Header& header : answer.headers)
      if (header.name == name && header.value.size() <= kLongestId)
        return work.journal.answered(exchange_.clean(header.value, &work.secrets));
}

}  // namespace jim

#include <fmt/format.h>

#include <algorithm>

#include "core/provider/manifest_parts.h"

namespace jim {
namespace {

/// All that the requests which make an object look at.
std::vector<Reference> looked_at_by_making(const TypeSpec& spec) {
  std::vector<Reference> all = spec.create->request.references();
  const auto add = [&all](const std::vector<Reference>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  if (spec.create->client_id) add(spec.create->client_id->references());
  for (const StepSpec& step : spec.steps) {
    add(step.request.references());
    if (step.otherwise) add(step.otherwise->references());
  }
  return all;
}

/// Whether the reference takes the attribute, or a map that has it.
bool takes(const Reference& reference, const std::string& name, const std::string& sent) {
  const auto is = [&reference](const std::string& wanted) {
    return reference.steps.empty() || reference.steps.front() == wanted;
  };
  return (reference.root == "self" && is(name)) ||
         (reference.root == "send" && !sent.empty() && is(sent));
}

}  // namespace

void check_making(const TypeSpec& spec, Diagnostics& diagnostics) {
  if (!spec.create) return;
  const std::vector<Reference> looked_at = looked_at_by_making(spec);
  const auto any = [&looked_at](const auto& fits) {
    return std::any_of(looked_at.begin(), looked_at.end(), fits);
  };
  const std::string what = "resources." + spec.short_name();
  const auto wrong = [&](std::string message, std::string hint) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = std::move(message),
                           .hint = std::move(hint),
                           .where = spec.create->request.where});
  };
  const bool marks = any([](const Reference& one) { return one.root == "mark"; });
  if (spec.mark.when == MarkSpec::When::at_create && !marks)
    wrong(what + ".mark: it is set at_create, but neither 'create' nor a step sends it",
          "put ${mark.text} into the request of 'create', or say when: afterwards");
  for (const Attribute& attribute : spec.type.attributes) {
    const std::string& sent = spec.attributes.at(attribute.name).send;
    if (!attribute.required ||
        any([&](const Reference& one) { return takes(one, attribute.name, sent); }))
      continue;
    wrong(fmt::format("{}: attribute '{}' is required, but neither 'create' nor a step sends it",
                      what, attribute.name),
          fmt::format("send all by ${{send}}, or this one by ${{self.{}}}", attribute.name));
  }
}

}  // namespace jim

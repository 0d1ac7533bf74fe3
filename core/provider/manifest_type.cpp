#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/provider/manifest_parts.h"

namespace jim {
namespace {

MarkSpec read_mark(const YamlNode& node, const std::string& what, const Extract& object,
                   Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  MarkSpec mark;
  section.require("when");
  mark.when = read_word<MarkSpec::When>(section, "when",
                                        {{"never", MarkSpec::When::never},
                                         {"at_create", MarkSpec::When::at_create},
                                         {"afterwards", MarkSpec::When::afterwards}})
                  .value_or(MarkSpec::When::never);
  mark.field = section.text("field");
  mark.read = section.extract("read");
  mark.max = static_cast<std::size_t>(section.number("max"));
  if (const YamlNode* write = section.find("write")) {
    mark.write = read_steps(*write, what + ".write", object, diagnostics);
  }
  if (mark.when != MarkSpec::When::never && mark.read.empty()) {
    section.error(section.where(), what + ": 'read' is missing",
                  "say where the mark is found on an object");
  }
  if (mark.when == MarkSpec::When::afterwards && mark.write.empty()) {
    section.error(section.where(), what + ": 'write' is missing",
                  "say which requests set the mark on an existing object");
  }
  section.finish();
  return mark;
}

ListSpec read_list(const YamlNode& node, const std::string& what, Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  ListSpec list;
  list.request = read_request(section, Extract());
  section.require("items");
  list.items = section.extract("items");
  list.below = section.text("below");
  if (const YamlNode* pages = section.find("pagination")) {
    list.pagination = read_pagination(*pages, what + ".pagination", diagnostics);
  }
  section.finish();
  return list;
}

CreateSpec read_create(const YamlNode& node, const std::string& what, const Extract& object,
                       Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  CreateSpec create;
  create.request = read_request(section, object);
  create.id = section.extract("id");
  if (const YamlNode* client_id = section.find("client_id")) {
    if (client_id->scalar.is_bool()) {
      if (client_id->scalar.as_bool()) {
        create.client_id = *Template::parse("${uuid}", client_id->where);
      }
    } else {
      create.client_id = read_template(*client_id, diagnostics);
    }
  }
  if (create.id.empty() && !create.client_id) {
    section.error(section.where(), what + ": 'id' is missing",
                  "say where the reply holds the new object's id, or that we choose it: "
                  "client_id: true");
  }
  section.finish();
  return create;
}

ReadySpec read_ready(const YamlNode& node, const std::string& what, Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  ReadySpec ready;
  section.require("status");
  ready.status = section.extract("status");
  section.require("good");
  ready.good = section.texts("good");
  ready.pending = section.texts("pending");
  ready.failed = section.texts("failed");
  ready.problem = section.extract("problem");
  ready.expect = section.duration("expect");
  ready.stall = section.duration("stall", ready.stall);
  ready.poll = section.duration("poll", ready.poll);
  ready.retry = section.text("retry");
  section.finish();
  return ready;
}

DeleteSpec read_delete(const YamlNode& node, const std::string& what, Diagnostics& diagnostics) {
  DeleteSpec result;
  if (node.kind == YamlNode::Kind::list) {
    result.steps = read_steps(node, what, Extract(), diagnostics);
    return result;
  }
  Section section(node, what, diagnostics);
  result.gone = section.expression("gone");
  result.failed = section.expression("failed");
  if (section.find("stall") != nullptr) result.stall = section.duration("stall");
  if (const YamlNode* steps = section.find("steps")) {
    result.steps = read_steps(*steps, what + ".steps", Extract(), diagnostics);
  } else {
    StepSpec step;
    step.request = read_request(section, Extract());
    step.name = step.request.route;
    result.steps.push_back(std::move(step));
  }
  if (const YamlNode* after = section.find("after")) {
    result.after = read_steps(*after, what + ".after", Extract(), diagnostics);
  }
  section.finish();
  return result;
}

void read_lifecycle(Section& section, const Extract& object, TypeSpec& spec) {
  const std::string& what = section.what();
  Diagnostics& diagnostics = section.diagnostics();
  if (const YamlNode* node = section.require("list")) {
    spec.list = read_list(*node, what + ".list", diagnostics);
  }
  if (const YamlNode* node = section.find("read"); node != nullptr && node->text != "list") {
    Section read(*node, what + ".read", diagnostics);
    spec.read = read_request(read, object);
    read.finish();
  }
  if (const YamlNode* node = section.find("create")) {
    spec.create = read_create(*node, what + ".create", object, diagnostics);
  }
  if (const YamlNode* node = section.find("steps")) {
    spec.steps = read_steps(*node, what + ".steps", object, diagnostics);
  }
  if (const YamlNode* node = section.find("update")) {
    spec.update = read_steps(*node, what + ".update", object, diagnostics);
  }
  if (const YamlNode* node = section.find("ready")) {
    spec.ready = read_ready(*node, what + ".ready", diagnostics);
    spec.type.expected_create = spec.ready->expect;
  }
  if (const YamlNode* node = section.find("delete")) {
    spec.remove = read_delete(*node, what + ".delete", diagnostics);
  }
}

/// Finds the update that brings failed objects back, and what it costs: as much as the worst of the
/// changes that it is for.
void check_retry(Section& section, TypeSpec& spec) {
  if (!spec.ready || spec.ready->retry.empty()) return;
  const StepSpec* step = spec.retry();
  if (step == nullptr) {
    section.error(spec.where, fmt::format("{}.ready.retry: no update is called '{}'",
                                          section.what(), spec.ready->retry));
    return;
  }
  spec.type.retry = Risk::in_place;
  for (const std::string& name : step->changed) {
    const Attribute* attribute = spec.type.attribute(name);
    if (attribute != nullptr) spec.type.retry = std::max(spec.type.retry, attribute->change);
  }
}

/// What the parts say about each other.
void check_type(Section& section, TypeSpec& spec) {
  const std::string& what = section.what();
  if (!spec.type.adopt_only && !spec.create) {
    section.error(spec.where, what + ": 'create' is missing",
                  "types whose objects stand already say adopt_only: true");
  }
  if (spec.create && !spec.remove) {
    section.error(spec.where, what + ": 'delete' is missing", "what is created must be removable");
  }
  const auto check_attribute = [&](const std::string& name, const SourceLocation& where) {
    if (spec.type.attribute(name) != nullptr) return;
    std::vector<std::string> names;
    for (const Attribute& attribute : spec.type.attributes) names.push_back(attribute.name);
    const auto likely = did_you_mean(name, names);
    section.error(where, fmt::format("{}: no attribute is called '{}'", what, name),
                  likely ? fmt::format("did you mean '{}'?", *likely) : "");
  };
  if (spec.type.attributes.empty()) return;
  for (const StepSpec& step : spec.update) {
    for (const std::string& name : step.changed) check_attribute(name, step.request.where);
  }
  for (const std::string& name : spec.type.identity) check_attribute(name, spec.where);
  for (const std::string& name : spec.type.summary) check_attribute(name, spec.where);
  check_retry(section, spec);
  for (const Attribute& attribute : spec.type.attributes) {
    const bool settable = !attribute.computed || attribute.optional_computed;
    const bool remakes = attribute.change == Risk::replace || attribute.change == Risk::release;
    if (!settable || remakes) continue;
    bool handled = false;
    for (const StepSpec& step : spec.update) {
      for (const std::string& name : step.changed) handled = handled || name == attribute.name;
    }
    if (!handled) {
      section.error(spec.where,
                    fmt::format("{}: attribute '{}' can be changed, but no update names it", what,
                                attribute.name),
                    "add it to 'changed' of an update, or say change: replace");
    }
  }
}

}  // namespace

TypeSpec read_type(const std::string& name, const YamlNode::Entry& entry,
                   const TypeDefaults& defaults, Diagnostics& diagnostics) {
  const std::string what = "resources." + name;
  Section section(entry.value, what, diagnostics);
  TypeSpec spec;
  spec.where = entry.where;
  spec.type.name = defaults.provider + "." + name;
  spec.type.provider = defaults.provider;
  spec.type.description = section.text("description");
  spec.type.costs_money = section.flag("costs_money");
  spec.type.adopt_only = section.flag("adopt_only");
  spec.type.create_before_destroy = section.flag("create_before_destroy");
  spec.type.identity = section.texts("identity");
  spec.type.summary = section.texts("summary");
  spec.type.visible_within = section.duration("visible_within");
  spec.exists = section.expression("exists");

  const YamlNode* id = section.find("id");
  spec.id = id != nullptr ? read_extract(*id, diagnostics)
                          : Extract(*Template::parse("${it.id}", entry.where), "${it.id}");
  Extract object;
  if (const YamlNode* node = section.find("object")) {
    object = read_extract(*node, diagnostics);
  } else if (!defaults.object.empty()) {
    if (auto parsed = Template::parse(defaults.object, defaults.object_where)) {
      object = Extract(*std::move(parsed), defaults.object);
    }
  }
  if (const YamlNode* node = section.require("attributes")) {
    read_attributes(*node, what + ".attributes", defaults, spec, diagnostics);
  }
  if (const YamlNode* node = section.require("mark")) {
    spec.mark = read_mark(*node, what + ".mark", object, diagnostics);
    spec.type.mark_field = spec.mark.when == MarkSpec::When::never ? "" : spec.mark.field;
    spec.type.marked_at_create = spec.mark.when == MarkSpec::When::at_create;
  }
  read_lifecycle(section, object, spec);
  section.finish();
  check_type(section, spec);
  return spec;
}

}  // namespace jim

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/provider/manifest_parts.h"

namespace jim {
namespace {

using Words = std::vector<std::string>;

/// Walks a manifest's expressions and holds every root name against what is bound where the
/// expression stands.
class NameCheck {
 public:
  NameCheck(const Manifest& manifest, Diagnostics& diagnostics)
      : manifest_(manifest), diagnostics_(diagnostics) {}

  void run() {
    see(manifest_.base_url, {"config"});
    see(manifest_.headers, {"config"});
    for (const AuthSpec& auth : manifest_.auth) {
      if (auth.when) see(*auth.when, {"config"});
      for (const Template* part : {&auth.token, &auth.username, &auth.password}) {
        see(*part, {"config"});
      }
    }
    see(manifest_.pagination);
    for (const Extract& message : manifest_.errors.messages) see(message, {"status", "body"});
    for (const Extract& code : manifest_.errors.codes) see(code, {"status", "body"});
    for (const TypeSpec& spec : manifest_.types) run(spec);
  }

 private:
  void run(const TypeSpec& spec) {
    type_ = &spec;
    const Words on_object = {"it", "config", "parent"};
    const Words asking = {"config", "parent"};
    const Words making = {"config", "self", "send", "mark", "client_id"};
    see(spec.id, on_object);
    if (spec.exists) see(*spec.exists, on_object);
    for (const auto& [name, attribute] : spec.attributes) see(attribute.read, on_object);
    see(spec.mark.read, on_object);
    if (spec.list) {
      see(spec.list->request, asking);
      see(spec.list->items, {"body"});
      if (spec.list->pagination) see(*spec.list->pagination);
    }
    if (spec.read) see(*spec.read, {"config", "id"});
    if (spec.create) {
      see(spec.create->request, making);
      see(spec.create->id, {"body", "self"});
      if (spec.create->client_id) see(*spec.create->client_id, {"config", "self", "uuid"});
    }
    const Words working = {"config", "self",  "send",    "mark",   "id",
                           "it",     "saved", "changed", "resumed"};
    see(spec.steps, working);
    see(spec.update, working);
    see(spec.mark.write, {"config", "mark", "id", "it", "saved"});
    if (spec.ready) {
      see(spec.ready->status, {"it"});
      see(spec.ready->problem, {"it"});
    }
    if (spec.remove) {
      const Words removing = {"config", "id", "it", "saved"};
      see(spec.remove->steps, removing);
      see(spec.remove->after, removing);
      if (spec.remove->gone) see(*spec.remove->gone, {"it"});
      if (spec.remove->failed) see(*spec.remove->failed, {"it"});
    }
    if (spec.list && !spec.list->below.empty()) check_parent(spec);
  }

  void check_parent(const TypeSpec& spec) {
    const std::string name = manifest_.provider + "." + spec.list->below;
    if (manifest_.find(name) != nullptr) {
      check_no_circle(spec);
      return;
    }
    Words types;
    for (const TypeSpec& other : manifest_.types) types.push_back(other.short_name());
    report(spec.list->request.where,
           fmt::format("resources.{}.list.below: no type is called '{}'", spec.short_name(),
                       spec.list->below),
           spec.list->below, types);
  }

  /// A list of such a type would first need a list of the same type.
  void check_no_circle(const TypeSpec& spec) {
    std::string way = spec.short_name();
    const TypeSpec* above = &spec;
    for (std::size_t i = 0; i < manifest_.types.size(); ++i) {
      if (!above->list || above->list->below.empty()) return;
      way += " below " + above->list->below;
      above = manifest_.find(manifest_.provider + "." + above->list->below);
      if (above == nullptr) return;
      if (above != &spec) continue;
      diagnostics_.push_back({.code = ErrorCode::invalid_config,
                              .message = fmt::format("resources.{}.list.below goes in a circle: {}",
                                                     spec.short_name(), way),
                              .hint = "a type is listed below another one, and at last below none",
                              .where = spec.list->request.where});
      return;
    }
  }

  void see(const std::vector<StepSpec>& steps, const Words& names) {
    for (const StepSpec& step : steps) {
      if (step.when) see(*step.when, names);
      if (step.until) see(*step.until, names);
      if (step.failed) see(*step.failed, names);
      see(step.request, names);
      if (step.otherwise) see(*step.otherwise, names);
    }
  }

  void see(const RequestSpec& request, const Words& names) {
    for (const Template& piece : request.path) see(piece, names);
    see(request.query, names);
    see(request.headers, names);
    std::vector<Reference> references;
    request.body.collect_references(references);
    for (const auto& [pointer, value] : request.json_patch) value.collect_references(references);
    for (const Reference& reference : references) check(reference, names);
    Words with_body = names;
    with_body.emplace_back("body");
    see(request.save, with_body);
    see(request.object, {"body"});
  }

  void see(const PaginationSpec& pages) {
    see(pages.next, {"body"});
    see(pages.total, {"body"});
  }
  void see(const std::vector<NamedTemplate>& list, const Words& names) {
    for (const NamedTemplate& named : list) see(named.value, names);
  }
  void see(const Extract& extract, const Words& names) { see(extract.source(), names); }
  void see(const Template& source, const Words& names) {
    for (const Reference& reference : source.references()) check(reference, names);
  }

  void check(const Reference& reference, const Words& names) {
    if (std::find(names.begin(), names.end(), reference.root) == names.end()) {
      report(reference.where, fmt::format("unknown name '{}'", reference.root), reference.root,
             names);
      return;
    }
    if (reference.steps.empty()) return;
    const std::string& step = reference.steps.front();
    Words known;
    if (reference.root == "config") {
      for (const ConfigKey& key : manifest_.config) known.push_back(key.name);
    } else if (reference.root == "self") {
      for (const Attribute& attribute : type_->type.attributes) known.push_back(attribute.name);
    } else if (reference.root == "mark") {
      known = {"text", "lineage", "project", "address"};
    } else {
      return;
    }
    if (std::find(known.begin(), known.end(), step) != known.end()) return;
    report(reference.where, fmt::format("unknown name '{}.{}'", reference.root, step), step, known);
  }

  void report(const SourceLocation& where, std::string message, const std::string& word,
              const Words& known) {
    const auto likely = did_you_mean(word, known);
    diagnostics_.push_back({.code = ErrorCode::invalid_config,
                            .message = std::move(message),
                            .hint = likely ? fmt::format("did you mean '{}'?", *likely)
                                           : fmt::format("known here: {}", join(known, ", ")),
                            .where = where});
  }

  const Manifest& manifest_;
  Diagnostics& diagnostics_;
  const TypeSpec* type_ = nullptr;
};

}  // namespace

void check_names(const Manifest& manifest, Diagnostics& diagnostics) {
  NameCheck(manifest, diagnostics).run();
}

}  // namespace jim

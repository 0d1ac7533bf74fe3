#include "cli/render/explain.h"

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/pages.h"
#include "cli/tell.h"
#include "cli/workspace.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr const char* kTopics =
    "jim explain file            the file, in one page\n"
    "jim explain types           all resource types\n"
    "jim explain PROVIDER        an account's settings and its types\n"
    "jim explain TYPE            a type's attributes\n"
    "jim explain TYPE.ATTRIBUTE  one attribute\n"
    "jim explain functions       all functions\n"
    "jim explain function NAME   one function\n"
    "jim explain manifest        how to describe a vendor of your own\n"
    "jim explain state           where state is kept, and sealed\n"
    "jim explain scenario        how to let the sandbox misbehave\n";

/// What is said of a topic: to people, and as data unless it is prose.
struct Explained {
  std::string text = {};
  std::optional<Value> data = {};
};

/// The manifests of one's own that the file here names; there need not be a file.
class OwnManifests {
 public:
  explicit OwnManifests(const Globals& globals) : workspace_(globals) {
    workspace_.load_file(problems_);
    if (!workspace_.has_config()) return;
    problems_.clear();  // what is wrong below 'providers' hides no name
    for (const ProviderBlock& block : workspace_.config().providers)
      if (!block.manifest.empty()) blocks_.push_back(&block);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const ProviderBlock* block : blocks_) names.push_back(block->name);
    return names;
  }
  std::shared_ptr<const Manifest> find(const std::string& name, Diagnostics& diagnostics) const {
    for (const ProviderBlock* block : blocks_)
      if (block->name == name) return workspace_.find_manifest(*block, diagnostics);
    return nullptr;
  }
  /// Why the file could not be read, if there is one.
  Diagnostics problems() const {
    Diagnostics about_file;
    for (const Diagnostic& one : problems_)
      if (one.where.line > 0) about_file.push_back(one);
    return about_file;
  }

 private:
  Workspace workspace_;
  Diagnostics problems_ = {};
  std::vector<const ProviderBlock*> blocks_ = {};
};

/// Looks types up in the file's own and the built-in manifests, compiling only those that are asked
/// for.
class Topics {
 public:
  Topics(const Globals& globals, Diagnostics& diagnostics)
      : own_(globals), diagnostics_(diagnostics) {}

  std::optional<Explained> find(const std::string& topic) {
    const std::vector<std::string> parts = split(topic, ".");
    const std::vector<std::string> own = own_.names();
    const bool is_own = std::find(own.begin(), own.end(), parts[0]) != own.end();
    const auto manifest =
        is_own ? own_.find(parts[0], diagnostics_) : built_in_manifest(parts[0], diagnostics_);
    if (!manifest) {
      known_ = built_in_names();
      known_.insert(known_.end(), own.begin(), own.end());
      known_.insert(known_.end(), {"file", "state", "types", "functions", "manifest", "scenario"});
      const Diagnostics problems = own_.problems();
      diagnostics_.insert(diagnostics_.end(), problems.begin(), problems.end());
      return std::nullopt;
    }
    if (parts.size() == 1) return Explained{provider_text(*manifest), provider_value(*manifest)};
    for (const TypeSpec& spec : manifest->types) known_.push_back(spec.type.name);
    const TypeSpec* spec = nullptr;
    for (const TypeSpec& one : manifest->types)
      if (one.short_name() == parts[1]) spec = &one;
    if (spec == nullptr) return std::nullopt;
    if (parts.size() == 2) return Explained{type_text(spec->type), type_value(spec->type)};
    known_.clear();
    for (const Attribute& one : spec->type.attributes)
      known_.push_back(spec->type.name + "." + one.name);
    const Attribute* attribute = spec->type.attribute(parts[2]);
    if (attribute == nullptr) return std::nullopt;
    return Explained{attribute_text(spec->type, *attribute), attribute_value(*attribute)};
  }
  const std::vector<std::string>& known() const { return known_; }

 private:
  OwnManifests own_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_ = {};
};

int say(Context& context, const std::string& topic, const Explained& said) {
  if (context.globals.format == Format::text) {
    context.terminal.out(said.text);
    return 0;
  }
  if (!said.data)
    return fail(context.terminal, {.code = ErrorCode::invalid_config,
                                   .message = "'jim explain" + (topic.empty() ? "" : " " + topic) +
                                              "' is a text to read, and has no json",
                                   .hint = "leave -o out; types, attributes, providers and "
                                           "functions have json"});
  context.terminal.out(to_json(*said.data, {.indent = 2}) + "\n");
  return 0;
}

int unknown(Context& context, const std::string& what, const std::string& topic,
            const std::vector<std::string>& known) {
  const auto near = did_you_mean(topic, known);
  return fail(context.terminal, {.code = ErrorCode::invalid_config,
                                 .message = "unknown " + what + " '" + escape_control(topic) + "'",
                                 .hint = near ? "did you mean '" + *near + "'?"
                                              : "'jim explain' lists what can be explained"});
}

int explain_function(Context& context, const std::string& name) {
  if (const Function* function = find_function(name))
    return say(context, name, {function_text(*function), function_value(*function)});
  std::vector<std::string> known;
  for (const Function& one : functions()) known.push_back(one.name);
  return unknown(context, "function", name, known);
}

Explained all_functions() {
  ValueList list;
  for (const Function& one : functions()) list.push_back(function_value(one));
  return {functions_text(), Value(std::move(list))};
}

int explain_types(Context& context) {
  Diagnostics found;
  std::size_t widest = 0;
  std::vector<std::pair<std::string, std::string>> rows;
  const auto add = [&](const std::shared_ptr<const Manifest>& manifest) {
    if (!manifest) return;
    for (const TypeSpec& spec : manifest->types) {
      rows.emplace_back(spec.type.name, spec.type.description);
      widest = std::max(widest, width(spec.type.name));
    }
  };
  for (const std::string& name : built_in_names()) add(built_in_manifest(name, found));
  const OwnManifests own(context.globals);
  for (const std::string& name : own.names()) add(own.find(name, found));
  Explained said;
  ValueList list;
  for (const auto& [name, description] : rows) {
    said.text += name + std::string(widest + 2 - width(name), ' ') + description + "\n";
    list.push_back(ValueMap::from_entries({{"type", name}, {"description", description}}));
  }
  said.data = Value(std::move(list));
  const int status = say(context, "types", said);
  tell(context.terminal, DiskFiles(), found);
  return std::max(status, status_of(found));
}

}  // namespace

int run_explain(Context& context, const ExplainFlags& flags) {
  const auto& words = flags.words;
  if (words.empty()) return say(context, "", {.text = kTopics});
  const std::string& topic = words[0];
  if (topic == "types") return explain_types(context);
  const bool about_functions = topic == "function" || topic == "functions";
  if (about_functions && words.size() > 1) return explain_function(context, words[1]);
  if (about_functions) return say(context, topic, all_functions());
  if (const char* page = reference_page(topic)) return say(context, topic, {.text = page});
  Diagnostics found;
  Topics topics(context.globals, found);
  const auto said = topics.find(topic);
  if (!said && find_function(topic) != nullptr) return explain_function(context, topic);
  tell(context.terminal, DiskFiles(), found);
  if (said) return say(context, topic, *said);
  // With mistakes in the manifest or the file nothing can be said of what they hold.
  if (const int status = status_of(found); status != 0) return status;
  return unknown(context, "topic", topic, topics.known());
}

}  // namespace jim

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/render/value_text.h"
#include "cli/tell.h"
#include "cli/workspace.h"
#include "core/base/text.h"
#include "core/value/functions.h"

namespace jim {

namespace {

constexpr const char* kFileOverview =
    R"(jim.yaml: what should exist. Found in this folder or a parent; -f names another.

project: chat                      who owns what: objects are marked with it. Required.
vars: { servers: 3 }               values to use as ${var.servers}; --var servers=5 sets one
providers:                         accounts; keys by 'jim explain PROVIDER'
  latitude: { token: "${env.LATITUDESH_BEARER}", project: proj_x }
  acme: { manifest: ./acme.yaml }  a vendor of your own (providers/README.md)
state: .jim/state.db               where jim remembers what it made
include: [network.yaml]            more files, merged under this one
resources:                         what should exist, by names of your choice
  web:
    type: latitude.server          attributes by 'jim explain latitude.server'
    count: 3                       web[0], web[1], web[2]; or for_each: a list or map
    hostname: web-${index}
outputs: { addresses: "${web[*].ipv4}" }

Every resource may also have
  count, for_each    several of it; ${index}, ${each.key}, ${each.value}
  if                 only when true
  needs              names of resources that come before it
  protect            true: never delete or replace it
  keep               true: leave the object alone when the resource goes
  ignore             attributes that others may change
  timeouts           create, update, delete: 30m, 1h
  was                its old name, when it got a new one

Expressions ${...} stand inside any text; $${ is a plain ${. They have paths (web[0].ipv4,
web[*].ipv4, var.n, env.TOKEN), arithmetic, comparison, && || !, a ? b : c, a ?? b,
[for x in xs : f(x) if x > 1], and the functions of 'jim explain functions'.
)";

constexpr const char* kTopics =
    "jim explain file           the file, in one page\n"
    "jim explain types          all resource types\n"
    "jim explain PROVIDER       an account's settings and its types\n"
    "jim explain TYPE           a type's attributes\n"
    "jim explain TYPE.ATTRIBUTE one attribute\n"
    "jim explain functions      all functions\n"
    "jim explain function NAME  one function\n";

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns > width(text) ? columns - width(text) : 0, ' ');
}

std::string function_text(const Function& function) {
  return function.signature + "\n  " + function.summary + "\n  " + function.example + " gives " +
         function.result + "\n";
}

std::string functions_text() {
  std::size_t widest = 0;
  for (const Function& one : functions()) widest = std::max(widest, width(one.signature));
  std::string text;
  for (const Function& one : functions())
    text += padded(one.signature, widest) + "  " + one.summary + "\n";
  return text;
}

/// `required`, `set by the vendor`, ...: what a person must know to write it.
std::string attribute_note(const Attribute& attribute) {
  std::vector<std::string> notes;
  if (attribute.required) notes.emplace_back("required");
  if (attribute.computed && !attribute.optional_computed) notes.emplace_back("set by the vendor");
  if (attribute.optional_computed) notes.emplace_back("set by the vendor unless given");
  if (attribute.secret) notes.emplace_back("secret");
  if (attribute.default_value) notes.push_back("default " + value_text(*attribute.default_value));
  if (!attribute.computed && attribute.change != Risk::none)
    notes.push_back("change: " + std::string(risk_word(attribute.change)));
  return join(notes, ", ");
}

std::string type_text(const ResourceType& type) {
  std::string text = type.name + "\n";
  if (!type.description.empty()) text += "  " + type.description + "\n";
  if (type.adopt_only) text += "  jim cannot make one; it takes over one that exists.\n";
  std::size_t names = 0;
  std::size_t kinds = 0;
  for (const Attribute& one : type.attributes) {
    names = std::max(names, width(one.name));
    kinds = std::max(kinds, width(one.type.text()));
  }
  const auto section = [&](const char* title, auto belongs) {
    std::string rows;
    for (const Attribute& one : type.attributes)
      if (belongs(one))
        rows += "  " + padded(one.name, names) + "  " + padded(one.type.text(), kinds) + "  " +
                attribute_note(one) + "\n";
    if (!rows.empty()) text += std::string("\n") + title + "\n" + rows;
  };
  section("Required", [](const Attribute& one) { return one.required; });
  section("Optional", [](const Attribute& one) {
    return !one.required && (!one.computed || one.optional_computed);
  });
  section("Set by the vendor", [](const Attribute& one) {
    return one.computed && !one.optional_computed && !one.required;
  });
  text += "\nIts mark is ";
  text +=
      type.mark_field.empty()
          ? "nowhere: this vendor has no field for it, so jim knows the object by its id alone.\n"
          : "in " + type.mark_field + ".\n";
  return text;
}

std::string attribute_text(const ResourceType& type, const Attribute& attribute) {
  std::string text = type.name + "." + attribute.name + "  " + attribute.type.text() + "\n";
  if (!attribute.description.empty()) text += "  " + attribute.description + "\n";
  const std::string note = attribute_note(attribute);
  if (!note.empty()) text += "  " + note + "\n";
  if (!attribute.example.empty()) text += "  example: " + attribute.example + "\n";
  if (!attribute.allowed.empty()) {
    std::vector<std::string> words;
    for (const Value& one : attribute.allowed) words.push_back(bare_text(one));
    text += (attribute.allowed_open ? "  such as: " : "  one of: ") + join(words, ", ") + "\n";
  }
  return text;
}

std::string provider_text(const Manifest& manifest) {
  std::string text = manifest.provider + "\n";
  if (!manifest.description.empty()) text += "  " + manifest.description + "\n";
  if (!manifest.homepage.empty()) text += "  " + manifest.homepage + "\n";
  if (!manifest.config.empty()) text += "\nSettings\n";
  std::size_t widest = 0;
  for (const ConfigKey& key : manifest.config) widest = std::max(widest, width(key.name));
  for (const ConfigKey& key : manifest.config) {
    text += "  " + padded(key.name, widest) + "  " + key.description;
    if (!key.env.empty()) text += " (else $" + join(key.env, ", $") + ")";
    text += key.required ? ", required\n" : "\n";
  }
  text += "\nTypes\n";
  for (const TypeSpec& spec : manifest.types)
    text += "  " + spec.type.name + "  " + spec.type.description + "\n";
  return text;
}

/// The manifests of one's own that the file here names; there need not be a file.
class OwnManifests {
 public:
  explicit OwnManifests(const Globals& globals) : workspace_(globals) {
    Diagnostics ignored;
    workspace_.load_file(ignored);
    if (!workspace_.has_config()) return;
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

 private:
  Workspace workspace_;
  std::vector<const ProviderBlock*> blocks_ = {};
};

/// Looks types up in the file's own and the built-in manifests, compiling only those that are asked
/// for.
class Topics {
 public:
  Topics(const Globals& globals, Diagnostics& diagnostics)
      : own_(globals), diagnostics_(diagnostics) {}

  std::optional<std::string> find(const std::string& topic) {
    const std::vector<std::string> parts = split(topic, ".");
    const std::vector<std::string> own = own_.names();
    const bool is_own = std::find(own.begin(), own.end(), parts[0]) != own.end();
    const auto manifest =
        is_own ? own_.find(parts[0], diagnostics_) : built_in_manifest(parts[0], diagnostics_);
    if (!manifest) {
      known_ = built_in_names();
      known_.insert(known_.end(), own.begin(), own.end());
      known_.insert(known_.end(), {"file", "types", "functions"});
      return std::nullopt;
    }
    if (parts.size() == 1) return provider_text(*manifest);
    for (const TypeSpec& spec : manifest->types) known_.push_back(spec.type.name);
    const TypeSpec* spec = nullptr;
    for (const TypeSpec& one : manifest->types)
      if (one.short_name() == parts[1]) spec = &one;
    if (spec == nullptr) return std::nullopt;
    if (parts.size() == 2) return type_text(spec->type);
    known_.clear();
    for (const Attribute& one : spec->type.attributes)
      known_.push_back(spec->type.name + "." + one.name);
    const Attribute* attribute = spec->type.attribute(parts[2]);
    if (attribute == nullptr) return std::nullopt;
    return attribute_text(spec->type, *attribute);
  }
  const std::vector<std::string>& known() const { return known_; }

 private:
  OwnManifests own_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_ = {};
};

int unknown(Context& context, const std::string& what, const std::string& topic,
            const std::vector<std::string>& known) {
  const auto near = did_you_mean(topic, known);
  return fail(context.terminal, {.code = ErrorCode::invalid_config,
                                 .message = "unknown " + what + " '" + escape_control(topic) + "'",
                                 .hint = near ? "did you mean '" + *near + "'?"
                                              : "'jim explain' lists what can be explained"});
}

int explain_function(Context& context, const std::string& name) {
  if (const Function* function = find_function(name)) {
    context.terminal.out(function_text(*function));
    return 0;
  }
  std::vector<std::string> known;
  for (const Function& one : functions()) known.push_back(one.name);
  return unknown(context, "function", name, known);
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
  for (const auto& [name, description] : rows)
    context.terminal.out(padded(name, widest) + "  " + description + "\n");
  tell(context.terminal, DiskFiles(), found);
  return status_of(found);
}

}  // namespace

int run_explain(Context& context, const ExplainFlags& flags) {
  const auto& words = flags.words;
  Terminal& terminal = context.terminal;
  if (words.empty()) return terminal.out(kTopics), 0;
  if (words[0] == "file") return terminal.out(kFileOverview), 0;
  if (words[0] == "types") return explain_types(context);
  if (words[0] == "functions" && words.size() > 1) return explain_function(context, words[1]);
  if (words[0] == "functions") return terminal.out(functions_text()), 0;
  if (words[0] == "function" && words.size() > 1) return explain_function(context, words[1]);
  Diagnostics found;
  Topics topics(context.globals, found);
  const auto text = topics.find(words[0]);
  tell(terminal, DiskFiles(), found);
  if (!text) return unknown(context, "topic", words[0], topics.known());
  terminal.out(*text);
  return 0;
}

}  // namespace jim

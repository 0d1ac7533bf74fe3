#include <map>

#include "cli/session.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// For a quoted text of dot and mermaid.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : escape_control(text)) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + "\"";
}

std::string label(const ResourceBlock& block, std::size_t instances) {
  std::string text = block.name;
  if (block.count || block.for_each) text += " ×" + std::to_string(instances);
  return text;
}

std::string dot(const Config& config, const Expansion& expansion,
                const std::map<std::string, std::size_t>& instances) {
  std::string text =
      "digraph " + quoted(config.project) + " {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const ResourceBlock& block : config.resources) {
    const auto found = instances.find(block.name);
    std::string lines = quoted(label(block, found == instances.end() ? 0 : found->second));
    lines.insert(lines.size() - 1, "\\n" + block.type);
    text += "  " + quoted(block.name) + " [label=" + lines + "];\n";
  }
  for (const ResourceBlock& block : config.resources)
    for (const std::string& need : expansion.needs(block.name))
      text += "  " + quoted(need) + " -> " + quoted(block.name) + ";\n";
  return text + "}\n";
}

std::string mermaid(const Config& config, const Expansion& expansion,
                    const std::map<std::string, std::size_t>& instances) {
  std::string text = "flowchart LR\n";
  std::map<std::string, std::string> ids;
  for (const ResourceBlock& block : config.resources) {
    const auto found = instances.find(block.name);
    const std::string id = ids[block.name] = "r" + std::to_string(ids.size());
    std::string lines = quoted(label(block, found == instances.end() ? 0 : found->second));
    lines.insert(lines.size() - 1, "<br/>" + block.type);
    text += "  " + id + "[" + lines + "]\n";
  }
  for (const ResourceBlock& block : config.resources)
    for (const std::string& need : expansion.needs(block.name))
      text += "  " + ids[need] + " --> " + ids[block.name] + "\n";
  return text;
}

Value graph_value(const Config& config, const Expansion& expansion,
                  const std::map<std::string, std::size_t>& instances) {
  ValueList resources;
  for (const ResourceBlock& block : config.resources) {
    const auto found = instances.find(block.name);
    ValueList needs;
    for (const std::string& need : expansion.needs(block.name)) needs.push_back(need);
    ValueMap map;
    map.set("name", block.name);
    map.set("type", block.type);
    map.set("instances", static_cast<std::int64_t>(found == instances.end() ? 0 : found->second));
    map.set("needs", std::move(needs));
    resources.push_back(std::move(map));
  }
  ValueMap whole;
  whole.set("project", config.project);
  whole.set("resources", std::move(resources));
  return whole;
}

}  // namespace

int run_graph(Context& context, const GraphFlags& flags) {
  Session session(context);
  if (!session.open_file(Session::Vendors::not_asked)) return session.status();
  const Config& config = session.workspace().config();
  const Expansion& expansion = session.workspace().expansion();
  std::map<std::string, std::size_t> instances;
  for (const Desired& desired : expansion.resources()) ++instances[desired.address.name];
  if (context.globals.format == Format::json) {
    context.terminal.out(to_json(graph_value(config, expansion, instances), {.indent = 2}) + "\n");
    return 0;
  }
  context.terminal.out(flags.kind == "mermaid" ? mermaid(config, expansion, instances)
                                               : dot(config, expansion, instances));
  return 0;
}

}  // namespace jim

#include <fmt/format.h>

#include "core/provider/manifest_parts.h"

namespace jim {
namespace {

const std::vector<std::string> kMethods = {"get", "post", "put", "patch", "delete"};

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

/// Cuts `/servers/${id}/reinstall` into its pieces; `route` becomes `/servers/{}/reinstall`.
std::vector<Template> read_path(const YamlNode& node, std::string& route,
                                Diagnostics& diagnostics) {
  std::vector<Template> pieces;
  std::string_view rest = node.text;
  SourceLocation where = node.where;
  if (node.quoted) ++where.column;
  while (!rest.empty()) {
    const bool is_expression = rest.starts_with("${");
    auto end = is_expression ? rest.find('}') : rest.find("${");
    if (is_expression && end != std::string_view::npos) ++end;
    const std::string_view piece = rest.substr(0, end);
    route += is_expression ? "{}" : piece;
    auto parsed = is_expression ? Template::parse(piece, where)
                                : Result<Template>(Template(Value(std::string(piece))));
    if (parsed) {
      pieces.push_back(*std::move(parsed));
    } else {
      diagnostics.push_back(parsed.error());
    }
    rest.remove_prefix(piece.size());
    where.column += static_cast<int>(piece.size());
  }
  return pieces;
}

StepSpec read_step(const YamlNode& node, const std::string& what, const Extract& default_object,
                   Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  StepSpec step;
  step.name = section.text("name");
  step.when = section.expression("when");
  step.changed = section.texts("changed");
  step.request = read_request(section, default_object);
  step.until = section.expression("until");
  step.failed = section.expression("failed");
  step.settle = section.duration("settle");
  if (const YamlNode* otherwise = section.find("on_conflict")) {
    Section inner(*otherwise, what + ".on_conflict", diagnostics);
    step.otherwise = std::make_shared<const RequestSpec>(read_request(inner, Extract()));
    inner.finish();
  }
  section.finish();
  if (step.name.empty()) step.name = step.request.route;
  return step;
}

}  // namespace

std::vector<NamedTemplate> read_named(const YamlNode* node, const std::string& what,
                                      Diagnostics& diagnostics) {
  std::vector<NamedTemplate> result;
  if (node == nullptr) return result;
  if (node->kind != YamlNode::Kind::map) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = what + " must be a map",
                           .where = node->where});
    return result;
  }
  for (const YamlNode::Entry& entry : node->entries) {
    result.push_back({.name = entry.key, .value = read_template(entry.value, diagnostics)});
  }
  return result;
}

RequestSpec read_request(Section& section, const Extract& default_object) {
  Diagnostics& diagnostics = section.diagnostics();
  RequestSpec request;
  request.where = section.where();
  const std::string method = section.one_of(kMethods);
  if (method.empty()) {
    section.error(section.where(), fmt::format("{}: no request is named", section.what()),
                  "say one of get, post, put, patch, delete with the path");
  } else {
    const YamlNode& path = *section.find(method);
    request.method = upper(method);
    std::string route = request.method + " ";
    request.path = read_path(path, route, diagnostics);
    request.route = section.text("route", route);
  }
  request.query = read_named(section.find("query"), section.what() + ".query", diagnostics);
  request.headers = read_named(section.find("headers"), section.what() + ".headers", diagnostics);
  if (const YamlNode* body = section.find("body")) {
    request.body = read_value_template(*body, diagnostics);
    request.has_body = true;
    request.content_type = "application/json";
  }
  if (const YamlNode* patch = section.find("json_patch")) {
    request.content_type = "application/json-patch+json";
    if (request.has_body) {
      section.error(patch->where,
                    fmt::format("{} has both 'body' and 'json_patch'", section.what()));
    }
    request.has_body = true;
    for (const YamlNode::Entry& entry : patch->entries) {
      if (!entry.key.starts_with('/')) {
        section.error(entry.where, fmt::format("'{}' is no JSON pointer", entry.key),
                      "it begins with '/'");
      }
      request.json_patch.emplace_back(entry.key, read_value_template(entry.value, diagnostics));
    }
  }
  request.content_type = section.text("content_type", request.content_type);
  const YamlNode* object = section.find("object");
  request.object = object == nullptr ? default_object : read_extract(*object, diagnostics);
  request.save = read_named(section.find("save"), section.what() + ".save", diagnostics);
  return request;
}

std::vector<StepSpec> read_steps(const YamlNode& node, const std::string& what,
                                 const Extract& default_object, Diagnostics& diagnostics) {
  std::vector<StepSpec> steps;
  if (node.kind == YamlNode::Kind::map) {
    steps.push_back(read_step(node, what, default_object, diagnostics));
    return steps;
  }
  if (node.kind != YamlNode::Kind::list) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = what + " must be a list of steps",
                           .where = node.where});
    return steps;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    steps.push_back(
        read_step(node.items[i], fmt::format("{}[{}]", what, i), default_object, diagnostics));
  }
  return steps;
}

}  // namespace jim

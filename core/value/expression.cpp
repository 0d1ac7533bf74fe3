#include "core/value/expression.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/value/node.h"

namespace jim {

Result<std::string> Scope::read_file(const std::string& path) const {
  return Diagnostic{.code = ErrorCode::invalid_config,
                    .message = "files cannot be read here: '" + path + "'"};
}

Template::Template() : Template(Value()) {}
Template::Template(Value constant) {
  auto node = std::make_shared<detail::TemplateNode>();
  node->root.value = std::move(constant);
  node_ = std::move(node);
}
Template::~Template() = default;
Template::Template(const Template&) = default;
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(const Template&) = default;
Template& Template::operator=(Template&&) noexcept = default;

Result<Template> Template::parse(std::string_view text, const SourceLocation& where) {
  auto parsed = detail::parse_text(text, where);
  if (!parsed) return parsed.error();
  Template made;
  made.node_ = std::make_shared<const detail::TemplateNode>(std::move(*parsed));
  return made;
}

Result<Template> Template::parse_expression(std::string_view text, const SourceLocation& where) {
  auto parsed = detail::parse_bare(text, where);
  if (!parsed) return parsed.error();
  Template made;
  made.node_ = std::make_shared<const detail::TemplateNode>(std::move(*parsed));
  return made;
}

bool Template::is_constant() const { return node_->root.kind == detail::Node::Kind::constant; }
const Value& Template::constant() const { return node_->root.value; }
std::vector<Reference> Template::references() const { return node_->references; }
Result<Value> Template::evaluate(const Scope& scope) const {
  return detail::evaluate(*node_, scope);
}
const SourceLocation& Template::where() const { return node_->where; }

std::string name_hint(std::string_view name, const std::vector<std::string>& known) {
  const std::size_t dash = name.find('-');
  if (dash != std::string_view::npos &&
      std::find(known.begin(), known.end(), name.substr(0, dash)) != known.end())
    return "to subtract, put spaces around '-'";
  const auto near = did_you_mean(name, known);
  return near ? "did you mean '" + *near + "'?" : "";
}

MapScope::MapScope(ValueMap names, const Scope* outer) : names_(std::move(names)), outer_(outer) {}

const Value* MapScope::lookup(std::string_view name) const {
  if (const Value* value = names_.find(name)) return value;
  return outer_ != nullptr ? outer_->lookup(name) : nullptr;
}

std::vector<std::string> MapScope::names() const {
  std::vector<std::string> all = outer_ != nullptr ? outer_->names() : std::vector<std::string>();
  for (const auto& [name, value] : names_)
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  return all;
}

Result<std::string> MapScope::read_file(const std::string& path) const {
  return outer_ != nullptr ? outer_->read_file(path) : Scope::read_file(path);
}

void MapScope::set(std::string name, Value value) { names_.set(std::move(name), std::move(value)); }

}  // namespace jim

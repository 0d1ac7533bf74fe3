#include <fmt/format.h>

#include "core/value/parser.h"

namespace jim::detail {

bool Parser::list(std::size_t offset, Node& out) {
  if (at_word("for")) return for_list(offset, out);
  std::vector<Node> items;
  while (!at("]")) {
    if (!expression(items.emplace_back())) return false;
    if (!accept(",") && !at("]")) return unexpected("',' or ']'");
  }
  advance();
  return make(Node::Kind::list, offset, {}, std::move(items), out);
}

bool Parser::map(std::size_t offset, Node& out) {
  if (at_word("for")) return for_map(offset, out);
  std::vector<Node> parts;
  while (!at("}")) {
    Node& key = parts.emplace_back();
    if (token_.kind == Token::Kind::name) {
      key = constant(token_.offset, token_.text);
      advance();
    } else if (accept("(")) {
      if (!expression(key) || !expect(")")) return false;
    } else if (at("\"") || at("'") || token_.kind == Token::Kind::number) {
      int none = kNoReference;
      if (!primary(key, none)) return false;
    } else {
      return unexpected("a key or '}'");
    }
    if (!accept(":") && !accept("=")) return unexpected("':' after the key");
    if (!expression(parts.emplace_back())) return false;
    if (!accept(",") && !at("}")) return unexpected("',' or '}'");
  }
  advance();
  return make(Node::Kind::map, offset, {}, std::move(parts), out);
}

bool Parser::for_head(std::string& key, std::string& value, Node& source) {
  advance();
  for (int i = 0; i < 2; ++i) {
    if (token_.kind != Token::Kind::name) return unexpected("a name after 'for'");
    key = std::move(value);
    value = std::string(token_.text);
    advance();
    if (!accept(",")) break;
  }
  if (!at_word("in")) return unexpected("'in'");
  advance();
  if (!expression(source) || !expect(":")) return false;
  locals_.push_back(key);
  locals_.push_back(value);
  return true;
}

bool Parser::for_tail(std::vector<Node>& parts, std::string_view close) {
  if (at_word("if")) {
    advance();
    if (!expression(parts.emplace_back())) return false;
  }
  locals_.resize(locals_.size() - 2);
  return expect(close);
}

bool Parser::for_list(std::size_t offset, Node& out) {
  std::string key;
  std::string value;
  std::vector<Node> parts(2);
  if (!for_head(key, value, parts[0]) || !expression(parts[1]) || !for_tail(parts, "]"))
    return false;
  if (!make(Node::Kind::for_list, offset, key, std::move(parts), out)) return false;
  out.text2 = std::move(value);
  return true;
}

bool Parser::for_map(std::size_t offset, Node& out) {
  std::string key;
  std::string value;
  std::vector<Node> parts(3);
  if (!for_head(key, value, parts[0]) || !expression(parts[1]) || !expect("=>") ||
      !expression(parts[2]) || !for_tail(parts, "}"))
    return false;
  if (!make(Node::Kind::for_map, offset, key, std::move(parts), out)) return false;
  out.text2 = std::move(value);
  return true;
}

}  // namespace jim::detail

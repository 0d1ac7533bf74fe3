#include "core/value/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace jim::detail {

namespace {

int precedence(std::string_view symbol) {
  if (symbol == "??") return 1;
  if (symbol == "||") return 2;
  if (symbol == "&&") return 3;
  if (symbol == "==" || symbol == "!=") return 4;
  if (symbol == "<" || symbol == "<=" || symbol == ">" || symbol == ">=") return 5;
  if (symbol == "+" || symbol == "-") return 6;
  if (symbol == "*" || symbol == "/" || symbol == "%") return 7;
  return 0;
}

}  // namespace

bool Parser::whole_text(Node& out) {
  std::vector<Node> parts;
  if (!text_parts(0, false, parts)) return false;
  if (parts.empty()) {
    out = constant(0, "");
    return true;
  }
  // A lone expression keeps its type; a lone constant is itself.
  if (parts.size() == 1) {
    out = std::move(parts.front());
    return true;
  }
  return make(Node::Kind::text, 0, {}, std::move(parts), out);
}

bool Parser::whole_expression(Node& out) {
  advance();
  if (!expression(out)) return false;
  return token_.kind == Token::Kind::end || unexpected("the end of the expression");
}

SourceLocation Parser::place(std::size_t offset) {
  // Places are asked for in rising order almost always, so the walk goes on where it stopped.
  if (offset < walked_) {
    walked_ = 0;
    lines_ = 0;
    columns_ = 0;
  }
  const std::string_view text = lexer_.text();
  for (; walked_ < offset && walked_ < text.size(); ++walked_) {
    const auto byte = static_cast<unsigned char>(text[walked_]);
    if (byte == '\n') {
      ++lines_;
      columns_ = 0;
    } else if ((byte & 0xC0) != 0x80) {
      ++columns_;
    }
  }
  return {where_.file, where_.line + lines_, (lines_ == 0 ? where_.column : 1) + columns_};
}

bool Parser::fail(std::size_t offset, std::string message, std::string hint) {
  error_ = {.code = ErrorCode::invalid_config,
            .message = std::move(message),
            .hint = std::move(hint),
            .where = place(offset)};
  return false;
}

std::string Parser::found() const {
  switch (token_.kind) {
    case Token::Kind::end:
      return "the end of the text";
    case Token::Kind::name:
      return fmt::format("'{}'", token_.text);
    case Token::Kind::number:
      return std::string(token_.text);
    case Token::Kind::symbol:
      return at("\"") || at("'") ? "a string" : fmt::format("'{}'", token_.text);
    case Token::Kind::wrong:
      break;
  }
  return token_.text.size() > 1 ? fmt::format("the number {}, which is too big", token_.text)
                                : fmt::format("'{}'", escape_control(token_.text));
}

bool Parser::unexpected(std::string_view expected, std::string hint) {
  if (hint.empty() && token_.kind == Token::Kind::symbol && token_.text == "=")
    hint = "compare with ==";
  if (hint.empty() && token_.kind == Token::Kind::wrong && token_.text == "&") hint = "'and' is &&";
  if (hint.empty() && token_.kind == Token::Kind::wrong && token_.text == "|") hint = "'or' is ||";
  return fail(token_.offset, fmt::format("expected {}, found {}", expected, found()),
              std::move(hint));
}

bool Parser::accept(std::string_view symbol) {
  if (!at(symbol)) return false;
  advance();
  return true;
}

bool Parser::expect(std::string_view symbol) {
  if (accept(symbol)) return true;
  return unexpected(fmt::format("'{}'", symbol));
}

Node Parser::constant(std::size_t offset, Value value) {
  Node node;
  const SourceLocation where = place(offset);
  node.line = where.line;
  node.column = where.column;
  node.value = std::move(value);
  return node;
}

bool Parser::make(Node::Kind kind, std::size_t offset, std::string_view text,
                  std::vector<Node> children, Node& out) {
  Node node = constant(offset, {});
  node.kind = kind;
  node.text = std::string(text);
  for (const Node& child : children) node.depth = std::max(node.depth, child.depth + 1);
  node.children = std::move(children);
  if (node.depth > kMaxDepth)
    return fail(offset, fmt::format("the expression is more than {} levels deep", kMaxDepth));
  out = std::move(node);
  return true;
}

std::vector<Node> Parser::both(Node a, Node b) {
  std::vector<Node> nodes;
  nodes.reserve(2);
  nodes.push_back(std::move(a));
  nodes.push_back(std::move(b));
  return nodes;
}

std::vector<Node> Parser::alone(Node a) {
  std::vector<Node> nodes;
  nodes.push_back(std::move(a));
  return nodes;
}

bool Parser::expression(Node& out) {
  if (++level_ > kMaxDepth)
    return fail(token_.offset,
                fmt::format("the expression is more than {} levels deep", kMaxDepth));
  const bool good = condition(out);
  --level_;
  return good;
}

bool Parser::condition(Node& out) {
  if (!binary(1, out)) return false;
  if (!at("?")) return true;
  const std::size_t offset = token_.offset;
  advance();
  Node then;
  Node otherwise;
  if (!expression(then) || !expect(":") || !expression(otherwise)) return false;
  std::vector<Node> parts = both(std::move(out), std::move(then));
  parts.push_back(std::move(otherwise));
  return make(Node::Kind::condition, offset, {}, std::move(parts), out);
}

bool Parser::binary(int lowest, Node& out) {
  if (!unary(out)) return false;
  while (token_.kind == Token::Kind::symbol && precedence(token_.text) >= lowest) {
    const Token symbol = token_;
    advance();
    Node right;
    if (!binary(precedence(symbol.text) + 1, right)) return false;
    if (!make(Node::Kind::binary, symbol.offset, symbol.text,
              both(std::move(out), std::move(right)), out))
      return false;
  }
  return true;
}

bool Parser::unary(Node& out) {
  if (!at("-") && !at("!")) return postfix(out);
  const Token symbol = token_;
  advance();
  if (++level_ > kMaxDepth)
    return fail(symbol.offset,
                fmt::format("the expression is more than {} levels deep", kMaxDepth));
  Node inner;
  const bool good = unary(inner);
  --level_;
  if (!good) return false;
  if (symbol.text == "-" && inner.kind == Node::Kind::constant && inner.value.is_number()) {
    out = std::move(inner);
    out.value =
        out.value.is_integer() ? Value(-out.value.as_integer()) : Value(-out.value.as_number());
    return true;
  }
  const auto kind = symbol.text == "-" ? Node::Kind::negate : Node::Kind::negation;
  return make(kind, symbol.offset, symbol.text, alone(std::move(inner)), out);
}

namespace {

Result<TemplateNode> parse(std::string_view text, const SourceLocation& where, bool bare) {
  TemplateNode node;
  node.where = where;
  // Most texts of a file hold no expression.
  if (!bare && text.find("${") == std::string_view::npos) {
    node.root.value = std::string(text);
    node.root.line = where.line;
    node.root.column = where.column;
    return node;
  }
  Parser parser(text, where);
  const bool good = bare ? parser.whole_expression(node.root) : parser.whole_text(node.root);
  if (!good) return parser.error();
  node.references = parser.take_references();
  return node;
}

}  // namespace

Result<TemplateNode> parse_text(std::string_view text, const SourceLocation& where) {
  return parse(text, where, false);
}

Result<TemplateNode> parse_bare(std::string_view text, const SourceLocation& where) {
  return parse(text, where, true);
}

}  // namespace jim::detail

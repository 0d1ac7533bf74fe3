#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/value/lexer.h"
#include "core/value/node.h"
#include "core/value/text_escape.h"

namespace jim::detail {

namespace {

constexpr int kNoReference = -1;

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

/// Recursive descent over one text. Every function returns false after the first error, which
/// `error_` holds.
class Parser {
 public:
  Parser(std::string_view text, const SourceLocation& where) : lexer_(text), where_(where) {}

  bool whole_text(Node& out) {
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

  bool whole_expression(Node& out) {
    advance();
    if (!expression(out)) return false;
    return token_.kind == Token::Kind::end || unexpected("the end of the expression");
  }

  Diagnostic error() const { return error_; }
  std::vector<Reference> take_references() { return std::move(references_); }

 private:
  // --- places and errors

  SourceLocation place(std::size_t offset) {
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

  bool fail(std::size_t offset, std::string message, std::string hint = {}) {
    error_ = {.code = ErrorCode::invalid_config,
              .message = std::move(message),
              .hint = std::move(hint),
              .where = place(offset)};
    return false;
  }

  std::string found() const {
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

  bool unexpected(std::string_view expected, std::string hint = {}) {
    if (hint.empty() && token_.kind == Token::Kind::symbol && token_.text == "=")
      hint = "compare with ==";
    if (hint.empty() && token_.kind == Token::Kind::wrong && token_.text == "&")
      hint = "'and' is &&";
    if (hint.empty() && token_.kind == Token::Kind::wrong && token_.text == "|")
      hint = "'or' is ||";
    return fail(token_.offset, fmt::format("expected {}, found {}", expected, found()),
                std::move(hint));
  }

  // --- tokens and nodes

  void advance() { token_ = lexer_.next(); }
  bool at(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }
  bool at_word(std::string_view word) const {
    return token_.kind == Token::Kind::name && token_.text == word;
  }
  bool accept(std::string_view symbol) {
    if (!at(symbol)) return false;
    advance();
    return true;
  }
  bool expect(std::string_view symbol) {
    if (accept(symbol)) return true;
    return unexpected(fmt::format("'{}'", symbol));
  }

  Node constant(std::size_t offset, Value value) {
    Node node;
    const SourceLocation where = place(offset);
    node.line = where.line;
    node.column = where.column;
    node.value = std::move(value);
    return node;
  }

  bool make(Node::Kind kind, std::size_t offset, std::string_view text, std::vector<Node> children,
            Node& out) {
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

  static std::vector<Node> both(Node a, Node b) {
    std::vector<Node> nodes;
    nodes.reserve(2);
    nodes.push_back(std::move(a));
    nodes.push_back(std::move(b));
    return nodes;
  }
  static std::vector<Node> alone(Node a) {
    std::vector<Node> nodes;
    nodes.push_back(std::move(a));
    return nodes;
  }

  // --- grammar

  bool expression(Node& out) {
    if (++level_ > kMaxDepth)
      return fail(token_.offset,
                  fmt::format("the expression is more than {} levels deep", kMaxDepth));
    const bool good = condition(out);
    --level_;
    return good;
  }

  bool condition(Node& out) {
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

  bool binary(int lowest, Node& out) {
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

  bool unary(Node& out) {
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

  bool postfix(Node& out) {
    int reference = kNoReference;
    return primary(out, reference) && steps(out, reference);
  }

  void note_step(int& reference, std::string_view step) {
    if (reference != kNoReference)
      references_[static_cast<std::size_t>(reference)].steps.emplace_back(step);
  }

  /// `.name`, `[index]` and `[*]` after a value. `reference`: which one goes on growing.
  bool steps(Node& out, int reference) {
    while (true) {
      const std::size_t offset = token_.offset;
      if (accept(".")) {
        if (at("*")) {
          advance();
          return splat(offset, out, reference);
        }
        if (token_.kind != Token::Kind::name &&
            !(token_.kind == Token::Kind::number && token_.value.is_integer()))
          return unexpected("a name after '.'");
        const Token name = token_;
        advance();
        note_step(reference, name.text);
        if (name.kind == Token::Kind::number) {
          Node key = constant(name.offset, name.value);
          if (!make(Node::Kind::index, name.offset, {}, both(std::move(out), std::move(key)), out))
            return false;
        } else if (!make(Node::Kind::attribute, name.offset, name.text, alone(std::move(out)),
                         out)) {
          return false;
        }
      } else if (accept("[")) {
        if (at("*")) {
          advance();
          return expect("]") && splat(offset, out, reference);
        }
        Node key;
        const std::size_t key_offset = token_.offset;
        if (!expression(key) || !expect("]")) return false;
        if (key.kind == Node::Kind::constant && key.value.is_string())
          note_step(reference, key.value.as_string());
        else if (key.kind == Node::Kind::constant && key.value.is_integer())
          note_step(reference, std::to_string(key.value.as_integer()));
        else
          reference = kNoReference;
        if (!make(Node::Kind::index, key_offset, {}, both(std::move(out), std::move(key)), out))
          return false;
      } else {
        return true;
      }
    }
  }

  bool splat(std::size_t offset, Node& out, int reference) {
    if (++level_ > kMaxDepth)
      return fail(offset, fmt::format("the expression is more than {} levels deep", kMaxDepth));
    note_step(reference, "*");
    Node each;
    const bool good = make(Node::Kind::name, offset, "*", {}, each) && steps(each, reference);
    --level_;
    return good && make(Node::Kind::splat, offset, {}, both(std::move(out), std::move(each)), out);
  }

  bool primary(Node& out, int& reference) {
    const Token token = token_;
    if (token.kind == Token::Kind::number) {
      advance();
      out = constant(token.offset, token.value);
      return true;
    }
    if (token.kind == Token::Kind::name) return word(out, reference);
    if (accept("(")) return expression(out) && expect(")");
    if (at("\"")) return double_quoted(out);
    if (at("'")) return single_quoted(out);
    if (accept("[")) return list(token.offset, out);
    if (accept("{")) return map(token.offset, out);
    return unexpected("a value");
  }

  bool word(Node& out, int& reference) {
    const Token token = token_;
    advance();
    if (token.text == "true" || token.text == "false") {
      out = constant(token.offset, token.text == "true");
      return true;
    }
    if (token.text == "null") {
      out = constant(token.offset, {});
      return true;
    }
    if (at("(")) return call(token, out);
    if (std::find(locals_.begin(), locals_.end(), token.text) == locals_.end()) {
      reference = static_cast<int>(references_.size());
      references_.push_back({.root = std::string(token.text), .where = place(token.offset)});
    }
    return make(Node::Kind::name, token.offset, token.text, {}, out);
  }

  bool call(const Token& name, Node& out) {
    const Function* function = find_function(name.text);
    if (function == nullptr) {
      std::vector<std::string> names;
      for (const Function& known : functions()) names.push_back(known.name);
      const auto near = did_you_mean(name.text, names);
      return fail(name.offset, fmt::format("unknown function '{}'", name.text),
                  near ? fmt::format("did you mean '{}'?", *near)
                       : "'jim explain functions' lists all functions");
    }
    advance();
    std::vector<Node> arguments;
    while (!at(")")) {
      if (!expression(arguments.emplace_back())) return false;
      if (!accept(",") && !at(")")) return unexpected("',' or ')'");
    }
    advance();
    const int count = static_cast<int>(arguments.size());
    if (count < function->min_arguments ||
        (function->max_arguments >= 0 && count > function->max_arguments))
      return fail(name.offset,
                  fmt::format("{} takes {}, found {}", name.text, argument_count(*function), count),
                  fmt::format("its form is {}", function->signature));
    if (!make(Node::Kind::call, name.offset, name.text, std::move(arguments), out)) return false;
    out.function = function;
    return true;
  }

  static std::string argument_count(const Function& function) {
    const auto least = static_cast<std::size_t>(function.min_arguments);
    if (function.max_arguments < 0) return "at least " + counted(least, "argument");
    if (function.min_arguments == function.max_arguments) return counted(least, "argument");
    return fmt::format("{} to {} arguments", least, function.max_arguments);
  }

  bool list(std::size_t offset, Node& out) {
    if (at_word("for")) return for_list(offset, out);
    std::vector<Node> items;
    while (!at("]")) {
      if (!expression(items.emplace_back())) return false;
      if (!accept(",") && !at("]")) return unexpected("',' or ']'");
    }
    advance();
    return make(Node::Kind::list, offset, {}, std::move(items), out);
  }

  bool map(std::size_t offset, Node& out) {
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

  /// `for k, v in source :`, up to and with the colon. The names stay in `locals_`.
  bool for_head(std::string& key, std::string& value, Node& source) {
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

  bool for_tail(std::vector<Node>& parts, std::string_view close) {
    if (at_word("if")) {
      advance();
      if (!expression(parts.emplace_back())) return false;
    }
    locals_.resize(locals_.size() - 2);
    return expect(close);
  }

  bool for_list(std::size_t offset, Node& out) {
    std::string key;
    std::string value;
    std::vector<Node> parts(2);
    if (!for_head(key, value, parts[0]) || !expression(parts[1]) || !for_tail(parts, "]"))
      return false;
    if (!make(Node::Kind::for_list, offset, key, std::move(parts), out)) return false;
    out.text2 = std::move(value);
    return true;
  }

  bool for_map(std::size_t offset, Node& out) {
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

  // --- strings

  bool double_quoted(Node& out) {
    const std::size_t offset = token_.offset;
    std::vector<Node> parts;
    if (!text_parts(offset + 1, true, parts)) return false;
    advance();
    if (parts.empty()) {
      out = constant(offset, "");
      return true;
    }
    if (parts.size() == 1 && parts.front().kind == Node::Kind::constant &&
        parts.front().value.is_string()) {
      out = std::move(parts.front());
      return true;
    }
    return make(Node::Kind::text, offset, {}, std::move(parts), out);
  }

  bool single_quoted(Node& out) {
    const std::size_t offset = token_.offset;
    const std::string_view text = lexer_.text();
    std::string content;
    for (std::size_t i = offset + 1; i < text.size(); ++i) {
      if (text[i] == '\'') {
        lexer_.go_to(i + 1);
        advance();
        out = constant(offset, std::move(content));
        return true;
      }
      if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\'' || text[i + 1] == '\\'))
        ++i;
      content += text[i];
    }
    return fail(offset, "the string that starts here does not end", "close it with '");
  }

  /// Reads text with `${...}` from `offset` on: to the end, or, when `quoted`, to the closing
  /// quote.
  bool text_parts(std::size_t offset, bool quoted, std::vector<Node>& parts) {
    const std::string_view text = lexer_.text();
    const std::size_t opened = quoted ? offset - 1 : offset;
    std::string plain;
    std::size_t plain_start = offset;
    const auto flush = [&] {
      if (!plain.empty()) parts.push_back(constant(plain_start, std::move(plain)));
      plain.clear();
    };
    std::size_t i = offset;
    while (i < text.size()) {
      if (text.substr(i, 3) == "$${") {
        plain += "${";
        i += 3;
      } else if (text.substr(i, 2) == "${") {
        flush();
        lexer_.go_to(i + 2);
        advance();
        if (at("}")) return unexpected("an expression after '${'");
        if (!expression(parts.emplace_back())) return false;
        if (!at("}")) return unexpected("'}'", not_closed_hint());
        i = plain_start = lexer_.offset();
      } else if (quoted && text[i] == '"') {
        flush();
        lexer_.go_to(i + 1);
        return true;
      } else if (quoted && text[i] == '\\') {
        const std::size_t size = read_escape(text.substr(i), plain);
        if (size == 0)
          return fail(i, "unknown escape in a string",
                      R"(known are \n \r \t \" \\ and \u with 4 digits)");
        i += size;
      } else {
        plain += text[i++];
      }
    }
    if (quoted) return fail(opened, "the string that starts here does not end", "close it with \"");
    flush();
    return true;
  }

  std::string not_closed_hint() const {
    return token_.kind == Token::Kind::end
               ? "close '${' with '}', or write '$${' for the text itself"
               : "";
  }

  Lexer lexer_;
  SourceLocation where_;
  Token token_ = {};
  Diagnostic error_ = {};
  std::vector<Reference> references_ = {};
  std::vector<std::string> locals_ = {};
  int level_ = 0;
  std::size_t walked_ = 0;
  int lines_ = 0;
  int columns_ = 0;
};

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

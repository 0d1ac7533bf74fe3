#include "core/value/parser.h"
#include "core/value/text_escape.h"

namespace jim::detail {

bool Parser::double_quoted(Node& out) {
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

bool Parser::single_quoted(Node& out) {
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
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\'' || text[i + 1] == '\\')) ++i;
    content += text[i];
  }
  return fail(offset, "the string that starts here does not end", "close it with '");
}

bool Parser::text_parts(std::size_t offset, bool quoted, std::vector<Node>& parts) {
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

std::string Parser::not_closed_hint() const {
  return token_.kind == Token::Kind::end ? "close '${' with '}', or write '$${' for the text itself"
                                         : "";
}

}  // namespace jim::detail

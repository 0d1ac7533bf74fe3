#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/value/lexer.h"
#include "core/value/node.h"

namespace jim::detail {

/// No reference goes on growing.
constexpr int kNoReference = -1;

/// Recursive descent over one text. Every function returns false after the first error, which
/// `error_` holds.
class Parser {
 public:
  Parser(std::string_view text, const SourceLocation& where) : lexer_(text), where_(where) {}
  bool whole_text(Node& out);
  bool whole_expression(Node& out);
  Diagnostic error() const { return error_; }
  std::vector<Reference> take_references() { return std::move(references_); }

 private:
  // --- places and errors
  SourceLocation place(std::size_t offset);
  bool fail(std::size_t offset, std::string message, std::string hint = {});
  std::string found() const;
  bool unexpected(std::string_view expected, std::string hint = {});

  // --- tokens and nodes
  void advance() { token_ = lexer_.next(); }
  bool at(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }
  bool at_word(std::string_view word) const {
    return token_.kind == Token::Kind::name && token_.text == word;
  }
  bool accept(std::string_view symbol);
  bool expect(std::string_view symbol);
  Node constant(std::size_t offset, Value value);
  bool make(Node::Kind kind, std::size_t offset, std::string_view text, std::vector<Node> children,
            Node& out);
  static std::vector<Node> both(Node a, Node b);
  static std::vector<Node> alone(Node a);

  // --- grammar
  bool expression(Node& out);
  bool condition(Node& out);
  bool binary(int lowest, Node& out);
  bool unary(Node& out);
  bool postfix(Node& out);
  void note_step(int& reference, std::string_view step);

  /// `.name`, `[index]` and `[*]` after a value. `reference`: which one goes on growing.
  bool steps(Node& out, int reference);
  bool splat(std::size_t offset, Node& out, int reference);
  bool primary(Node& out, int& reference);
  bool word(Node& out, int& reference);
  bool call(const Token& name, Node& out);
  static std::string argument_count(const Function& function);
  bool list(std::size_t offset, Node& out);
  bool map(std::size_t offset, Node& out);

  /// `for k, v in source :`, up to and with the colon. The names stay in `locals_`.
  bool for_head(std::string& key, std::string& value, Node& source);
  bool for_tail(std::vector<Node>& parts, std::string_view close);
  bool for_list(std::size_t offset, Node& out);
  bool for_map(std::size_t offset, Node& out);

  // --- strings
  bool double_quoted(Node& out);
  bool single_quoted(Node& out);

  /// Reads text with `${...}` from `offset` on: to the end, or, when `quoted`, to the closing
  /// quote.
  bool text_parts(std::size_t offset, bool quoted, std::vector<Node>& parts);
  std::string not_closed_hint() const;

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

}  // namespace jim::detail

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/value/value.h"

namespace jim::detail {

/// One token. Strings are read by the parser, since they may hold expressions: the lexer gives only
/// the quote.
struct Token {
  enum class Kind { end, name, number, symbol, wrong };
  Kind kind = Kind::end;
  std::size_t offset = 0;
  std::string_view text = {};  ///< as written
  Value value = {};            ///< of a number
};

/// Cuts an expression inside `text` into tokens, one at a time.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  /// The token that starts at or after the current place, which then is the place after it.
  Token next();
  std::string_view text() const { return text_; }
  std::size_t offset() const { return offset_; }
  void go_to(std::size_t offset) { offset_ = offset; }

 private:
  Token number();
  std::size_t end_of_name() const;

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace jim::detail

#include "core/value/lexer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace jim::detail {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Longer ones first.
constexpr std::array<std::string_view, 9> kLongSymbols = {
    "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "??"};
constexpr std::string_view kSymbols = "+-*/%!<>?:.,()[]{}=\"'";

}  // namespace

Token Lexer::next() {
  while (offset_ < text_.size() &&
         std::string_view(" \t\r\n").find(text_[offset_]) != std::string_view::npos)
    ++offset_;
  const std::size_t start = offset_;
  if (start == text_.size()) return {.kind = Token::Kind::end, .offset = start};
  const char c = text_[start];
  if (is_digit(c)) return number();
  if (starts_name(c)) {
    offset_ = end_of_name();
    return {
        .kind = Token::Kind::name, .offset = start, .text = text_.substr(start, offset_ - start)};
  }
  for (const std::string_view symbol : kLongSymbols) {
    if (text_.substr(start, symbol.size()) != symbol) continue;
    offset_ += symbol.size();
    return {
        .kind = Token::Kind::symbol, .offset = start, .text = text_.substr(start, symbol.size())};
  }
  ++offset_;
  const bool known = kSymbols.find(c) != std::string_view::npos;
  return {.kind = known ? Token::Kind::symbol : Token::Kind::wrong,
          .offset = start,
          .text = text_.substr(start, 1)};
}

std::size_t Lexer::end_of_name() const {
  const auto goes_on = [this](std::size_t i) {
    return i < text_.size() && (starts_name(text_[i]) || is_digit(text_[i]));
  };
  std::size_t end = offset_;
  // As in Terraform, a '-' with no space around it belongs to the name: `trainer-key.id`.
  while (goes_on(end) || (end < text_.size() && text_[end] == '-' && goes_on(end + 1))) ++end;
  return end;
}

Token Lexer::number() {
  const std::size_t start = offset_;
  const auto digits = [this] {
    while (offset_ < text_.size() && is_digit(text_[offset_])) ++offset_;
  };
  const auto digit_at = [this](std::size_t i) { return i < text_.size() && is_digit(text_[i]); };
  digits();
  bool whole = true;
  if (offset_ < text_.size() && text_[offset_] == '.' && digit_at(offset_ + 1)) {
    whole = false;
    ++offset_;
    digits();
  }
  if (offset_ < text_.size() && (text_[offset_] == 'e' || text_[offset_] == 'E')) {
    std::size_t after = offset_ + 1;
    if (after < text_.size() && (text_[after] == '+' || text_[after] == '-')) ++after;
    if (digit_at(after)) {
      whole = false;
      offset_ = after;
      digits();
    }
  }
  Token token = {
      .kind = Token::Kind::number, .offset = start, .text = text_.substr(start, offset_ - start)};
  const char* const first = token.text.data();
  const char* const last = first + token.text.size();
  std::int64_t integer = 0;
  double real = 0;
  if (whole && std::from_chars(first, last, integer).ec == std::errc())
    token.value = integer;
  else if (std::from_chars(first, last, real).ec == std::errc() && std::isfinite(real))
    token.value = real;
  else
    token.kind = Token::Kind::wrong;
  return token;
}

}  // namespace jim::detail

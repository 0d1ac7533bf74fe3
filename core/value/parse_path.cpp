#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/value/parser.h"

namespace jim::detail {

bool Parser::postfix(Node& out) {
  int reference = kNoReference;
  return primary(out, reference) && steps(out, reference);
}

void Parser::note_step(int& reference, std::string_view step) {
  if (reference != kNoReference)
    references_[static_cast<std::size_t>(reference)].steps.emplace_back(step);
}

bool Parser::steps(Node& out, int reference) {
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
      } else if (!make(Node::Kind::attribute, name.offset, name.text, alone(std::move(out)), out)) {
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

bool Parser::splat(std::size_t offset, Node& out, int reference) {
  if (++level_ > kMaxDepth)
    return fail(offset, fmt::format("the expression is more than {} levels deep", kMaxDepth));
  note_step(reference, "*");
  Node each;
  const bool good = make(Node::Kind::name, offset, "*", {}, each) && steps(each, reference);
  --level_;
  return good && make(Node::Kind::splat, offset, {}, both(std::move(out), std::move(each)), out);
}

bool Parser::primary(Node& out, int& reference) {
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

bool Parser::word(Node& out, int& reference) {
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

bool Parser::call(const Token& name, Node& out) {
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

std::string Parser::argument_count(const Function& function) {
  const auto least = static_cast<std::size_t>(function.min_arguments);
  if (function.max_arguments < 0) return "at least " + counted(least, "argument");
  if (function.min_arguments == function.max_arguments) return counted(least, "argument");
  return fmt::format("{} to {} arguments", least, function.max_arguments);
}

}  // namespace jim::detail

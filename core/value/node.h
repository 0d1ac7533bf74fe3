#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/value/expression.h"
#include "core/value/functions.h"
#include "core/value/value.h"

namespace jim::detail {

/// Levels of an expression tree, which bounds the stack of whoever walks it.
constexpr int kMaxDepth = 120;

/// One node of a parsed expression; `children` are its parts, as the comments name them.
struct Node {
  enum class Kind {
    constant,   // value
    name,       // text
    attribute,  // text; [object]
    index,      // [object, key]
    splat,      // [list, what to take from each: a path whose root is the name "*"]
    list,       // items
    map,        // key, value, key, value...
    text,       // parts to interpolate
    negate,
    negation,
    binary,     // text is the operator; [left, right]
    condition,  // [condition, then, otherwise]
    call,       // function; arguments
    for_list,   // text, text2: names of key (may be empty) and value; [source, value, condition?]
    for_map,    // [source, key, value, condition?]
  };
  Kind kind = Kind::constant;
  int line = 0;
  int column = 0;
  int depth = 1;
  std::string text = {};
  std::string text2 = {};
  Value value = {};
  const Function* function = nullptr;
  std::vector<Node> children = {};
};

/// A parsed text: its tree, and what it refers to.
struct TemplateNode {
  Node root = {};
  SourceLocation where = {};
  std::vector<Reference> references = {};
};

/// The expression as a person would point at it: `web[0].ipv4`, or `this value`.
std::string path_text(const Node& node);

/// Walks the tree; see Template::evaluate.
Result<Value> evaluate(const TemplateNode& node, const Scope& scope);

/// Parses a text with `${...}`, or a bare expression.
Result<TemplateNode> parse_text(std::string_view text, const SourceLocation& where);
Result<TemplateNode> parse_bare(std::string_view text, const SourceLocation& where);

/// A number as interpolation and tostring() write it.
std::string number_text(const Value& number);

}  // namespace jim::detail

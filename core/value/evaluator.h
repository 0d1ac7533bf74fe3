#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/value/limits.h"
#include "core/value/node.h"

namespace jim::detail {

/// Where a node's value is: in the scope, without a copy, or here.
class Slot {
 public:
  Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  void point(const Value* value) { at_ = value; }
  void set(Value value) {
    own_ = std::move(value);
    at_ = &own_;
  }
  const Value& operator*() const { return *at_; }
  const Value* operator->() const { return at_; }

  /// Turns into a part of the value it holds, which inherits secrecy.
  void step_into(const Value* part) {
    const bool secret = at_->is_secret() && !part->is_secret();
    if (secret || at_ == &own_)
      set(Value(part->as_secret(secret)));
    else
      at_ = part;
  }

 private:
  Value own_ = {};
  const Value* at_ = &own_;
};

/// Walks one expression's tree. Every function returns false after the first error, which `error`
/// holds.
class Evaluator {
 public:
  Evaluator(const TemplateNode& text, const Scope& scope)
      : text_(text), scope_(scope), effort_(scope.effort()) {}
  Diagnostic error = {};
  bool run(const Node& node, Slot& out);
  std::size_t steps() const { return steps_; }

 private:
  struct Local {
    std::string_view name;
    const Value* value;
  };

  bool fail(const Node& node, std::string message, std::string hint = {});

  /// A bound was met: nothing may catch this error.
  bool bound(const Node& node, std::string message);
  bool spend_text(const Node& node, std::size_t size);
  bool spend_values(const Node& node, const Value& value);

  /// Counts for the whole file.
  bool spend_effort(const Node& node, std::size_t values);

  /// Counts what an operator or function has to read.
  bool spend_reading(const Node& node, const Value& value);

  /// A pattern is tried from every place of the text, which may each time walk to its end.
  bool spend_search(const Node& node, const std::vector<Value>& arguments);

  /// Adds to a list that is being made. Texts are copied, where lists and maps are shared.
  bool keep(const Node& node, const Value& item, ValueList& items);

  /// Adds to a map that is being made.
  bool keep(const Node& node, std::string key, const Value& item,
            std::vector<ValueMap::Entry>& entries);
  bool name(const Node& node, Slot& out);

  /// `lenient`: a missing last step gives null, for `??`.
  bool attribute(const Node& node, Slot& out, bool lenient);

  /// Goes from the map in `out` to its entry `key`.
  bool step(const Node& node, std::string_view key, Slot& out, bool lenient);
  static std::string key_hint(std::string_view key, const std::vector<std::string>& known);
  bool index(const Node& node, Slot& out, bool lenient);
  bool entry(const Node& node, const Value& key, Slot& out, bool lenient);
  bool element(const Node& node, const Value& key, Slot& out, bool lenient);
  bool splat(const Node& node, Slot& out);
  bool finish(const Node& node, Value value, Slot& out);
  bool list(const Node& node, Slot& out);

  /// The text of a key; false after an error. `key` must be known.
  bool key_text(const Node& node, const Value& key, std::string& out);
  bool map(const Node& node, Slot& out);
  bool interpolate(const Node& node, Slot& out);
  bool set_result(const Node& node, Result<Value> result, bool secret, Slot& out);
  bool negate(const Node& node, Slot& out);
  bool negation(const Node& node, Slot& out);
  bool boolean(const Node& node, const Value& value, std::string_view user);
  bool binary(const Node& node, Slot& out);
  bool coalesce(const Node& node, Slot& out);
  bool logic(const Node& node, Slot& out);
  bool condition(const Node& node, Slot& out);
  bool for_each(const Node& node, Slot& out);

  struct Loop {
    ValueList items = {};
    std::vector<ValueMap::Entry> entries = {};
    std::unordered_set<std::string> keys = {};
    bool secret = false;
    bool unknown = false;  ///< a condition or key was: so is the whole
  };

  bool once(const Node& node, const Value& key, const Value& item, Loop& loop);
  bool body(const Node& node, Loop& loop);
  bool call(const Node& node, Slot& out);

  /// Functions that look at how an argument evaluates.
  bool lazy(const Node& node, Slot& out);
  static Value bared(const Value& value);
  bool attempt(const Node& node, Slot& out);

  const TemplateNode& text_;
  const Scope& scope_;
  Effort* effort_;
  std::vector<Local> locals_ = {};
  std::size_t steps_ = 0;
  std::size_t text_size_ = 0;
  std::size_t values_ = 0;
  bool exhausted_ = false;
};

}  // namespace jim::detail

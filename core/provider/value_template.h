#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/value/expression.h"
#include "core/value/value.h"

namespace jim {

/// A tree of lists and maps whose leaves are templates: a request body as a manifest writes it.
struct ValueTemplate {
  enum class Kind { leaf, list, map };
  Kind kind = Kind::leaf;
  Template leaf = {};
  std::vector<ValueTemplate> items = {};
  /// In file order. The key `...` spreads a map's entries into this one.
  std::vector<std::pair<std::string, ValueTemplate>> entries = {};

  /// The value. Entries of maps that come out null are left out, and so is a map of which nothing
  /// remains, unless the manifest itself wrote it empty.
  Result<Value> evaluate(const Scope& scope) const;
  void collect_references(std::vector<Reference>& out) const;
};

/// Reads one thing out of a vendor's reply. A plain path (`${it.plan.slug}`) is walked directly,
/// without the evaluator: plans of ten thousand objects are made of these.
class Extract {
 public:
  Extract() = default;
  explicit Extract(Template source, std::string_view text);

  bool empty() const { return !set_; }
  /// What is there; null when the reply has no such thing or another shape.
  Value from(const Scope& scope) const;
  /// The same, but an expression that fails is an error. A plain path never does.
  Result<Value> evaluate(const Scope& scope) const;
  const Template& source() const { return source_; }

 private:
  Template source_ = {};
  bool set_ = false;
  std::string root_ = {};  ///< of a plain path; empty: it is none
  std::vector<std::string> steps_ = {};
};

/// The names that a manifest's expressions see. A fixed, small table; values are not owned unless
/// given by `own`.
class ManifestScope : public Scope {
 public:
  /// `name` must be a literal: it is kept as a view.
  void bind(std::string_view name, const Value* value);
  void own(std::string_view name, Value value);
  const Value* lookup(std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  struct Entry {
    std::string_view name = {};
    const Value* value = nullptr;
    Value owned = {};
  };
  std::vector<Entry> entries_ = {};
};

/// `value` as text in a URL, header or message: a string as it is, a number or boolean in digits or
/// letters, null empty.
std::string plain_text(const Value& value);
/// True for `true`; everything else, null and a failed look into a reply included, is false.
bool is_true(const Value& value);

}  // namespace jim

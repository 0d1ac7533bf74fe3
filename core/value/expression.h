#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

/// What all evaluations of one file have cost so far: each is bounded, and so are many together.
struct Effort {
  std::size_t spent = 0;  ///< values walked
  bool told = false;      ///< an error has said that it was too much; the rest is unknown
  bool exhausted() const;
};

/// The number of values inside, a long text counted as many; or more than `most` when there are
/// more.
std::size_t weight(const Value& value, std::size_t most);

/// What the names in an expression mean. Functions of the file system go through it too, so that
/// evaluation itself stays pure.
class Scope {
 public:
  virtual ~Scope() = default;
  /// The value of a root name (`var`, `env`, `each`, `index`, `it`, a resource's name); nullptr
  /// when there is no such name. The pointer stays good until the scope changes.
  virtual const Value* lookup(std::string_view name) const = 0;
  /// All names that `lookup` knows, for "did you mean".
  virtual std::vector<std::string> names() const = 0;
  /// The text of a file named in `file()` and its relatives. The default refuses: manifests have no
  /// files.
  virtual Result<std::string> read_file(const std::string& path) const;
  /// Where evaluations count what they cost; nullptr: nobody counts.
  virtual Effort* effort() const { return nullptr; }
};

/// One path in an expression, as far as it is literal: root name plus its literal steps.
/// `web[0].ipv4` is {"web", {"0", "ipv4"}}; `web[*].ipv4` is {"web", {"*", "ipv4"}}; `web[i]` is
/// {"web", {}}.
struct Reference {
  std::string root = {};
  std::vector<std::string> steps = {};
  SourceLocation where = {};
};

/// What to try instead of a name that is none of `known`, or nothing. In `n-1` the dash belongs to
/// the name, which surprises people who meant to subtract.
std::string name_hint(std::string_view name, const std::vector<std::string>& known);

namespace detail {
struct TemplateNode;
}

/// A parsed string with `${...}` parts, or any constant. Immutable, cheap to copy.
class Template {
 public:
  Template();  ///< the constant null
  /// A constant.
  explicit Template(Value constant);
  ~Template();
  Template(const Template&);
  Template(Template&&) noexcept;
  Template& operator=(const Template&);
  Template& operator=(Template&&) noexcept;

  /// Parses text that may hold `${...}`; `$${` is a literal `${`. A text that is nothing but one
  /// expression keeps the value's type. `where` is the place of the text's first character. Fails
  /// with invalid_config at the exact place.
  static Result<Template> parse(std::string_view text, const SourceLocation& where);
  /// Parses a bare expression (no `${`).
  static Result<Template> parse_expression(std::string_view text, const SourceLocation& where);

  bool is_constant() const;
  /// The constant's value; null unless is_constant().
  const Value& constant() const;
  /// All paths in it whose root is not a local name of a `for`.
  std::vector<Reference> references() const;
  /// Computes the value. Total: bounded work (see kMaxSteps and kMaxText in limits.h), no
  /// side effects. Unknown and secret spread through every operator and function. Errors carry the
  /// place inside the text.
  Result<Value> evaluate(const Scope& scope) const;
  const SourceLocation& where() const;

 private:
  std::shared_ptr<const detail::TemplateNode> node_;
};

/// A scope that is a map of names, over an optional outer scope.
class MapScope : public Scope {
 public:
  explicit MapScope(ValueMap names, const Scope* outer = nullptr);
  const Value* lookup(std::string_view name) const override;
  std::vector<std::string> names() const override;
  Result<std::string> read_file(const std::string& path) const override;
  Effort* effort() const override { return outer_ != nullptr ? outer_->effort() : nullptr; }
  void set(std::string name, Value value);

 private:
  ValueMap names_;
  const Scope* outer_;
};

}  // namespace jim

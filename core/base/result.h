#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace jim {

/// What a program may do about a failure (STYLE.md section 3). Only `not_found` ever means
/// "absent".
enum class ErrorCode {
  invalid_config,
  not_found,
  unauthorized,
  conflict,
  out_of_capacity,
  quota,
  rate_limited,
  unavailable,
  unknown_outcome,
  timed_out,
  ambiguous,
  stale,
  cancelled,
  io,
  internal,
};

enum class Severity { error, warning, note };

/// A place in a file, counted from 1. Line 0: not about a place in a file. Column 0: the whole
/// line.
struct SourceLocation {
  std::string file = {};
  int line = 0;
  int column = 0;
  bool operator==(const SourceLocation&) const = default;
};

/// One thing to tell a person, and what the program may do about it.
struct Diagnostic {
  ErrorCode code = ErrorCode::internal;
  std::string message = {};  ///< lower case, no full stop, names object and values
  std::string hint = {};     ///< the next thing to try, or empty
  SourceLocation where = {};
  Severity severity = Severity::error;
};

/// Every finding of one run, in the order found.
using Diagnostics = std::vector<Diagnostic>;

/// A `T`, or the one `Diagnostic` that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Diagnostic error) : content_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return content_.index() == 0; }
  T& operator*() & { return std::get<0>(content_); }
  const T& operator*() const& { return std::get<0>(content_); }
  T&& operator*() && { return std::get<0>(std::move(content_)); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }
  const Diagnostic& error() const { return std::get<1>(content_); }

 private:
  std::variant<T, Diagnostic> content_;
};

/// The result of something that yields nothing but success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Diagnostic error) : error_(std::move(error)), failed_(true) {}

  explicit operator bool() const { return !failed_; }
  const Diagnostic& error() const { return error_; }

 private:
  Diagnostic error_ = {};
  bool failed_ = false;
};

}  // namespace jim

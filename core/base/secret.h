#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace jim {

/// Text that must not be shown. It prints as `(sensitive)`; the text leaves by `reveal()` alone.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_ = {};
};

inline std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "(sensitive)"; }

}  // namespace jim

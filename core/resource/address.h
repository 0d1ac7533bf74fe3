#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jim {

/// Names one resource of a config: `web`, `web[0]` (count) or `web["eu"]` (for_each).
struct Address {
  std::string name = {};
  std::variant<std::monostate, std::int64_t, std::string> key = {};

  std::string text() const;
  bool has_key() const { return key.index() != 0; }
  bool operator==(const Address&) const = default;
  /// By name, then number by size, then text: `web[2]` before `web[10]`.
  bool operator<(const Address& other) const;
};

/// Reads `web`, `web[0]` or `web["eu"]`; nullopt when it is none of them.
std::optional<Address> parse_address(std::string_view text);

/// `web[0..4]` for neighbours that differ only in a running number; else the addresses, joined by
/// commas. `addresses` must be sorted.
std::string folded(const std::vector<Address>& addresses);

}  // namespace jim

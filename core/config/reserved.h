#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/value/value.h"

namespace jim {

/// A key of a resource that jim itself reads, whatever the type.
struct ReservedKey {
  std::string_view name = {};
  std::string_view description = {};
};

constexpr std::array<ReservedKey, 11> kReservedKeys = {{
    {"type", "The kind of thing: PROVIDER.TYPE"},
    {"count", "How many of it; expressions see 'index', from 0"},
    {"for_each",
     "One for each entry of a map or list of texts; expressions see each.key, each.value"},
    {"if", "Whether it should exist at all"},
    {"needs", "Names of resources that must stand first, beyond those its expressions mention"},
    {"protect", "Refuse every plan that would destroy or replace it"},
    {"keep", "Forget it rather than destroy it when it leaves the file"},
    {"ignore", "Attributes left to others: their changes are neither shown nor undone"},
    {"timeouts", "How long to wait: { create: 30m, update: 10m, delete: 10m }"},
    {"was", "Its name in the file before it was renamed"},
    {"create_before_destroy", "Make the replacement first, then destroy the old one"},
}};

/// What to say of a value that should be true or false: YAML 1.2 reads `yes` and `off` as texts.
inline std::string boolean_hint(const Value& value) {
  static constexpr std::array<std::string_view, 4> kYes = {"yes", "on", "y", "true"};
  static constexpr std::array<std::string_view, 4> kNo = {"no", "off", "n", "false"};
  if (!value.is_string() || value.is_secret()) return {};
  const std::string word = lower(value.as_string());
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return "write true, without quotes";
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return "write false, without quotes";
  return {};
}

}  // namespace jim

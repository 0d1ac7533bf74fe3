#pragma once

#include <array>
#include <string_view>

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

}  // namespace jim

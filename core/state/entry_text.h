#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/state/entry_store.h"

namespace jim {

/// How the text of an entry stands in a store:
///   c1 <16 hexadecimal digits> <text>       in clear, with the checksum of key, serial and text
///   s1 <key's id> <base64>                  sealed (seal.h)
/// Either way the same text at another key or serial is noticed.

std::string clear_body(std::string_view key, std::int64_t serial, std::string_view text);
bool is_sealed(std::string_view body);
/// The text of a clear entry. Fails with `io` when it is not as it was written.
Result<std::string_view> read_clear(const Entry& entry);
/// What an entry adds to the state's tally, a sum that tells a missing, surplus or older entry.
/// Clear: its checksum. Sealed: the end of the tag, which nobody without the key can make.
std::uint64_t tally_of(const Entry& entry);
/// The least key that is greater than every key beginning with `prefix`.
std::string prefix_end(std::string prefix);

}  // namespace jim

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/state/entry_store.h"
#include "core/state/s3_head.h"

namespace jim {

/// What segments say about each key, the later ones over the earlier ones.
using EntryChanges = std::map<std::string, EntryChange, std::less<>>;

/// The bytes of a segment: a line that says what it is, then a line of JSON for each key.
std::string segment_text(const EntryChanges& changes);
/// Adds what a segment says. Fails with `io` on what no jim wrote.
Result<void> read_segment(const std::string& text, EntryChanges& changes);

/// Where the segments begin that should be merged into one; nullopt while there are few. An older
/// segment takes part when it is not much larger than all the younger ones together, so each byte
/// is written again a number of times that grows with the logarithm of the state only.
std::optional<std::size_t> merge_start(const std::vector<S3Segment>& segments);

}  // namespace jim

#include "tests/fakes/memory_entries.h"

#include <algorithm>

namespace jim {

Task<Result<std::vector<Entry>>> MemoryEntries::load(std::vector<std::string> prefixes) {
  std::vector<Entry> found;
  for (const auto& place : place_.entries_)
    if (std::any_of(prefixes.begin(), prefixes.end(),
                    [&](const std::string& one) { return place.first.starts_with(one); }))
      found.push_back(place.second);
  co_return found;
}

Task<Result<LockHolder>> MemoryEntries::acquire_lock(LockHolder wanted, Duration /*term*/) {
  wanted.token = token_ = ++place_.token_;
  co_return wanted;
}

Task<Result<std::optional<LockHolder>>> MemoryEntries::holder() {
  co_return std::optional<LockHolder>();
}

Task<Result<void>> MemoryEntries::renew_lock(Duration /*term*/) {
  if (token_ != place_.token_) co_return lost_lock(place(), nullptr);
  co_return Result<void>();
}

Task<Result<void>> MemoryEntries::release_lock() { co_return Result<void>(); }

Task<Result<void>> MemoryEntries::commit(Batch batch) {
  if (token_ != place_.token_) co_return lost_lock(place(), nullptr);
  if (place_.fail_in_ == 1)
    co_return Diagnostic{.code = ErrorCode::unavailable, .message = "the place went away"};
  if (place_.fail_in_ > 1) --place_.fail_in_;
  const bool dies = place_.death_ != nullptr && --place_.death_->number <= 0;
  const Diagnostic dead = {.code = ErrorCode::unavailable, .message = "the run died"};
  if (dies && (place_.death_->number < 0 || !place_.death_->still_written)) co_return dead;
  for (const EntryChange& change : batch.changes) {
    if (change.remove)
      place_.entries_.erase(change.entry.key);
    else
      place_.entries_[change.entry.key] = change.entry;
  }
  if (dies) co_return dead;
  co_return Result<void>();
}

}  // namespace jim

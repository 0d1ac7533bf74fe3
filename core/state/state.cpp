#include <algorithm>

#include "core/state/state_store.h"

namespace jim {

const Record* State::find(const Address& address) const {
  const auto found = std::lower_bound(
      records.begin(), records.end(), address,
      [](const Record& one, const Address& wanted) { return one.address < wanted; });
  return found != records.end() && found->address == address ? &*found : nullptr;
}

bool is_promise(const RecordChange& change) {
  const Record& record = change.record;
  if (change.remove) return false;
  // With an intent and an id the request was sent and answered: that is no promise any more.
  return record.intent ? record.id.empty() : record.half_made;
}

}  // namespace jim

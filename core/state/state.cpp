#include <algorithm>

#include "core/state/state_store.h"

namespace jim {

const Record* State::find(const Address& address) const {
  const auto found = std::lower_bound(
      records.begin(), records.end(), address,
      [](const Record& one, const Address& wanted) { return one.address < wanted; });
  return found != records.end() && found->address == address ? &*found : nullptr;
}

}  // namespace jim

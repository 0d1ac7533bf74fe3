#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/value/value.h"

namespace jim {

/// A request may still be at work at the vendor's for so long after its answer was lost, or the run
/// that sent it was killed; until then nobody believes that it made nothing.
inline constexpr Duration kAnswerMayCome = std::chrono::seconds(5);

/// A create leaves within so long after its intent was noted, or not at all: it is noted anew
/// first. What waits longer is behind others in a vendor's rate limit, or repeated while the vendor
/// is busy.
inline constexpr Duration kLeavesWithin = std::chrono::minutes(10);

/// The durable note that a mutating request is about to be sent. After a crash it says what to look
/// for.
struct Intent {
  std::string action = {};       ///< create, update, delete
  std::string mark = {};         ///< Mark::text(), as the request carries it
  std::string client_id = {};    ///< the id chosen by us, where the vendor lets us choose
  std::string fingerprint = {};  ///< HMAC of the request's content
  std::string started = {};      ///< UTC
  ValueMap fields =
      {};  ///< readable attributes the request sets, redacted: what the new object looks like
  std::vector<std::string> listed_before =
      {};  ///< ids that existed before, where a mark can only be set afterwards
  bool operator==(const Intent&) const = default;
};

}  // namespace jim

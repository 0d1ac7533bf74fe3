#pragma once

#include <string>
#include <vector>

#include "core/value/value.h"

namespace jim {

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

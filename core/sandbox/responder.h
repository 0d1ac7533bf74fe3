#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/sandbox/faults.h"
#include "core/sandbox/router.h"
#include "core/sandbox/world.h"

namespace jim::sandbox {

/// What the server does with a request: a reply, and how it is to be spoilt on its way.
struct Outcome {
  enum class Manner { whole, none, half };
  Reply reply = {};
  Manner manner = Manner::whole;
  int delay_milliseconds = 0;
  std::string fault = {};  ///< the fault that the request met, or empty
};

/// A drift: an object changed behind the client's back.
struct Drift {
  std::string collection = {};
  Json match = nullptr;
  Json set = nullptr;
  bool remove = false;
  int after = 0;  ///< requests to the vendor that pass before
};

/// Everything about a request but the wire: vendor, credentials, faults, the vendor's answer, the
/// admin interface.
class Responder {
 public:
  Responder(std::unique_ptr<Database> database, double pace);
  /// Takes a scenario over. Fails with invalid_config.
  Result<void> play(const Json& scenario);
  /// `target` is the path below the root, such as /latitude/servers.
  Outcome respond(const std::string& target, Request request);
  void commit() { world_.store.commit(); }

 private:
  Outcome answer(Request& request);
  Reply admin(const std::string& path, const Request& request);
  Reply seed(const Json& wanted);
  Reply stats() const;
  /// The number of objects that it changed at once.
  Result<int> add_drift(const Json& list, bool at_once);
  int apply(const Drift& drift);
  void apply_due_drift(const std::string& vendor);

  World world_;
  Faults faults_ = {};
  std::map<std::string, Router> routers_ = {};
  std::vector<Drift> drifts_ = {};
  std::map<std::string, std::uint64_t> counts_ = {};
};

}  // namespace jim::sandbox

#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/net/http.h"
#include "core/provider/manifest.h"
#include "core/value/value.h"
#include "tests/simulation/network.h"

namespace jim {

/// A vendor with one type for each way in which a new object can be recognised:
///   sim.key      we choose its id, and the vendor refuses a second one
///   sim.machine  carries the mark from its creation
///   sim.server   takes a mark afterwards only
///   sim.disk     has no place for a mark, and any number of the same name
///   sim.rack     stands already, and is adopted by its serial number
/// It shows new objects late, takes its time to make and to delete, moves pages while they are
/// read, runs out of capacity and makes machines that break.
class SimulatedVendor {
 public:
  explicit SimulatedVendor(Network& network) : network_(network) {}

  Result<HttpResponse> answer(const HttpRequest& request);

  /// Compiled once for all schedules.
  static std::shared_ptr<const Manifest> manifest();

  struct Object {
    std::string kind = {};  ///< `machines`
    std::string id = {};
    ValueMap fields = {};  ///< as the API shows them: name, plan, note, ...
    Instant visible = {};  ///< in lists
    Instant ready = {};
    Instant gone = {};  ///< zero: it stays
    bool broken = false;
  };
  /// What exists now, whether lists show it or not; racks too.
  std::vector<const Object*> live() const;
  /// Ids of everything that was ever created and costs money.
  const std::vector<std::string>& ever() const { return ever_; }
  void add_rack(const std::string& serial);
  /// What was going to break and is not ready yet does not.
  void heal();
  /// How many in a hundred machines break, and how many creations find no capacity.
  int breaks = 0;
  int no_capacity = 0;

 private:
  Result<HttpResponse> create(const std::string& kind, const Value& body);
  Result<HttpResponse> list(const std::string& kind, const std::string& query);
  Result<HttpResponse> change(Object& object, const Value& body, bool reinstall);
  Result<HttpResponse> remove(Object& object);
  Object* find(const std::string& kind, const std::string& id);
  void settle();
  Value shown(const Object& object) const;
  Instant now() const { return network_.clock().now(); }

  Network& network_;
  std::vector<Object> objects_ = {};
  std::vector<std::string> ever_ = {};
  int last_ = 0;
};

}  // namespace jim

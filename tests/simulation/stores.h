#pragma once

#include <memory>
#include <string>

#include "core/state/open_store.h"
#include "tests/fakes/simulated_etcd.h"
#include "tests/fakes/simulated_http_state.h"
#include "tests/fakes/simulated_s3.h"
#include "tests/simulation/network.h"
#include "tests/simulation/schedule.h"

namespace jim {

/// The state of one world: its server, or the folder of its file.
class StatePlace {
 public:
  /// `like_gitlab`: which kind of server of Terraform's protocol it is.
  StatePlace(StoreKind kind, bool like_gitlab, const Clock& clock, std::string folder)
      : kind_(kind),
        like_gitlab_(like_gitlab),
        folder_(std::move(folder)),
        etcd_(clock),
        s3_(clock),
        http_(clock, {.like_gitlab = like_gitlab}) {}

  /// A process's view. `machine`: processes of one machine share what its disk has.
  std::unique_ptr<StateStore> open(EventLoop& loop, Http& http, int machine) const;
  /// The server as the network meets it.
  Server server();

 private:
  StoreKind kind_;
  bool like_gitlab_;
  std::string folder_;
  SimulatedEtcd etcd_;
  SimulatedS3 s3_;
  SimulatedHttpState http_;
};

}  // namespace jim

#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/state_store.h"

namespace jim {

/// A clock that a test moves by hand.
class HandClock : public Clock {
 public:
  Instant now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000)) + now_;
  }
  void advance(Duration time) { now_ += time; }

 private:
  Instant now_ = {};
};

/// One kind of store, as the contract meets it: `open` gives another view of the same place each
/// time.
struct StoreKind {
  std::string name = {};
  std::function<std::function<std::unique_ptr<StateStore>(EventLoop&)>()> make_place = {};
};

/// For GoogleTest's messages.
// NOLINTNEXTLINE(readability-identifier-naming): its name for it
inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

inline std::string name_of(const testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

/// What every store keeps to; the tests are in store_contract.cpp's suite, each kind instantiates
/// it.
class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  static constexpr Duration kTerm = std::chrono::seconds(60);
  /// Some servers' clocks, which decide about terms, show whole seconds.
  static constexpr Duration kTick = std::chrono::seconds(2);

  StoreContract() : open_(GetParam().make_place()), store_(open_(loop_)) {}

  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  /// Takes the lock and makes the state.
  void begin() {
    ASSERT_TRUE(run(store_->acquire_lock(holder("ann@north, process 7"), kTerm)));
    ASSERT_TRUE(run(store_->create(head())));
  }
  static LockHolder holder(const char* who) { return {.who = who, .command = "jim apply"}; }
  static StateHead head() {
    return {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key", .serial = 0};
  }
  static Record record(const char* name, std::int64_t number) {
    return {.address = {.name = name, .key = number}, .type = "latitude.server", .id = "sv_1"};
  }
  std::vector<std::string> addresses() {
    std::vector<std::string> found;
    const auto state = run(store_->load());
    if (!state) return {state.error().message};
    for (const Record& one : state->records) found.push_back(one.address.text());
    return found;
  }

  HandClock clock_ = {};
  EventLoop loop_{clock_};
  std::function<std::unique_ptr<StateStore>(EventLoop&)> open_;
  std::unique_ptr<StateStore> store_;
};

}  // namespace jim

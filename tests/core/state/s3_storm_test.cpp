#include <algorithm>
#include <random>
#include <set>

#include "tests/core/state/s3_fixture.h"

namespace jim {
namespace {

/// A network that loses requests and answers, and delivers some requests much later.
class StormyHttp : public Http {
 public:
  StormyHttp(EventLoop& loop, SimulatedS3& server, std::minstd_rand& random,
             std::vector<HttpRequest>& late)
      : loop_(loop), server_(server), random_(random), late_(late) {}

  int percent = 0;

  Task<Result<HttpResponse>> send(HttpRequest request) override {
    co_await loop_.yield();
    if (!late_.empty() && one_in(3)) {
      const HttpRequest old = std::move(late_.back());
      late_.pop_back();
      const auto unheard = server_.answer(old);
      static_cast<void>(unheard);
    }
    const bool struck = static_cast<int>(random_() % 100) < percent;
    const auto kind = random_() % 4;
    const Diagnostic silence = {.code = ErrorCode::unavailable, .message = "no answer"};
    if (struck && kind == 0) co_return silence;
    if (struck && kind == 1) {
      late_.push_back(std::move(request));
      co_return silence;
    }
    auto answer = server_.answer(request);
    if (struck && kind == 2) co_return silence;
    if (struck && kind == 3) co_return HttpResponse{.status = 500};
    co_return answer;
  }

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }

  EventLoop& loop_;
  SimulatedS3& server_;
  std::minstd_rand& random_;
  std::vector<HttpRequest>& late_;
};

class S3StormTest : public S3StoreTest {
 protected:
  struct Runner {
    Runner(EventLoop& loop, SimulatedS3& server, std::minstd_rand& random,
           std::vector<HttpRequest>& late)
        : http(loop, server, random, late) {}
    TestFolder folder{TestFolder::quick()};
    StormyHttp http;
    std::unique_ptr<StateStore> store = {};
    bool locked = false;
  };

  void open(Runner& runner) {
    Machine unused(loop_, server_);
    StoreSettings with = settings(unused);
    with.root = runner.folder.path("");
    with.tell = {};
    runner.store = *open_store(loop_, runner.http, with);
    runner.locked = false;
  }

  /// Every key of a promise that was kept stands; nothing is damaged; refused keys never appear.
  void check() {
    const auto addresses = found();
    for (const std::string& one : promised_)
      EXPECT_TRUE(std::find(addresses.begin(), addresses.end(), one) != addresses.end()) << one;
    for (const std::string& one : addresses) {
      EXPECT_TRUE(one.starts_with("web[")) << one;
      EXPECT_FALSE(refused_.contains(one)) << one;
    }
  }

  void step(Runner& runner) {
    if (!runner.store || random_() % 12 == 0) open(runner);  // the old one was killed
    if (!runner.locked) {
      const auto taken =
          run(runner.store->acquire_lock({.who = "somebody", .command = "jim apply"}, kTerm));
      if (!taken) return;
      const auto state = run(runner.store->load());
      if (!state) {
        EXPECT_EQ(state.error().code, ErrorCode::unavailable) << state.error().message;
        return runner.store.reset();
      }
      if (state->head.lineage.empty())
        if (const auto made = run(runner.store->create(
                {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"}));
            !made)
          return runner.store.reset();
      runner.locked = true;
      return;
    }
    const bool promise = random_() % 2 == 0;
    const std::string address = "web[" + std::to_string(next_) + "]";
    const auto done = run(runner.store->commit(record(next_++, promise)));
    if (done && promise) promised_.insert(address);
    if (!done && done.error().code == ErrorCode::conflict) refused_.insert(address);
    if (!done && done.error().code == ErrorCode::conflict) return runner.store.reset();
    if (random_() % 8 != 0) return;
    const auto released = run(runner.store->release_lock());
    runner.store.reset();
    static_cast<void>(released);
  }

  std::minstd_rand random_{1};
  std::vector<HttpRequest> late_ = {};
  std::int64_t next_ = 0;
  std::set<std::string> promised_ = {};
  std::set<std::string> refused_ = {};
};

TEST_F(S3StormTest, TwoMachinesInAStormNeitherLoseAPromiseNorDamageTheState) {
  std::size_t kept = 0;
  for (std::uint32_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_.seed(seed);
    server_.objects.clear();
    late_.clear();
    promised_.clear();
    refused_.clear();
    Runner one(loop_, server_, random_, late_);
    Runner other(loop_, server_, random_, late_);
    for (int round = 0; round < 60; ++round) {
      one.http.percent = other.http.percent = round % 20 < 12 ? 15 : 0;
      step(random_() % 2 == 0 ? one : other);
      clock_.advance(std::chrono::seconds(random_() % 40));
      if (round % 10 == 9) check();
    }
    kept += promised_.size();
    if (HasFailure()) return;
  }
  EXPECT_GT(kept, 100u);
}

}  // namespace
}  // namespace jim

#include "core/state/etcd_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/state/record_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/simulated_etcd.h"

namespace jim {
namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

/// What goes wrong with one request.
enum class Fault {
  none,
  lost_request,
  lost_answer,
  error_before,
  error_after,
  unavailable,
  cut_answer,
  unknown,
};

/// A client's way to the simulated etcd that a test disturbs.
class Wire : public Http {
 public:
  explicit Wire(SimulatedEtcd& etcd) : etcd_(etcd) {}

  std::function<Fault(const HttpRequest&, int number)> fault = {};
  std::vector<HttpRequest> sent = {};

  Task<Result<HttpResponse>> send(HttpRequest request) override {
    const int number = static_cast<int>(sent.size());
    sent.push_back(request);
    const Fault what = fault ? fault(request, number) : Fault::none;
    const Diagnostic nothing = {
        .code = what == Fault::unknown ? ErrorCode::unknown_outcome : ErrorCode::unavailable,
        .message = "POST " + request.url + ": could not connect"};
    if (what == Fault::lost_request) co_return nothing;
    if (what == Fault::error_before) co_return HttpResponse{.status = 500, .body = "oops"};
    if (what == Fault::unavailable)
      co_return HttpResponse{
          .status = 503,
          .body = R"({"error":"etcdserver: leader changed","message":"x","code":14})"};
    HttpResponse answer = etcd_.answer(request);
    if (what == Fault::lost_answer || what == Fault::unknown) co_return nothing;
    if (what == Fault::error_after) co_return HttpResponse{.status = 500, .body = "oops"};
    if (what == Fault::cut_answer) answer.body.resize(answer.body.size() / 2);
    co_return answer;
  }
  int count(const std::string& path) const {
    return static_cast<int>(std::count_if(sent.begin(), sent.end(), [&](const HttpRequest& one) {
      return one.url.find(path) != std::string::npos;
    }));
  }

 private:
  SimulatedEtcd& etcd_;
};

class EtcdStoreTest : public testing::Test {
 protected:
  EtcdStoreTest() { loop_.set_poller(&poller_); }

  static EtcdPlace place() {
    return {.members = {"http://h1:2379", "http://h2:2379", "http://h3:2379"},
            .prefix = "jim/chat",
            .name = "etcd://h1:2379,h2:2379,h3:2379/jim/chat"};
  }
  std::unique_ptr<EtcdStore> entries(Http& http) {
    return std::make_unique<EtcdStore>(loop_, http, place());
  }
  std::unique_ptr<RecordStore> records(Http& http) {
    return std::make_unique<RecordStore>(loop_, entries(http));
  }
  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  Result<LockHolder> lock(EntryStore& store, const char* who = "ann@north, process 7") {
    return run(store.acquire_lock({.who = who, .command = "jim apply"}, kTerm));
  }
  static Batch batch(const std::string& key, const std::string& body, std::int64_t serial) {
    return {.changes = {{.entry = {.key = key, .serial = serial, .body = body}},
                        {.entry = {.key = "head",
                                   .serial = serial,
                                   .body = "head of " + std::to_string(serial) + " " + body}}}};
  }
  Result<void> put(EntryStore& store, const std::string& key, const std::string& body,
                   std::int64_t serial) {
    return run(store.commit(batch(key, body, serial)));
  }
  /// Commits `count` entries that wait at the same time; gives how many were written.
  int put_together(EntryStore& store, int count, std::size_t size = 10) {
    int done = 0;
    const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
      Batch changes = batch("record/" + std::to_string(i), std::string(size, 'x'),
                            static_cast<std::int64_t>(i) + 1);
      const auto written = co_await store.commit(std::move(changes));
      if (written) ++done;
    };
    run(for_each_bounded(loop_, static_cast<std::size_t>(count), static_cast<std::size_t>(count),
                         work));
    return done;
  }
  std::optional<std::string> entry(const std::string& key) {
    return etcd_.value("jim/chat/entry/" + key);
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  FakePoller poller_{clock_};
  SimulatedEtcd etcd_{clock_};
  Wire wire_{etcd_};
  Wire other_wire_{etcd_};
};

// --- what stands in etcd ---

TEST_F(EtcdStoreTest, AnEntryIsAKeyOfItsOwnThatAPersonCanRead) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/web[1]", "c1 0 {}", 7));
  EXPECT_EQ(entry("record/web[1]"), "7 c1 0 {}");
  ASSERT_TRUE(etcd_.value("jim/chat/lock"));
  EXPECT_NE(etcd_.value("jim/chat/lock")->find(R"("who":"ann@north, process 7")"),
            std::string::npos);
}

TEST_F(EtcdStoreTest, AReleasedLockLeavesNoLease) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  EXPECT_EQ(etcd_.leases(), 1u);
  ASSERT_TRUE(run(store->release_lock()));
  EXPECT_EQ(etcd_.leases(), 0u);
  EXPECT_FALSE(etcd_.value("jim/chat/lock"));
}

TEST_F(EtcdStoreTest, ARefusedHolderLeavesNoLease) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  const auto other = entries(other_wire_);
  EXPECT_FALSE(lock(*other, "bob@south, process 8"));
  EXPECT_EQ(etcd_.leases(), 1u);
}

// --- terms and fencing ---

TEST_F(EtcdStoreTest, ALockWhoseTermIsOverIsPutBackByTheNextHeartbeat) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  clock_.advance(kTerm * 2);
  ASSERT_FALSE(etcd_.value("jim/chat/lock"));
  ASSERT_TRUE(run(store->renew_lock(kTerm)));
  EXPECT_TRUE(etcd_.value("jim/chat/lock"));
  const auto other = entries(other_wire_);
  EXPECT_EQ(lock(*other, "bob@south, process 8").error().code, ErrorCode::conflict);
}

TEST_F(EtcdStoreTest, AHolderThatSleptWhileAnotherCameAndWentCannotWrite) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  clock_.advance(kTerm * 2);
  const auto other = entries(other_wire_);
  ASSERT_TRUE(lock(*other, "bob@south, process 8"));
  ASSERT_TRUE(run(other->release_lock()));  // and wrote nothing
  const auto late = put(*store, "record/a", "2", 2);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
  EXPECT_EQ(late.error().message,
            "the state " + store->place() + " is not locked by this run, or not any more");
  EXPECT_EQ(run(store->renew_lock(kTerm)).error().code, ErrorCode::conflict);
  EXPECT_TRUE(run(store->load({"head", "record/"})));
  EXPECT_EQ(put(*store, "record/a", "2", 2).error().code, ErrorCode::conflict);
  EXPECT_EQ(entry("record/a"), "1 1");
}

TEST_F(EtcdStoreTest, ARequestThatArrivesLateChangesNothingUnderAnotherHolder) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  wire_.fault = [](const HttpRequest&, int) { return Fault::lost_request; };
  EXPECT_EQ(put(*store, "record/a", "2", 2).error().code, ErrorCode::unknown_outcome);
  const HttpRequest late = wire_.sent.back();
  clock_.advance(kTerm * 2);
  const auto other = entries(other_wire_);
  ASSERT_TRUE(lock(*other, "bob@south, process 8"));
  const HttpResponse answer = etcd_.answer(late);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.find("succeeded"), std::string::npos);
  EXPECT_EQ(entry("record/a"), "1 1");
}

TEST_F(EtcdStoreTest, ARequestThatArrivesTwiceCountsOnce) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  const HttpRequest first = wire_.sent.back();
  ASSERT_TRUE(put(*store, "record/a", "2", 2));
  etcd_.answer(first);
  EXPECT_EQ(entry("record/a"), "2 2");
  EXPECT_TRUE(put(*store, "record/a", "3", 3));
}

TEST_F(EtcdStoreTest, AStateThatWasChangedByHandIsNotOverwritten) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  etcd_.put("jim/chat/entry/head", "9 of somebody");
  const auto refused = put(*store, "record/a", "2", 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().message,
            "the state " + store->place() + " was changed by somebody who did not take its lock");
  EXPECT_EQ(entry("record/a"), "1 1");
}

// --- faults ---

/// The life of a state, in which any one request meets any one fault.
class EtcdFaultTest : public EtcdStoreTest, public testing::WithParamInterface<Fault> {
 protected:
  /// Nullopt when everything went well.
  std::optional<std::string> live(Wire& wire) {
    const auto store = records(wire);
    const auto taken = run(store->acquire_lock({.who = "ann@north, process 7"}, kTerm));
    if (!taken) return "lock: " + taken.error().message;
    if (taken->token != 1) return "token " + std::to_string(taken->token);
    if (auto made = run(store->create({.project = "chat", .lineage = "k3x9q2mz"})); !made)
      return "create: " + made.error().message;
    for (std::int64_t i = 0; i < 3; ++i) {
      Record record = {.address = {.name = "web", .key = i}, .id = "sv"};
      std::vector<RecordChange> changes(1);
      changes[0].record = record;
      if (auto done = run(store->commit(std::move(changes))); !done)
        return "commit: " + done.error().message;
      if (auto renewed = run(store->renew_lock(kTerm)); !renewed)
        return "renew: " + renewed.error().message;
    }
    clock_.advance(kTerm * 2);
    if (auto renewed = run(store->renew_lock(kTerm)); !renewed)
      return "late renew: " + renewed.error().message;
    const auto state = run(store->load());
    if (!state) return "load: " + state.error().message;
    if (state->records.size() != 3 || state->head.serial != 3) return "it is not what was written";
    if (auto released = run(store->release_lock()); !released)
      return "release: " + released.error().message;
    if (etcd_.value("jim/chat/lock")) return "the lock stands";
    return std::nullopt;
  }
};

TEST_P(EtcdFaultTest, AnyOneRequestMayFailAndNothingIsLostOrDoneTwice) {
  SimulatedEtcd calm_etcd(clock_);
  Wire calm(calm_etcd);
  ASSERT_EQ(live(calm), std::nullopt);
  const int requests = static_cast<int>(calm.sent.size());
  const int transactions = calm_etcd.transactions();
  for (int at = 0; at < requests; ++at) {
    SimulatedEtcd etcd(clock_);
    Wire wire(etcd);
    wire.fault = [at](const HttpRequest&, int number) {
      return number == at ? GetParam() : Fault::none;
    };
    EXPECT_EQ(live(wire), std::nullopt) << "request " << at << " of " << requests;
    EXPECT_EQ(etcd.transactions(), transactions) << "request " << at;
  }
}

TEST_P(EtcdFaultTest, EverySecondRequestMayFail) {
  wire_.fault = [](const HttpRequest&, int number) {
    return number % 2 == 0 ? GetParam() : Fault::none;
  };
  EXPECT_EQ(live(wire_), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(All, EtcdFaultTest,
                         testing::Values(Fault::lost_request, Fault::lost_answer,
                                         Fault::error_before, Fault::error_after,
                                         Fault::unavailable, Fault::cut_answer, Fault::unknown));

TEST_F(EtcdStoreTest, AfterACommitOfUnknownOutcomeNothingIsWrittenUntilItIsLoaded) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  wire_.fault = [](const HttpRequest&, int) { return Fault::lost_request; };
  const auto lost = put(*store, "record/a", "2", 2);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::unknown_outcome);
  wire_.fault = {};
  EXPECT_FALSE(put(*store, "record/b", "3", 3));
  EXPECT_FALSE(entry("record/b"));
  ASSERT_TRUE(run(store->load({"head", "record/"})));
  EXPECT_TRUE(put(*store, "record/b", "2", 2));
}

TEST_F(EtcdStoreTest, CommitsThatWaitBehindAFailedOneFailWithIt) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  wire_.fault = [](const HttpRequest&, int) { return Fault::lost_request; };
  EXPECT_EQ(put_together(*store, 300), 0);
  wire_.fault = {};
  EXPECT_FALSE(entry("record/299"));
}

// --- several at once, limits ---

TEST_F(EtcdStoreTest, CommitsThatWaitShareTransactionsWithinEtcdsLimits) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  const int before = etcd_.transactions();
  EXPECT_EQ(put_together(*store, 1000), 1000);
  EXPECT_LE(etcd_.transactions() - before, 10);
  EXPECT_LE(etcd_.most_operations(), 128u);
  EXPECT_EQ(entry("head"), "1000 head of 1000 xxxxxxxxxx");
  EXPECT_TRUE(entry("record/999"));
}

TEST_F(EtcdStoreTest, LargeCommitsAreSentOneByOne) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  EXPECT_EQ(put_together(*store, 10, 300'000), 10);
  EXPECT_TRUE(entry("record/9"));
}

TEST_F(EtcdStoreTest, OneThatIsTooLargeIsRefusedWithAReason) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  const auto refused = put(*store, "record/a", std::string(1'600'000, 'x'), 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_EQ(refused.error().message, "etcd refuses a request for the state " + store->place() +
                                         ": etcdserver: request is too large");
  EXPECT_EQ(refused.error().hint,
            "one object of the state is larger than the members' --max-request-bytes allows");
}

TEST_F(EtcdStoreTest, OfOneKeyInSeveralWaitingCommitsTheLastWins) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
    Batch changes = batch("record/a", std::to_string(i), static_cast<std::int64_t>(i));
    if (i == 4) changes.changes[0].remove = true;
    const auto written = co_await store->commit(std::move(changes));
    EXPECT_TRUE(written);
  };
  run(for_each_bounded(loop_, 5, 5, work));
  EXPECT_FALSE(entry("record/a"));
  EXPECT_EQ(entry("head"), "4 head of 4 4");
}

// --- reading ---

TEST_F(EtcdStoreTest, ALongStateIsReadInPagesAsOfOneMoment) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_EQ(put_together(*store, 2500), 2500);
  const auto reader = entries(other_wire_);
  const int from = static_cast<int>(other_wire_.sent.size());
  other_wire_.fault = [&](const HttpRequest&, int number) {
    if (number > from) etcd_.put("jim/chat/entry/record/999", "9999 newer");
    return Fault::none;
  };
  const auto loaded = run(reader->load({"head", "record/"}));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->size(), 2501u);
  EXPECT_EQ(other_wire_.sent.size(), 4u);
  for (const Entry& one : *loaded) EXPECT_LE(one.serial, 2500);
}

TEST_F(EtcdStoreTest, AReadWhoseMomentEtcdForgetsBeginsAnew) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_EQ(put_together(*store, 1500), 1500);
  const auto reader = entries(other_wire_);
  other_wire_.fault = [&](const HttpRequest&, int number) {
    if (number == 1) {
      etcd_.put("jim/chat/entry/record/7", "9999 newer");
      etcd_.compact(etcd_.revision());
    }
    return Fault::none;
  };
  const auto loaded = run(reader->load({"head", "record/"}));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->size(), 1501u);
}

TEST_F(EtcdStoreTest, AnEntryThatIsNotAsJimWroteItIsNamed) {
  etcd_.put("jim/chat/entry/record/a", "nonsense");
  const auto loaded = run(entries(wire_)->load({"record/"}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::io);
  EXPECT_EQ(loaded.error().message,
            "the state etcd://h1:2379,h2:2379,h3:2379/jim/chat is damaged: the entry 'record/a' is "
            "not as jim wrote it");
}

// --- members ---

TEST_F(EtcdStoreTest, ADeadMemberIsAskedOnceAndThenLeftAlone) {
  wire_.fault = [](const HttpRequest& request, int) {
    return request.url.starts_with("http://h1:") ? Fault::lost_request : Fault::none;
  };
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  EXPECT_EQ(wire_.count("http://h1:"), 1);
  EXPECT_EQ(wire_.count("http://h3:"), 0);
}

TEST_F(EtcdStoreTest, ALeaderThatIsElectedWithinHalfAMinuteIsWaitedFor) {
  const auto store = entries(wire_);
  ASSERT_TRUE(lock(*store));
  const Instant back = clock_.now() + std::chrono::seconds(25);
  wire_.fault = [&](const HttpRequest&, int) {
    return clock_.now() < back ? Fault::unavailable : Fault::none;
  };
  EXPECT_TRUE(put(*store, "record/a", "1", 1));
}

TEST_F(EtcdStoreTest, WhenNobodyAnswersEachMemberIsNamedWithItsReason) {
  wire_.fault = [](const HttpRequest& request, int) {
    return request.url.starts_with("http://h2:") ? Fault::unavailable : Fault::lost_request;
  };
  const auto loaded = run(entries(wire_)->load({"record/"}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::unavailable);
  EXPECT_EQ(loaded.error().message,
            "no member of etcd answers for the state etcd://h1:2379,h2:2379,h3:2379/jim/chat: "
            "http://h1:2379: could not connect; http://h2:2379: etcdserver: leader changed; "
            "http://h3:2379: could not connect");
  EXPECT_EQ(loaded.error().hint,
            "more than half of the members must run and be reachable from here; then run the "
            "command again");
  EXPECT_LE(clock_.now(), std::chrono::seconds(13));
}

TEST_F(EtcdStoreTest, AServerThatIsNoEtcdIsToldApart) {
  EtcdPlace where = place();
  where.members = {"http://h1:2379"};
  class Web : public Http {
    Task<Result<HttpResponse>> send(HttpRequest) override {
      co_return HttpResponse{.status = 404, .body = "<html>nothing here</html>"};
    }
  } web;
  EtcdStore store(loop_, web, where);
  const auto loaded = run(store.load({"record/"}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(loaded.error().message,
            "http://h1:2379 does not answer as etcd 3.4 or newer does: status 404: <html>nothing "
            "here</html>");
}

// --- users ---

class EtcdLoginTest : public EtcdStoreTest {
 protected:
  EtcdLoginTest() { etcd_.demand_login("ann", "Canary-Passw0rd"); }
  std::unique_ptr<EtcdStore> entries_as(const char* user, const char* password) {
    EtcdPlace where = place();
    where.user = user;
    where.password = Secret(password);
    return std::make_unique<EtcdStore>(loop_, wire_, where);
  }
};

TEST_F(EtcdLoginTest, AUserLogsInOnce) {
  const auto store = entries_as("ann", "Canary-Passw0rd");
  ASSERT_TRUE(lock(*store));
  ASSERT_TRUE(put(*store, "record/a", "1", 1));
  EXPECT_EQ(wire_.count("/v3/auth/authenticate"), 1);
}

TEST_F(EtcdLoginTest, ATokenThatIsNoLongerKnownIsRenewed) {
  const auto store = entries_as("ann", "Canary-Passw0rd");
  ASSERT_TRUE(lock(*store));
  etcd_.forget_tokens();
  EXPECT_TRUE(put(*store, "record/a", "1", 1));
  EXPECT_EQ(wire_.count("/v3/auth/authenticate"), 2);
}

TEST_F(EtcdLoginTest, AWrongPasswordIsRefusedAndNotRepeated) {
  const auto refused = lock(*entries_as("ann", "Canary-Wr0ng"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(refused.error().message,
            "etcd refuses user 'ann' for the state etcd://h1:2379,h2:2379,h3:2379/jim/chat: "
            "etcdserver: authentication failed, invalid user ID or password");
  EXPECT_EQ(refused.error().hint.find("Canary"), std::string::npos);
  EXPECT_EQ(wire_.sent.size(), 1u);
}

TEST_F(EtcdLoginTest, WithoutAUserTheErrorSaysWhereToNameOne) {
  const auto refused = lock(*entries(wire_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(refused.error().message,
            "etcd wants a user for the state etcd://h1:2379,h2:2379,h3:2379/jim/chat: etcdserver: "
            "user name is empty");
  EXPECT_EQ(refused.error().hint, "say 'user' and 'password' below 'state' of the file");
}

TEST_F(EtcdLoginTest, AnEtcdThatAsksForNobodyTakesAUserAllTheSame) {
  etcd_.demand_login("", "");
  EXPECT_TRUE(lock(*entries_as("ann", "Canary-Passw0rd")));
}

}  // namespace
}  // namespace jim

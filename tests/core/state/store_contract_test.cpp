#include "tests/core/state/store_contract.h"

#include <array>
#include <optional>

#include "core/net/background.h"
#include "core/state/etcd_store.h"
#include "core/state/http_store.h"
#include "core/state/open_store.h"
#include "core/state/record_store.h"
#include "core/state/sqlite_store.h"
#include "core/value/json.h"
#include "tests/core/state/test_folder.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/simulated_etcd.h"
#include "tests/fakes/simulated_http_state.h"
#include "tests/fakes/simulated_s3.h"

namespace jim {
namespace {

TEST_P(StoreContract, AStateThatDoesNotExistIsEmpty) {
  const auto state = run(store_->load());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->head, StateHead{});
  EXPECT_TRUE(state->records.empty());
  EXPECT_TRUE(state->outputs.empty());
}

TEST_P(StoreContract, WhatIsCommittedIsLoadedByAnotherView) {
  begin();
  Record full = record("web", 1);
  full.attributes.set("plan", "c3-small");
  full.needs = {"ops"};
  full.half_made = full.protect = full.keep = true;
  full.intent = Intent{.action = "update", .mark = "jim:k3x9q2mz:chat:web[1]"};
  full.created = "2026-11-24T15:04:05Z";
  full.deposed = {"sv_0"};
  ASSERT_TRUE(run(store_->commit({{.record = full}})));
  ValueMap outputs;
  outputs.set("url", "http://a");
  ASSERT_TRUE(run(store_->commit_outputs(outputs)));
  const auto other = open_(loop_);
  const auto state = run(other->load());
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_EQ(state->records.size(), 1u);
  EXPECT_EQ(state->records[0], full);
  EXPECT_EQ(state->outputs, outputs);
  EXPECT_EQ(state->head.project, "chat");
  EXPECT_EQ(state->head.fingerprint_key, "key");
}

TEST_P(StoreContract, RecordsComeSortedByAddress) {
  begin();
  ASSERT_TRUE(run(store_->commit(
      {{.record = record("web", 10)}, {.record = record("web", 2)}, {.record = record("db", 3)}})));
  EXPECT_EQ(addresses(), (std::vector<std::string>{"db[3]", "web[2]", "web[10]"}));
  const auto state = run(store_->load());
  EXPECT_EQ(state->find({.name = "web", .key = std::int64_t{10}})->address.text(), "web[10]");
  EXPECT_EQ(state->find({.name = "web", .key = std::int64_t{3}}), nullptr);
}

TEST_P(StoreContract, AStepOfARenameIsOneCommit) {
  begin();
  ASSERT_TRUE(run(store_->commit({{.record = record("old", 0)}})));
  ASSERT_TRUE(run(store_->commit(
      {{.record = record("old", 0), .remove = true}, {.record = record("new", 0)}})));
  EXPECT_EQ(addresses(), std::vector<std::string>{"new[0]"});
}

TEST_P(StoreContract, RemovingWhatIsNotThereIsNoFailure) {
  begin();
  EXPECT_TRUE(run(store_->commit({{.record = record("web", 0), .remove = true}})));
}

TEST_P(StoreContract, TheSerialGrowsByOneWithEachCommit) {
  begin();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run(store_->commit({{.record = record("web", i)}})));
  EXPECT_EQ(run(store_->load())->head.serial, 3);
}

TEST_P(StoreContract, CommitsSideBySideAllArrive) {
  begin();
  int done = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
    std::vector<RecordChange> changes(1);
    changes[0].record = record("web", static_cast<std::int64_t>(i));
    const auto saved = co_await store_->commit(std::move(changes));
    if (saved) ++done;
  };
  run(for_each_bounded(loop_, 200, 200, work));
  EXPECT_EQ(done, 200);
  const auto state = run(store_->load());
  EXPECT_EQ(state->records.size(), 200u);
  EXPECT_EQ(state->head.serial, 200);
}

TEST_P(StoreContract, ASecretIsNeverStored) {
  begin();
  Record one = record("web", 0);
  one.attributes.set("token", Value("canary-7").as_secret());
  ASSERT_TRUE(run(store_->commit({{.record = one}})));
  ValueMap outputs;
  outputs.set("token", Value("canary-7").as_secret());
  ASSERT_TRUE(run(store_->commit_outputs(outputs)));
  const auto state = run(store_->load());
  ASSERT_EQ(state->records.size(), 1u);
  const std::string stored = to_json(Value(state->records[0].attributes), {.reveal_secrets = true});
  EXPECT_EQ(stored.find("canary"), std::string::npos) << stored;
  EXPECT_NE(stored.find("hmac:"), std::string::npos) << stored;
  EXPECT_EQ(state->outputs, state->records[0].attributes);
}

TEST_P(StoreContract, ASecondHolderIsRefusedAndToldWhoHoldsIt) {
  begin();
  const auto other = open_(loop_);
  const auto refused = run(other->acquire_lock(holder("bob@south, process 8"), kTerm));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().message,
            "the state " + store_->place() +
                " is locked by ann@north, process 7, running 'jim apply', since "
                "2027-01-15T08:00:00Z; the lock ends at 2027-01-15T08:01:00Z unless it is renewed");
  EXPECT_EQ(run(other->commit({{.record = record("web", 0)}})).error().code, ErrorCode::conflict);
  EXPECT_TRUE(addresses().empty());
}

TEST_P(StoreContract, WhoHoldsTheLockIsToldToWhoeverLooks) {
  const auto looker = open_(loop_);
  EXPECT_FALSE(run(looker->holder())->has_value());
  begin();
  ASSERT_TRUE(run(looker->load()));
  const auto seen = run(looker->holder());
  ASSERT_TRUE(seen && *seen) << (seen ? "nobody" : seen.error().message);
  EXPECT_EQ((*seen)->who, "ann@north, process 7");
  EXPECT_EQ((*seen)->command, "jim apply");
  EXPECT_FALSE((*seen)->since.empty());
  ASSERT_TRUE(run(store_->commit({{.record = record("web", 0)}})));  // nothing was taken
  ASSERT_TRUE(run(store_->release_lock()));
  EXPECT_FALSE(run(looker->holder())->has_value());
}

TEST_P(StoreContract, AReleasedLockIsFree) {
  begin();
  ASSERT_TRUE(run(store_->release_lock()));
  const auto other = open_(loop_);
  EXPECT_TRUE(run(other->acquire_lock(holder("bob@south, process 8"), kTerm)));
}

TEST_P(StoreContract, AHolderWhoseTermIsOverIsReplacedAndItsLateWritesAreRefused) {
  begin();
  clock_.advance(kTerm + kTick);
  const auto other = open_(loop_);
  const auto taken = run(other->acquire_lock(holder("bob@south, process 8"), kTerm));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->token, 2);
  const auto late = run(store_->commit({{.record = record("web", 0)}}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
  EXPECT_EQ(late.error().message,
            "the lock on the state " + store_->place() +
                " was lost: bob@south, process 8, running 'jim apply' holds it since "
                "2027-01-15T08:01:02Z");
  EXPECT_EQ(run(store_->renew_lock(kTerm)).error().code, ErrorCode::conflict);
  EXPECT_TRUE(run(store_->release_lock()));  // and does not take bob's away
  EXPECT_TRUE(run(other->commit({{.record = record("web", 1)}})));
  EXPECT_EQ(addresses(), std::vector<std::string>{"web[1]"});
}

TEST_P(StoreContract, ARenewedLockOutlivesItsFirstTerm) {
  begin();
  clock_.advance(kTerm - kTick);
  ASSERT_TRUE(run(store_->renew_lock(kTerm)));
  clock_.advance(kTerm - kTick);
  const auto other = open_(loop_);
  EXPECT_FALSE(run(other->acquire_lock(holder("bob@south, process 8"), kTerm)));
  clock_.advance(2 * kTick);
  EXPECT_TRUE(run(other->acquire_lock(holder("bob@south, process 8"), kTerm)));
}

TEST_P(StoreContract, ATermThatIsOverIsStillOursWhileNobodyElseWantsIt) {
  begin();
  clock_.advance(kTerm * 2);
  EXPECT_TRUE(run(store_->commit({{.record = record("web", 0)}})));
  EXPECT_TRUE(run(store_->renew_lock(kTerm)));
}

TEST_P(StoreContract, WritingWithoutTheLockIsRefused) {
  const auto created = run(store_->create(head()));
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::conflict);
  EXPECT_EQ(created.error().message,
            "the state " + store_->place() + " is not locked by this run, or not any more");
  EXPECT_FALSE(run(store_->commit({{.record = record("web", 0)}})));
  EXPECT_FALSE(run(store_->renew_lock(kTerm)));
  EXPECT_TRUE(run(store_->release_lock()));
}

TEST_P(StoreContract, ASecondStateInTheSamePlaceIsRefused) {
  begin();
  const auto again = run(store_->create(head()));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST_P(StoreContract, ARunAndItsStepsAreKept) {
  begin();
  const auto begun = run(store_->begin_run({.command = "apply", .who = "ann"}));
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_EQ(begun->number, 1);
  RunStep step = {.number = 1, .address = {.name = "web"}, .action = "create", .ids = {"sv_1"}};
  std::vector<RecordChange> changes(1);
  changes[0] = {.record = record("web", 0), .step = step};
  ASSERT_TRUE(run(store_->commit(std::move(changes))));
  step.outcome = "done";
  jim::Run ended = *begun;
  ended.ended = "2027-01-15T08:00:09Z";
  ended.status = 0;
  ended.counts["create"] = 1;
  ASSERT_TRUE(run(store_->write_run(ended, {step})));
  const auto other = open_(loop_);
  const auto runs = run(other->runs());
  ASSERT_TRUE(runs) << runs.error().message;
  EXPECT_EQ(*runs, std::vector<jim::Run>{ended});
  const auto steps = run(other->steps(1));
  ASSERT_TRUE(steps) << steps.error().message;
  EXPECT_EQ(*steps, std::vector<RunStep>{step});
  EXPECT_EQ(run(other->load())->records.size(), 1u);
}

TEST_P(StoreContract, AWholeStateIsTakenOverWithItsHistory) {
  const State whole = {.head = {.project = "chat",
                                .lineage = "k3x9q2mz",
                                .fingerprint_key = "key",
                                .serial = 40,
                                .runs = 2},
                       .records = {record("db", 0), record("web", 1)},
                       .outputs = ValueMap::from_entries({{"url", "http://a"}})};
  const std::vector<jim::Run> history = {{.number = 2, .command = "apply"}, {.number = 1}};
  const std::vector<std::vector<RunStep>> steps = {{{.number = 1, .address = {.name = "web"}}}, {}};
  ASSERT_TRUE(run(store_->acquire_lock(holder("ann@north, process 7"), kTerm)));
  ASSERT_TRUE(run(store_->import(whole, history, steps)));
  const auto other = open_(loop_);
  const auto state = run(other->load());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->records, whole.records);
  EXPECT_EQ(state->outputs, whole.outputs);
  EXPECT_EQ(state->head.lineage, "k3x9q2mz");
  EXPECT_EQ(state->head.runs, 2);
  EXPECT_GE(state->head.serial, 40);
  EXPECT_EQ(*run(other->runs()), history);
  EXPECT_EQ(*run(other->steps(2)), steps[0]);
  // Work goes on there.
  ASSERT_TRUE(run(store_->commit({{.record = record("new", 0)}})));
  EXPECT_EQ(run(other->load())->records.size(), 3u);
}

TEST_P(StoreContract, NoStateIsTakenOverWhereThereIsOne) {
  begin();
  ASSERT_TRUE(run(store_->commit({{.record = record("web", 0)}})));
  for (const char* lineage : {"k3x9q2mz", "another1"}) {
    const auto taken = run(store_->import({.head = {.lineage = lineage}}, {}, {}));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::conflict);
  }
  EXPECT_EQ(addresses(), std::vector<std::string>{"web[0]"});
}

TEST_P(StoreContract, AStateThatWasMovedAwayMayComeBack) {
  begin();
  ASSERT_TRUE(run(store_->commit({{.record = record("old", 0)}, {.record = record("web", 0)}})));
  ASSERT_TRUE(run(store_->begin_run({.command = "apply"})));
  ASSERT_TRUE(run(store_->mark_move({.to = "etcd://a/b", .id = "m1"})));
  EXPECT_EQ(run(open_(loop_)->load())->head.move, (StateMove{.to = "etcd://a/b", .id = "m1"}));
  EXPECT_FALSE(run(store_->import({.head = {.lineage = "another1"}}, {}, {})));
  const State whole = {.head = {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"},
                       .records = {record("new", 0), record("web", 0)}};
  ASSERT_TRUE(run(store_->import(whole, {}, {})));
  EXPECT_EQ(addresses(), (std::vector<std::string>{"new[0]", "web[0]"}));
  EXPECT_EQ(run(store_->load())->head.move.to, "");
  EXPECT_TRUE(run(store_->runs())->empty());
}

TEST_P(StoreContract, AnUnfinishedCopySaysSoFromItsFirstWriteOnAndMayBeReplaced) {
  const StateMove move = {.from = "etcd://a/b", .id = "m1"};
  State whole = {.head = {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"},
                 .records = {record("old", 0), record("web", 0)}};
  whole.head.move = move;
  ASSERT_TRUE(run(store_->acquire_lock(holder("ann@north, process 7"), kTerm)));
  ASSERT_TRUE(run(store_->import(whole, {}, {})));
  const auto copy = run(open_(loop_)->load());
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ(copy->head.move, move);
  EXPECT_EQ(copy->head.lineage, "k3x9q2mz");
  EXPECT_FALSE(run(store_->import({.head = {.lineage = "another1"}}, {}, {})));
  whole.records.erase(whole.records.begin());
  ASSERT_TRUE(run(store_->import(whole, {}, {})));
  EXPECT_EQ(addresses(), std::vector<std::string>{"web[0]"});
  const StateMove none;
  ASSERT_TRUE(run(store_->mark_move(none)));
  EXPECT_EQ(run(open_(loop_)->load())->head.move, none);
}

TEST_P(StoreContract, TakingOverAndMovingAwayNeedTheLock) {
  EXPECT_EQ(run(store_->import({.head = {.lineage = "k3x9q2mz"}}, {}, {})).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(run(store_->mark_move({.to = "x"})).error().code, ErrorCode::conflict);
}

TEST_P(StoreContract, AWaitingCommitMayBeDropped) {
  begin();
  {
    auto task = store_->commit({{.record = record("web", 0)}});
    const auto waits = [&]() -> Task<void> {
      auto inner = std::move(task);
      co_return;
    };
    run(waits());
  }
  EXPECT_TRUE(run(store_->commit({{.record = record("web", 1)}})));
  EXPECT_EQ(addresses(), std::vector<std::string>{"web[1]"});
}

/// A commit that runs beside the test, and is dropped with this.
Background commit_beside(StateStore& store, Record record, std::optional<Result<void>>& outcome) {
  std::vector<RecordChange> changes(1);
  changes[0].record = std::move(record);
  outcome = co_await store.commit(std::move(changes));
}

TEST_P(StoreContract, WhicheverCommitIsDroppedWheneverNoGapIsLeft) {
  constexpr std::size_t kBeside = 4;
  constexpr int kLate = 3;
  for (std::size_t which = 0; which < kBeside; ++which) {
    bool all_ended = false;
    for (int moment = which + 1 < kBeside ? 0 : kLate + 1; !all_ended; ++moment) {
      SCOPED_TRACE("commit " + std::to_string(which) + " at moment " + std::to_string(moment));
      store_.reset();
      open_ = GetParam().make_place();
      store_ = open_(loop_);
      begin();
      ASSERT_TRUE(run(store_->commit({{.record = record("web", 100)}})));
      std::array<std::optional<Result<void>>, kBeside> outcomes;
      std::array<Background, kBeside> commits;
      const auto start = [&](std::size_t i) {
        commits[i] =
            commit_beside(*store_, record("web", static_cast<std::int64_t>(i)), outcomes[i]);
      };
      bool late = false;  // one comes later, if need be when the other is dropped
      for (std::size_t i = 0; i + 1 < kBeside; ++i) start(i);
      for (int step = 0; step < moment; ++step) {
        if (step == kLate) start(kBeside - 1), late = true;
        loop_.step();
      }
      all_ended = static_cast<bool>(outcomes[which]);
      commits[which] = Background();
      if (!late) start(kBeside - 1);
      while (loop_.step()) {
      }
      for (std::size_t i = 0; i < kBeside; ++i) EXPECT_TRUE(i == which || outcomes[i]) << i;
      const auto state = run(open_(loop_)->load());
      ASSERT_TRUE(state) << state.error().message;
      for (std::size_t i = 0; i < kBeside; ++i) {
        const Address address = {.name = "web", .key = static_cast<std::int64_t>(i)};
        const bool written = outcomes[i] && *outcomes[i];
        EXPECT_TRUE(!written || state->find(address) != nullptr) << i;
      }
      ASSERT_TRUE(run(store_->load()));
      EXPECT_TRUE(run(store_->commit({{.record = record("web", 101)}})));
      EXPECT_TRUE(run(open_(loop_)->load()));
    }
  }
}

StoreKind memory() {
  return {.name = "Memory", .make_place = [] {
            auto disk = std::make_shared<MemoryState>();
            return [disk](EventLoop& loop) -> std::unique_ptr<StateStore> {
              return std::make_unique<MemoryStore>(loop, disk.get());
            };
          }};
}

StoreKind sqlite(std::string name, const Sealing& sealing) {
  return {
      .name = std::move(name), .make_place = [sealing] {
        auto folder = std::make_shared<TestFolder>();
        return [folder, sealing](EventLoop& loop) -> std::unique_ptr<StateStore> {
          return std::make_unique<RecordStore>(
              loop,
              std::make_unique<SqliteStore>(loop, folder->path(".jim/state.db"), ".jim/state.db"),
              sealing);
        };
      }};
}

/// With a client of its own, which lives as long as the store.
struct EtcdStoreOverHttp : SimulatedEtcdHttp, RecordStore {
  EtcdStoreOverHttp(EventLoop& loop, SimulatedEtcd& etcd, Sealing sealing)
      : SimulatedEtcdHttp(loop, etcd),
        RecordStore(loop,
                    std::make_unique<EtcdStore>(loop, static_cast<Http&>(*this),
                                                EtcdPlace{.members = {"http://h1:2379"},
                                                          .prefix = "jim/chat",
                                                          .name = "etcd://h1:2379/jim/chat"}),
                    std::move(sealing)) {}
};

StoreKind etcd(std::string name, const Sealing& sealing) {
  return {.name = std::move(name), .make_place = [sealing] {
            auto server = std::make_shared<std::unique_ptr<SimulatedEtcd>>();
            return [server, sealing](EventLoop& loop) -> std::unique_ptr<StateStore> {
              if (!*server) *server = std::make_unique<SimulatedEtcd>(loop.clock());
              return std::make_unique<EtcdStoreOverHttp>(loop, **server, sealing);
            };
          }};
}

/// Two machines' views in turn: each folder has its own journal.
StoreKind s3(std::string name, SimulatedS3::Etags etags, const Sealing& sealing) {
  struct Place {
    std::unique_ptr<SimulatedS3> server = {};
    std::vector<std::unique_ptr<SimulatedS3Http>> clients = {};
    std::vector<std::unique_ptr<TestFolder>> folders = {};
  };
  return {.name = std::move(name), .make_place = [etags, sealing] {
            auto place = std::make_shared<Place>();
            return [place, etags, sealing](EventLoop& loop) -> std::unique_ptr<StateStore> {
              if (!place->server)
                place->server = std::make_unique<SimulatedS3>(loop.clock(), etags);
              place->folders.push_back(std::make_unique<TestFolder>(TestFolder::quick()));
              place->clients.push_back(std::make_unique<SimulatedS3Http>(loop, *place->server));
              const StoreSettings settings = {
                  .url = "s3://bucket/prod/jim",
                  .root = place->folders.back()->path(""),
                  .sealing = sealing,
                  .endpoint = SimulatedS3::kEndpoint,
                  .environment = [](const std::string& variable) -> std::optional<std::string> {
                    if (variable == "AWS_ACCESS_KEY_ID") return SimulatedS3::kAccessKey;
                    if (variable == "AWS_SECRET_ACCESS_KEY") return SimulatedS3::kSecretKey;
                    return std::nullopt;
                  }};
              return *open_store(loop, *place->clients.back(), settings);
            };
          }};
}

/// A server with the clients that were made of it: a store needs its client as long as it lives.
struct HttpStatePlace {
  std::optional<SimulatedHttpState> server = {};
  std::vector<std::unique_ptr<SimulatedHttpStateClient>> clients = {};
};

StoreKind http(std::string name, const SimulatedHttpState::Habits& habits, const Sealing& sealing) {
  return {.name = std::move(name), .make_place = [habits, sealing] {
            auto place = std::make_shared<HttpStatePlace>();
            return [place, habits, sealing](EventLoop& loop) -> std::unique_ptr<StateStore> {
              if (!place->server) place->server.emplace(loop.clock(), habits);
              place->clients.push_back(
                  std::make_unique<SimulatedHttpStateClient>(loop, *place->server));
              StoreSettings settings = {.url = "https://state.example/state/demo"};
              if (habits.like_gitlab)
                settings.url = "https://state.example/api/v4/projects/7/terraform/state/demo";
              auto entries = open_http(loop, *place->clients.back(), settings);
              return std::make_unique<RecordStore>(loop, std::move(*entries), sealing);
            };
          }};
}

Sealing sealed() {
  return {.keys = {{.bytes = Secret(std::string(32, 'k')), .origin = "key"}}, .required = true};
}

INSTANTIATE_TEST_SUITE_P(All, StoreContract,
                         testing::Values(memory(), sqlite("Sqlite", {}),
                                         sqlite("SealedSqlite", sealed()), http("Http", {}, {}),
                                         http("SealedHttp", {}, sealed()),
                                         http("Gitlab", {.like_gitlab = true}, {}),
                                         http("HttpThatComparesNoIds", {.compares_ids = false}, {}),
                                         http("HttpThatTellsNoHolder", {.tells_holder = false}, {}),
                                         s3("S3", SimulatedS3::Etags::in_quotes, {}),
                                         s3("SealedS3", SimulatedS3::Etags::in_quotes, sealed()),
                                         s3("S3OfCeph", SimulatedS3::Etags::bare, {}),
                                         etcd("Etcd", {}), etcd("SealedEtcd", sealed())),
                         name_of);

}  // namespace
}  // namespace jim

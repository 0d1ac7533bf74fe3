#include <gtest/gtest.h>

#include "core/state/entry_text.h"
#include "core/state/move_state.h"
#include "core/state/record_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/memory_entries.h"

namespace jim {
namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

/// What is said of a state that somebody or something has tampered with.
class DamageTest : public testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  std::unique_ptr<RecordStore> open(MemoryEntries::Place& place, const Sealing& sealing = {}) {
    auto store =
        std::make_unique<RecordStore>(loop_, std::make_unique<MemoryEntries>(place), sealing);
    EXPECT_TRUE(run(store->acquire_lock({.who = "ann"}, kTerm)));
    return store;
  }
  /// A state with a record and two runs of one step each.
  void fill(const Sealing& sealing = {}) {
    const auto store = open(place_, sealing);
    ASSERT_TRUE(
        run(store->create({.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"})));
    const Address web = {.name = "web"};
    for (const char* command : {"apply", "undo 1"}) {
      ASSERT_TRUE(run(store->begin_run({.command = command})));
      const RunStep step = {.number = 1, .address = web, .action = "create"};
      const Record record = {.address = web, .type = "latitude.server", .id = "sv"};
      ASSERT_TRUE(run(store->commit({{.record = record, .step = step}})));
    }
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  MemoryEntries::Place place_{"here"};
};

TEST_F(DamageTest, ARunThatCannotBeReadLeavesTheOthersAndTheState) {
  fill();
  place_.body("run/00000001") = "c1 0000000000000000 {}";
  const auto store = open(place_);
  const auto runs = run(store->runs());
  ASSERT_TRUE(runs) << runs.error().message;
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->front().command, "undo 1");
  EXPECT_EQ(runs->front().unreadable, "");
  EXPECT_EQ(runs->back().number, 1);
  EXPECT_EQ(runs->back().unreadable, "the entry 'run/00000001' is not as jim wrote it");
  EXPECT_EQ(run(store->steps(1))->size(), 1u);
  EXPECT_EQ(run(store->load())->records.size(), 1u);
  EXPECT_TRUE(run(store->begin_run({.command = "apply"})));
}

TEST_F(DamageTest, AStepThatCannotBeReadSaysThatTheStateIsWhole) {
  fill();
  place_.body("step/00000002/000001") = "";
  const auto steps = run(open(place_)->steps(2));
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().message,
            "a step of run 2 in the history of the state here cannot be read: the entry "
            "'step/00000002/000001' is not as jim wrote it");
  EXPECT_EQ(steps.error().hint,
            "the state itself is whole: plan and apply do not need its history");
  EXPECT_TRUE(run(open(place_)->steps(1)));
}

TEST_F(DamageTest, AMoveBringsWhatIsLeftOfTheHistoryAndSaysWhatIsLost) {
  fill();
  place_.body("run/00000001") = "";
  place_.body("step/00000002/000001") = "";
  MemoryEntries::Place there("there");
  const StopFlag stop;
  const auto from = open(place_);
  const auto to = open(there);
  const auto moved = run(move_state(*from, *to, stop));
  ASSERT_TRUE(moved) << moved.error().message;
  const auto runs = run(open(there)->runs());
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->front().command, "undo 1");
  EXPECT_EQ(runs->front().unreadable, "one of its steps could not be read");
  EXPECT_EQ(runs->back().unreadable, "the entry 'run/00000001' is not as jim wrote it");
  // Nobody takes lost steps for none.
  EXPECT_FALSE(run(open(there)->steps(1)));
  EXPECT_FALSE(run(open(there)->steps(2)));
}

TEST_F(DamageTest, LostHistoryDoesNotKeepTheRestUnderAnOldKey) {
  const Sealing old = {.keys = {{.bytes = Secret(std::string(32, 'a'))}}};
  fill(old);
  place_.body("run/00000001") = "s1 no";
  Sealing sealing = {.keys = {{.bytes = Secret(std::string(32, 'b'))}, old.keys.front()}};
  ASSERT_TRUE(run(open(place_, sealing)->renew_seal()));
  sealing.keys.pop_back();
  EXPECT_EQ(run(open(place_, sealing)->load())->records.size(), 1u);
}

TEST_F(DamageTest, AHeadThatSaysMoreIsOfANewerVersion) {
  fill();
  Entry& head = place_.entry("head");
  std::string text(*read_clear(head));
  text.insert(1, R"("colour":"red",)");
  head.body = clear_body("head", head.serial, text);
  const auto state = run(open(place_)->load());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().message,
            "the state here is not understood: its head: it has a field that this version of jim "
            "does not know");
  EXPECT_EQ(state.error().hint, "use the version of jim that wrote it, or a newer one");
}

/// The sealed state is one whose passphrase is known.
class SealedDamageTest : public DamageTest {
 protected:
  SealedDamageTest() { fill(sealing_); }
  std::string why() {
    const auto state = run(open(place_, sealing_)->load());
    if (state) return "it was read";
    EXPECT_EQ(state.error().hint.find("encryption"), std::string::npos) << state.error().hint;
    return (state.error().code == ErrorCode::io ? "io: " : "") + state.error().message;
  }

  Sealing sealing_ = {.keys = {{.passphrase = Secret("secret"), .origin = "state.key"}},
                      .required = true};
};

TEST_F(SealedDamageTest, AnEmptiedEntryIsDamageAndNotClearText) {
  EXPECT_EQ(why(), "it was read");
  place_.body("head") = "";
  EXPECT_EQ(why(), "io: the state here is damaged: the entry 'head' is not as jim wrote it");
}

TEST_F(SealedDamageTest, AHeadInClearAmongSealedEntriesIsDamage) {
  MemoryEntries::Place other("other");
  const auto clear = open(other);
  ASSERT_TRUE(run(clear->create({.project = "chat", .lineage = "k3x9q2mz"})));
  place_.body("head") = other.body("head");
  const std::string message =
      "io: the state here is damaged: its head is in clear, and the rest is "
      "sealed";
  place_.entry("head").serial = other.entry("head").serial;
  EXPECT_EQ(why(), message);
  sealing_.required = false;
  EXPECT_EQ(why(), message);
}

TEST_F(SealedDamageTest, WithoutItsSaltItIsDamagedAndTheKeyIsNotBlamed) {
  place_.lose("seal");
  EXPECT_EQ(why(),
            "io: the state here is damaged: the entry 'seal', by which a passphrase becomes its "
            "key, is gone");
}

TEST_F(SealedDamageTest, AnotherPassphraseIsStillTheWrongKey) {
  sealing_.keys.front().passphrase = Secret("another");
  const auto state = run(open(place_, sealing_)->load());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, ErrorCode::unauthorized);
}

TEST_F(DamageTest, AKeyOfBytesNeedsNoSalt) {
  const Sealing sealing = {.keys = {{.bytes = Secret(std::string(32, 'a'))}}};
  fill(sealing);
  place_.lose("seal");
  EXPECT_TRUE(run(open(place_, sealing)->load()));
}

}  // namespace
}  // namespace jim

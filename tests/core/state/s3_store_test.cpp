#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "core/state/held_lock.h"
#include "core/state/s3_journal.h"
#include "tests/core/state/s3_fixture.h"

namespace jim {
namespace {

using Fault = BreakableHttp::Fault;
using Names = std::vector<std::string>;

/// Names in a machine's `.jim`.
Names files(const auto& machine) {
  Names names;
  for (const auto& one : std::filesystem::directory_iterator(machine.folder.path(".jim")))
    names.push_back(one.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool is_head(const HttpRequest& request) {
  return request.url.find(".d/") == std::string::npos && request.url.find('?') == std::string::npos;
}

// --- faults ---

TEST_F(S3StoreTest, NoSingleFaultLosesWhatWasCommittedNorDamagesTheState) {
  // The first round has no fault: it tells how many requests there are.
  int requests = 1;
  int last = 0;
  for (const Fault fault : {Fault::none, Fault::lost_request, Fault::lost_answer,
                            Fault::error_before, Fault::error_after, Fault::busy}) {
    for (int at = 0; at < requests; ++at) {
      SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at request " +
                   std::to_string(at));
      server_.objects.clear();
      Machine here(loop_, server_);
      here.http.fault = [&](int number, const HttpRequest&) {
        return number == at ? fault : Fault::none;
      };
      start(here);
      Names committed;
      if (lock(here) && create(here)) {
        for (const std::int64_t i : {0, 1, 2})
          if (put(here, i, i == 1)) committed.push_back("web[" + std::to_string(i) + "]");
      }
      const auto released = run(here.store->release_lock());
      last = static_cast<int>(here.http.sent.size());
      EXPECT_TRUE(released || committed.empty()) << released.error().message;
      const Names stands = found();
      for (const std::string& one : committed)
        EXPECT_NE(std::find(stands.begin(), stands.end(), one), stands.end()) << one;
      clock_.advance(kTerm + std::chrono::seconds(2));
      here.http.fault = {};
      start(here);
      const auto again = lock(here);
      EXPECT_TRUE(again) << again.error().message;
      EXPECT_TRUE(run(here.store->load()));
      EXPECT_TRUE(fault != Fault::none || committed.size() == 3u);
    }
    if (fault == Fault::none) requests = last;
  }
  EXPECT_GT(requests, 12);
}

TEST_F(S3StoreTest, AHeadWhoseAnswerWasLostIsReadAndBelievedOrWrittenAgain) {
  for (const Fault fault : {Fault::lost_request, Fault::lost_answer, Fault::error_before,
                            Fault::error_after, Fault::busy}) {
    for (int at = 0; at < 8; ++at) {
      SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " of head " +
                   std::to_string(at));
      server_.objects.clear();
      Machine here(loop_, server_);
      int heads = 0;
      bool probe = false;
      here.http.fault = [&](int, const HttpRequest& request) {
        if (request.method != "PUT" || request.url.find(".d/") != std::string::npos)
          return Fault::none;
        probe = heads == 1 || heads == 2;  // these two must be refused, and nothing else will do
        return heads++ == at && !probe ? fault : Fault::none;
      };
      start(here);
      ASSERT_TRUE(lock(here));
      EXPECT_TRUE(create(here));
      EXPECT_TRUE(put(here, 0, true));
      EXPECT_TRUE(run(here.store->renew_lock(kTerm)));
      EXPECT_TRUE(run(here.store->release_lock()));
      EXPECT_GT(heads, 6);
      EXPECT_TRUE(lock(here));  // it was free again
    }
  }
}

TEST_F(S3StoreTest, WhateverTheMomentAServerDiesTheNextRunOnTheMachineBringsInWhatWasDone) {
  for (const Fault fault : {Fault::lost_request, Fault::lost_answer}) {
    for (int from = 8; from < 24; ++from) {
      SCOPED_TRACE("from request " + std::to_string(from));
      server_.objects.clear();
      Machine here(loop_, server_);
      // An answer that is lost is the last sign of life.
      here.http.fault = [&](int number, const HttpRequest&) {
        return number < from ? Fault::none : number == from ? fault : Fault::lost_request;
      };
      start(here);
      ASSERT_TRUE(lock(here));
      Names committed;
      if (create(here))
        for (const std::int64_t i : {0, 1, 2, 3, 4})
          if (put(here, i)) committed.push_back("web[" + std::to_string(i) + "]");
      const auto released = run(here.store->release_lock());
      here.store.reset();
      here.http.fault = {};
      clock_.advance(kTerm * 2);
      start(here);
      const auto again = lock(here);
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_EQ(found(), committed);
      EXPECT_TRUE(run(here.store->release_lock()));
      EXPECT_EQ(files(here), Names{".gitignore"});
      for (const Diagnostic& told : here.told) EXPECT_EQ(told.severity, Severity::note);
    }
  }
}

TEST_F(S3StoreTest, WhileTheServerIsGoneWhatWasDoneIsKeptAndNothingIsPromised) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here) && put(here, 0));
  here.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
  EXPECT_TRUE(put(here, 1));
  const auto promised = put(here, 2, true);
  ASSERT_FALSE(promised);
  EXPECT_EQ(promised.error().code, ErrorCode::unavailable);
  EXPECT_EQ(promised.error().message, "the state s3://bucket/prod/jim is out of reach: no answer");
  EXPECT_EQ(promised.error().hint, "see whether http://s3.test is up and run the command again");
  EXPECT_TRUE(put(here, 3));  // what ran goes on to be recorded
  const auto released = run(here.store->release_lock());
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().code, ErrorCode::unavailable);
  ASSERT_EQ(files(here).size(), 2u);
  EXPECT_EQ(released.error().message,
            "3 changes that this run made are in the journal .jim/" + files(here).back() +
                " only: the state s3://bucket/prod/jim is out of reach: no answer");
  EXPECT_EQ(released.error().hint,
            "run jim again in this folder when that is mended: it writes them first; elsewhere the "
            "objects are found again by their marks");
  EXPECT_EQ(found(), Names{"web[0]"});

  here.http.fault = {};
  clock_.advance(kTerm * 2);
  start(here);
  ASSERT_TRUE(lock(here));
  EXPECT_EQ(found(), (Names{"web[0]", "web[1]", "web[2]", "web[3]"}));
  ASSERT_EQ(here.told.size(), 1u);
  EXPECT_TRUE(here.told[0].message.starts_with(
      "3 changes of an earlier run were written from the journal .jim/s3-"))
      << here.told[0].message;
}

/// What a holder is told at its end whose lock was lost after it had made one more change that only
/// its journal has.
class S3LostLockTest : public S3StoreTest {
 protected:
  S3LostLockTest() {
    start(here_);
    auto held = run(HeldLock::acquire(loop_, *here_.store, stop_, {.who = "ann"}, kTerm));
    held_ = std::move(*held);
    EXPECT_TRUE(create(here_));
    here_.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
    EXPECT_TRUE(put(here_, 1));
  }
  Diagnostic told_after(Duration time) {
    run([&]() -> Task<void> { co_await loop_.sleep(time); }());
    EXPECT_TRUE(stop_.requested());
    EXPECT_TRUE(held_->lost());
    const auto released = run(held_->release());
    return released ? Diagnostic{} : released.error();
  }
  std::string journal() {
    for (const std::string& name : files(here_))
      if (name.ends_with(".journal")) return ".jim/" + name;
    return "none";
  }

  Machine here_{loop_, server_};
  StopFlag stop_ = {};
  std::unique_ptr<HeldLock> held_ = {};
};

TEST_F(S3LostLockTest, WhileTheServerIsGoneItSaysWhereWhatWasDoneIsKept) {
  const Diagnostic told = told_after(kTerm * 2);
  EXPECT_EQ(told.code, ErrorCode::unavailable);
  EXPECT_EQ(told.message, "1 change that this run made is in the journal " + journal() +
                              " only: the state s3://bucket/prod/jim is out of reach: no answer");
  EXPECT_EQ(told.hint,
            "run jim again in this folder when that is mended: it writes them first; elsewhere the "
            "objects are found again by their marks");
  here_.http.fault = {};
  start(here_);
  ASSERT_TRUE(lock(here_));
  EXPECT_EQ(found(), Names{"web[1]"});
}

TEST_F(S3LostLockTest, WhereAnotherMachineHoldsItItSaysSoAndWhereWhatWasDoneIsKept) {
  clock_.advance(kTerm * 2);
  Machine there(loop_, server_);
  start(there);
  ASSERT_TRUE(lock(there, "bob@south, process 8"));
  here_.http.fault = {};
  const Diagnostic told = told_after(kTerm);
  EXPECT_EQ(told.code, ErrorCode::conflict);
  EXPECT_TRUE(told.message.starts_with(
      "1 change that this run made is in the journal " + journal() +
      " only: the lock on the state s3://bucket/prod/jim was lost: bob@south, process 8, running "
      "'jim apply' holds it since "))
      << told.message;
  EXPECT_EQ(told.hint,
            "run jim again in this folder when the other run is done: it writes them first, unless "
            "that one has written meanwhile; then the objects are found again by their marks");
}

TEST_F(S3LostLockTest, WhereTheNextRunInTheFolderHasBroughtItInNothingIsOwed) {
  clock_.advance(kTerm * 2);
  here_.http.fault = {};
  const auto next = open_store(loop_, here_.http, settings(here_));
  ASSERT_TRUE(run((*next)->acquire_lock({.who = "bob@north, process 8"}, kTerm)));
  const Diagnostic told = told_after(kTerm);
  EXPECT_EQ(told.code, ErrorCode::conflict);
  EXPECT_TRUE(told.message.starts_with(
      "the lock on the state s3://bucket/prod/jim was lost: bob@north, process 8 holds it since "))
      << told.message;
  EXPECT_EQ(found(), Names{"web[1]"});
}

TEST_F(S3StoreTest, AServerThatComesBackIsGivenEverythingByTheNextPromiseOrRenewal) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  for (const bool by_renewal : {true, false}) {
    here.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
    const std::int64_t first = by_renewal ? 0 : 10;
    EXPECT_TRUE(put(here, first));
    EXPECT_TRUE(put(here, first + 1));
    here.http.fault = {};
    if (by_renewal) {
      EXPECT_TRUE(run(here.store->renew_lock(kTerm)));
    } else {
      EXPECT_TRUE(put(here, first + 2, true));
    }
  }
  EXPECT_EQ(found(), (Names{"web[0]", "web[1]", "web[10]", "web[11]", "web[12]"}));
  EXPECT_TRUE(run(here.store->release_lock()));
}

TEST_F(S3StoreTest, AJournalIsDroppedWhenAnotherRunHasWrittenSince) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here) && put(here, 0));
  here.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
  EXPECT_TRUE(put(here, 1));
  EXPECT_FALSE(run(here.store->release_lock()));
  clock_.advance(kTerm * 2);
  Machine there(loop_, server_);
  start(there);
  ASSERT_TRUE(lock(there, "bob@south, process 8"));
  ASSERT_TRUE(put(there, 7));
  ASSERT_TRUE(run(there.store->release_lock()));

  here.http.fault = {};
  start(here);
  ASSERT_TRUE(lock(here));
  EXPECT_EQ(found(), (Names{"web[0]", "web[7]"}));
  ASSERT_EQ(here.told.size(), 1u);
  EXPECT_EQ(here.told[0].severity, Severity::warning);
  EXPECT_TRUE(here.told[0].message.starts_with("1 change in the journal .jim/s3-"));
  EXPECT_TRUE(here.told[0].message.ends_with(
      "came too late for the state s3://bucket/prod/jim and is dropped: another run has written "
      "since"))
      << here.told[0].message;
  EXPECT_EQ(here.told[0].hint, "objects that they are about are found again by their marks");
}

TEST_F(S3StoreTest, ARunThatOnlyHeldTheLockDoesNotMakeAJournalLate) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  here.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
  EXPECT_TRUE(put(here, 1));
  EXPECT_FALSE(run(here.store->release_lock()));
  clock_.advance(kTerm * 2);
  Machine there(loop_, server_);
  start(there);
  ASSERT_TRUE(lock(there));
  ASSERT_TRUE(run(there.store->release_lock()));
  here.http.fault = {};
  start(here);
  ASSERT_TRUE(lock(here));
  EXPECT_EQ(found(), Names{"web[1]"});
}

TEST_F(S3StoreTest, WhatWasRefusedForALostLockIsNeverWrittenLater) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  clock_.advance(kTerm * 2);
  Machine there(loop_, server_);
  start(there);
  ASSERT_TRUE(lock(there));
  EXPECT_EQ(put(here, 1).error().code, ErrorCode::conflict);
  EXPECT_TRUE(run(here.store->release_lock()));
  ASSERT_TRUE(run(there.store->release_lock()));
  start(here);
  ASSERT_TRUE(lock(here));
  EXPECT_EQ(found(), Names{});
  EXPECT_TRUE(here.told.empty());
}

TEST(S3JournalTest, WhoLostTheJournalToTheNextRunChangesNothingInIt) {
  const TestFolder folder(TestFolder::quick());
  S3Journal before(folder.path("j"), "j");
  S3Journal now(folder.path("j"), "j");
  ASSERT_TRUE(before.take_over("a", [](auto&) {}));
  ASSERT_TRUE(now.take_over("b", [](auto& content) {
    content = {.bases = {"x"}, .pending = {{.name = "y", .text = "t"}}};
  }));
  for (const auto& done :
       {before.append({.name = "z"}, {}), before.clear({}), before.take_back("y")}) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::conflict);
    EXPECT_EQ(done.error().message, "another run has taken the journal j over");
  }
  before.drop();
  const auto left = S3Journal(folder.path("j"), "j").read();
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(left->bases, Names{"x"});
  ASSERT_EQ(left->pending.size(), 1u);
  EXPECT_EQ(left->pending[0].name, "y");
  now.drop();
  EXPECT_FALSE(std::filesystem::exists(folder.path("j")));
}

TEST(S3JournalTest, NobodyAddsToItBetweenItsReadingAndItsTakeover) {
  const TestFolder folder(TestFolder::quick());
  S3Journal before(folder.path("j"), "j");
  S3Journal now(folder.path("j"), "j");
  ASSERT_TRUE(before.take_over("a", [](auto&) {}));
  ASSERT_TRUE(before.append({.name = "y", .text = "t", .commits = 1}, {"x"}));
  const auto other = SqliteDatabase::open(folder.path("j"), "j");
  ASSERT_TRUE(other && (*other)->run("pragma busy_timeout = 0"));
  Names seen;
  const auto taken = now.take_over("b", [&](S3Journal::Content& content) {
    for (const S3Pending& one : content.pending) seen.push_back(one.name);
    EXPECT_FALSE((*other)->run("begin immediate"));
  });
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(seen, Names{"y"});
  EXPECT_EQ(before.append({.name = "z"}, {}).error().code, ErrorCode::conflict);
  EXPECT_EQ(now.read()->pending.size(), 1u);
}

TEST_F(S3StoreTest, ARunThatSleptOverItsTermLeavesTheJournalOfTheNextOne) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  clock_.advance(kTerm * 2);
  const std::unique_ptr<StateStore> slept = std::move(here.store);
  start(here);
  ASSERT_TRUE(lock(here) && run(here.store->load()));
  EXPECT_TRUE(run(slept->release_lock()));
  here.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
  EXPECT_TRUE(put(here, 1));
  here.store.reset();
  here.http.fault = {};
  clock_.advance(kTerm * 2);
  start(here);
  ASSERT_TRUE(lock(here));
  EXPECT_EQ(found(), Names{"web[1]"});
}

TEST_F(S3StoreTest, AfterALostLockNothingThatWaitedGoesIntoTheJournal) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  clock_.advance(kTerm * 2);
  Machine there(loop_, server_);
  start(there);
  ASSERT_TRUE(lock(there));
  const std::size_t before = here.http.sent.size();
  EXPECT_EQ(put_one_after_the_other(here), 0);
  // The second would be without the first, which it stands upon.
  EXPECT_EQ(segments_sent(here, before), 1);
}

TEST_F(S3StoreTest, WithoutAJournalWhatStandsUponALostCommitIsNotWrittenEither) {
  Machine here(loop_, server_);
  std::filesystem::create_symlink("/dev/null", here.folder.path(".jim"));
  start(here);
  ASSERT_TRUE(lock(here) && create(here) && put(here, 0));
  std::size_t lost = 0;  // the number of the first head's request
  here.http.fault = [&](int number, const HttpRequest& request) {
    if (is_head(request) && lost == 0) lost = static_cast<std::size_t>(number);
    return is_head(request) && static_cast<std::size_t>(number) < lost + 2 ? Fault::lost_request
                                                                           : Fault::none;
  };
  const std::size_t before = here.http.sent.size();
  EXPECT_EQ(put_one_after_the_other(here), 0);
  EXPECT_EQ(segments_sent(here, before), 1);
  EXPECT_EQ(found(), Names{"web[0]"});
  ASSERT_TRUE(run(here.store->load()));

  // It arrives after all.
  const auto late = server_.answer(here.http.sent[lost]);
  EXPECT_EQ(late->status, 200);
  const auto refused = put(here, 3);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(refused.error().message,
            "the state s3://bucket/prod/jim has a change that was believed lost");
  EXPECT_TRUE(run(here.store->renew_lock(kTerm)));
  ASSERT_TRUE(run(here.store->load()));
  EXPECT_TRUE(put(here, 4));
  EXPECT_EQ(found(), (Names{"web[0]", "web[1]", "web[4]"}));
}

TEST_F(S3StoreTest, WithoutAPlaceForTheJournalTheStoreSaysSoAndWorks) {
  Machine here(loop_, server_);
  std::filesystem::create_symlink("/dev/null", here.folder.path(".jim"));
  start(here);
  ASSERT_TRUE(lock(here) && create(here) && put(here, 0));
  ASSERT_EQ(here.told.size(), 1u);
  EXPECT_TRUE(here.told[0].message.starts_with("no journal can be kept: ")) << here.told[0].message;
  here.http.fault = [](int, const HttpRequest&) { return Fault::lost_request; };
  EXPECT_EQ(put(here, 1).error().code, ErrorCode::unavailable);
}

// --- segments ---

TEST_F(S3StoreTest, SegmentsStayFewAndWhatIsWrittenAgainToMergeThemStaysLittle) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  std::size_t most = 0;
  for (std::int64_t i = 0; i < 600; ++i) {
    ASSERT_TRUE(run(here.store->commit(record(i, false, 400))));
    most = std::max(most, segments());
  }
  EXPECT_LE(most, 34u);
  EXPECT_EQ(found().size(), 600u);
  std::size_t written = 0;
  for (const HttpRequest& one : here.http.sent)
    if (one.method == "PUT" && one.url.find(".d/") != std::string::npos) written += one.body.size();
  std::size_t kept = 0;
  for (const auto& [key, object] : server_.objects) kept += object.body.size();
  EXPECT_LT(written, 8 * kept);
}

TEST_F(S3StoreTest, CommitsAndRenewalsGoOnWhileSegmentsAreMerged) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  int failed = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t lane) -> Task<void> {
    for (std::int64_t i = 0; i < 60; ++i) {
      auto changes = record(static_cast<std::int64_t>(lane) * 100 + i, i % 3 == 0);
      const auto done = co_await here.store->commit(std::move(changes));
      if (!done) ++failed;
      for (std::size_t pause = 0; pause < lane; ++pause) co_await loop_.yield();
      if (lane != 0) continue;
      const auto renewed = co_await here.store->renew_lock(kTerm);
      if (!renewed) ++failed;
    }
  };
  run(for_each_bounded(loop_, 5, 5, work));
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(found().size(), 300u);
  EXPECT_LT(segments(), 64u);
  EXPECT_TRUE(run(here.store->release_lock()));
}

TEST_F(S3StoreTest, AStateThatIsMostlyOverIsWrittenAnewByTheNextRun) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  for (std::int64_t i = 0; i < 20; ++i)
    ASSERT_TRUE(run(here.store->commit(record(1, false, 40'000))));
  ASSERT_TRUE(run(here.store->release_lock()));
  start(here);
  ASSERT_TRUE(lock(here) && put(here, 2));
  EXPECT_EQ(segments(), 1u);
  EXPECT_EQ(found(), (Names{"web[1]", "web[2]"}));
}

TEST_F(S3StoreTest, AReaderWhoseSegmentsAreMergedAwayReadsAgain) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  for (std::int64_t i = 0; i < 31; ++i) ASSERT_TRUE(put(here, i));
  const auto before = server_.objects;
  ASSERT_TRUE(put(here, 31));
  ASSERT_LT(segments(), 32u);
  const auto after = server_.objects;
  server_.objects = before;
  Machine reader(loop_, server_);
  reader.http.before = [&](const HttpRequest& request) {
    if (request.url.find(".d/") != std::string::npos) server_.objects = after;
  };
  const auto state = run(start(reader).load());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->records.size(), 32u);
}

TEST_F(S3StoreTest, ASegmentThatIsMissingOrCutIsDamage) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  auto segment = std::prev(server_.objects.end());
  const std::string name = segment->first.substr(segment->first.rfind('/') + 1);
  segment->second.body.resize(30);
  EXPECT_EQ(found(), Names{"the state s3://bucket/prod/jim is damaged: the segment " + name +
                           " is not as jim wrote it"});
  server_.objects.erase(segment);
  EXPECT_EQ(found(),
            Names{"the state s3://bucket/prod/jim is damaged: the segment " + name + " is gone"});
}

TEST_F(S3StoreTest, AHeadOfAnotherProgramOrANewerJimIsNotTouched) {
  server_.objects["prod/jim"] = {.body = "{\"version\":4}", .etag = "\"a\""};
  Machine here(loop_, server_);
  start(here);
  EXPECT_EQ(lock(here).error().message,
            "the state s3://bucket/prod/jim is damaged: its head: it has a field that this version "
            "of jim does not know");
  server_.objects["prod/jim"].body = "{\"format\":2,\"more\":1}";
  EXPECT_EQ(lock(here).error().message,
            "the state s3://bucket/prod/jim was written by a newer version of jim: its format is "
            "2, and this version knows up to 1");
  EXPECT_EQ(server_.objects.size(), 1u);
}

TEST_F(S3StoreTest, LeftoversOfRunsBeforeAreRemovedByTheNextLockAndNothingElseIs) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  ASSERT_TRUE(run(here.store->release_lock()));
  const auto old = clock_.wall();
  server_.objects["prod/jim.d/000000000007-0123456789abcdef"] = {.modified = old};
  server_.objects["prod/jim.d/notes.txt"] = {.modified = old};
  clock_.advance(std::chrono::seconds(2));
  server_.objects["prod/jim.d/000000000008-0123456789abcdef"] = {.modified = clock_.wall()};
  ASSERT_TRUE(lock(here));
  EXPECT_FALSE(server_.objects.contains("prod/jim.d/000000000007-0123456789abcdef"));
  EXPECT_TRUE(server_.objects.contains("prod/jim.d/notes.txt"));
  EXPECT_TRUE(server_.objects.contains("prod/jim.d/000000000008-0123456789abcdef"));
  EXPECT_TRUE(run(here.store->load()));
}

TEST_F(S3StoreTest, ADeleteThatArrivesLateHitsNothingThatAHeadLists) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  here.http.fault = [](int, const HttpRequest& request) {
    return is_head(request) ? Fault::lost_request : Fault::none;
  };
  EXPECT_TRUE(put(here, 1));  // its segment is there, and no head lists it
  here.store.reset();
  here.http.fault = {};
  clock_.advance(kTerm * 2);
  const std::size_t before = here.http.sent.size();
  start(here);
  ASSERT_TRUE(lock(here));
  EXPECT_EQ(repeat_deletes(here, before), 1);
  EXPECT_EQ(found(), Names{"web[1]"});
  EXPECT_EQ(segments(), 2u);
}

TEST_F(S3StoreTest, WhatIsListedAlreadyAndStillPendingIsNotMergedAway) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  for (std::int64_t i = 0; i < 31; ++i) ASSERT_TRUE(put(here, i));
  ASSERT_EQ(segments(), 32u);
  // The head is written, and nobody hears of it.
  here.http.fault = [](int, const HttpRequest& request) {
    return !is_head(request)         ? Fault::none
           : request.method == "PUT" ? Fault::lost_answer
                                     : Fault::lost_request;
  };
  ASSERT_TRUE(put(here, 31));
  // The next commit sees it. Its own head is lost; that of the merge would be written.
  clock_.advance(std::chrono::seconds(20));
  int heads = 0;
  bool merging = false;
  here.http.fault = [&](int, const HttpRequest& request) {
    merging = merging || (request.method == "GET" && !is_head(request));
    const bool head = is_head(request) && request.method == "PUT";
    return head && heads++ > 0 && !merging ? Fault::lost_request : Fault::none;
  };
  ASSERT_TRUE(put(here, 32));
  EXPECT_TRUE(merging);
  here.http.fault = {};
  ASSERT_TRUE(put(here, 33, true));
  repeat_deletes(here, 0);
  EXPECT_EQ(found().size(), 34u);
  for (std::int64_t i = 34; i < 80; ++i) ASSERT_TRUE(put(here, i));
  EXPECT_LT(segments(), 64u);  // merged later
  EXPECT_EQ(found().size(), 80u);
}

TEST_F(S3StoreTest, CommitsThatWaitGoTogether) {
  Machine here(loop_, server_);
  start(here);
  ASSERT_TRUE(lock(here) && create(here));
  const std::size_t before = here.http.sent.size();
  int done = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
    const auto saved = co_await here.store->commit(record(static_cast<std::int64_t>(i)));
    if (saved) ++done;
  };
  run(for_each_bounded(loop_, 100, 100, work));
  EXPECT_EQ(done, 100);
  EXPECT_LE(here.http.sent.size() - before, 4u);
}

// --- the server and its clock ---

TEST_F(S3StoreTest, TermsRunByTheServersClockWhateverOursSays) {
  server_.ahead = std::chrono::hours(5);  // more than a signature may be off
  Machine here(loop_, server_);
  start(here);
  const auto mine = lock(here);
  ASSERT_TRUE(mine) << mine.error().message;
  EXPECT_EQ(mine->since, "2026-11-24T17:00:00Z");
  EXPECT_EQ(mine->expires, "2026-11-24T17:01:00Z");
  Machine there(loop_, server_);
  start(there);
  EXPECT_EQ(lock(there).error().message,
            "the state s3://bucket/prod/jim is locked by ann@north, process 7, running 'jim "
            "apply', since 2026-11-24T17:00:00Z; the lock ends at 2026-11-24T17:01:00Z unless it "
            "is renewed");
}

TEST_F(S3StoreTest, AServerThatIgnoresConditionsIsRefusedUnlessTheFileAllowsIt) {
  server_.ignores_conditions = true;
  Machine here(loop_, server_);
  start(here);
  const auto refused = lock(here);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(refused.error().message,
            "the state s3://bucket/prod/jim: http://s3.test ignores 'If-None-Match' on PUT, so two "
            "runs at once could overwrite each other's state");
  EXPECT_EQ(refused.error().hint,
            "use a server that honours it, or say 'unconditional: true' below 'state' and see to "
            "it that no two runs meet");
  StoreSettings allowed = settings(here);
  allowed.unconditional = true;
  here.store = *open_store(loop_, here.http, allowed);
  ASSERT_TRUE(lock(here) && create(here) && put(here, 0));
  Machine there(loop_, server_);
  there.store = *open_store(loop_, there.http, allowed);
  EXPECT_EQ(lock(there).error().code, ErrorCode::conflict);
  EXPECT_TRUE(run(here.store->release_lock()));
  EXPECT_EQ(found(), Names{"web[0]"});
}

TEST_F(S3StoreTest, AWrongSecretIsNamedByItsVariableAndNeverShown) {
  environment_["AWS_SECRET_ACCESS_KEY"] = "canary-7";
  Machine here(loop_, server_);
  const auto state = run(start(here).load());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(state.error().message,
            "the state s3://bucket/prod/jim: GET at http://s3.test was answered by 403 "
            "SignatureDoesNotMatch");
  EXPECT_EQ(state.error().hint,
            "look at AWS_SECRET_ACCESS_KEY: it is not the one of AWS_ACCESS_KEY_ID");
}

TEST_F(S3StoreTest, MistakesInTheSettingsAreNamed) {
  Machine here(loop_, server_);
  const auto error = [&](const StoreSettings& settings) {
    const auto store = open_store(loop_, here.http, settings);
    if (!store) return store.error();
    const auto state = run((*store)->load());
    return state ? Diagnostic{.message = "no error"} : state.error();
  };
  StoreSettings wrong = settings(here);
  for (const char* url : {"s3://bucket", "s3://bucket/", "s3:///key", "s3://bucket/key/"}) {
    wrong.url = url;
    EXPECT_EQ(error(wrong).message,
              "'" + std::string(url) + "' names no bucket and key for the state");
    EXPECT_EQ(error(wrong).hint, "write s3://BUCKET/KEY, such as s3://our-state/prod/jim");
  }
  wrong.url = "s3://b/key";
  EXPECT_THAT(error(wrong).message,
              testing::StartsWith("'s3://b/key' names no bucket that can be"));
  wrong.url = "s3://another/key";
  EXPECT_EQ(error(wrong).code, ErrorCode::invalid_config);
  EXPECT_EQ(error(wrong).message, "there is no bucket 'another' at http://s3.test");
  wrong = settings(here);
  wrong.endpoint = "s3.test";
  EXPECT_EQ(error(wrong).message, "the endpoint 's3.test' is not a URL");
}

TEST_F(S3StoreTest, TheBucketStandsBeforeTheHostAtAwsAndInThePathElsewhere) {
  const auto url_of = [&](const StoreSettings& settings) {
    Machine here(loop_, server_);
    const auto store = open_store(loop_, here.http, settings);
    const auto state = run((*store)->load());
    return state ? "" : here.http.sent.at(0).url;
  };
  Machine any(loop_, server_);
  StoreSettings one = settings(any);
  one.url = "s3://other/a b/jim";
  EXPECT_EQ(url_of(one), "http://s3.test/other/a%20b/jim");
  one.path_style = false;
  EXPECT_EQ(url_of(one), "http://other.s3.test/a%20b/jim");
  one.path_style = std::nullopt;
  one.endpoint.clear();
  EXPECT_EQ(url_of(one), "https://other.s3.us-east-1.amazonaws.com/a%20b/jim");
  environment_["AWS_REGION"] = "eu-north-1";
  EXPECT_EQ(url_of(one), "https://other.s3.eu-north-1.amazonaws.com/a%20b/jim");
  one.url = "s3://dotted.name/jim";
  EXPECT_EQ(url_of(one), "https://s3.eu-north-1.amazonaws.com/dotted.name/jim");
  environment_["AWS_ENDPOINT_URL_S3"] = "http://mine.test:9000/";
  EXPECT_EQ(url_of(one), "http://mine.test:9000/dotted.name/jim");
}

}  // namespace
}  // namespace jim

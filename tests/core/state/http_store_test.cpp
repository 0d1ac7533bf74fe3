#include "core/state/http_store.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/base/digest.h"
#include "core/state/open_store.h"
#include "core/state/server_clock.h"
#include "core/value/json.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/simulated_http_state.h"

namespace jim {
namespace {

constexpr const char* kUrl = "https://state.example/state/demo";
constexpr const char* kPath = "/state/demo";
constexpr const char* kGitlabUrl = "https://git.example/api/v4/projects/7/terraform/state/demo";
constexpr const char* kGitlabPath = "/api/v4/projects/7/terraform/state/demo";
constexpr Duration kTerm = std::chrono::seconds(60);
constexpr const char* kTerraformsLock =
    R"({"ID":"a85b4859-975d-ba10-a78c-d0a6b65ee9f9","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4","Created":"2026-11-22T04:37:38.632509979Z","Path":""})";
constexpr const char* kTerraformsState =
    R"({"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"6f","outputs":{},"resources":[{"type":"terraform_data"}]})";

/// What goes wrong with one request.
enum class Fault {
  none,
  request_lost,
  answer_lost,
  late,
  refused_before,
  refused_after,
  busy,
  forbidden,
  none_there,
  outdated
};

/// A way to the server on which requests fail as a test says.
class FaultyHttp : public Http {
 public:
  explicit FaultyHttp(Http& next) : next_(next) {}
  Task<Result<HttpResponse>> send(HttpRequest request) override {
    methods.push_back(request.method);
    const Fault fault = next_fault ? next_fault(request) : Fault::none;
    if (fault == Fault::request_lost)
      co_return Diagnostic{.code = ErrorCode::unavailable, .message = "the connection ended"};
    if (fault == Fault::late) {
      late.push_back(std::move(request));
      co_return Diagnostic{.code = ErrorCode::unknown_outcome, .message = "no answer"};
    }
    if (fault == Fault::refused_before) co_return reply(500);
    if (fault == Fault::busy) co_return reply(503);
    if (fault == Fault::forbidden) co_return reply(403);
    if (fault == Fault::none_there) co_return reply(404);
    if (fault == Fault::outdated) co_return reply(200, old);
    const std::string method = request.method;
    auto answer = co_await next_.send(std::move(request));
    if (after) after(method);
    if (fault == Fault::answer_lost)
      co_return Diagnostic{.code = ErrorCode::timed_out, .message = "no answer"};
    if (fault == Fault::refused_after) co_return reply(500);
    co_return answer;
  }

  std::function<Fault(const HttpRequest&)> next_fault = {};
  std::function<void(const std::string&)> after = {};  ///< the answer came; told the method
  std::vector<std::string> methods = {};
  std::vector<HttpRequest> late = {};  ///< what is still on its way
  std::string old = {};                ///< what an outdated answer shows

 private:
  Http& next_;
};

/// `fault` happens to the first `times` requests of `method`.
std::function<Fault(const HttpRequest&)> failing(std::string method, Fault fault, int times = 1) {
  return [method = std::move(method), fault, times](const HttpRequest& request) mutable {
    return request.method == method && times-- > 0 ? fault : Fault::none;
  };
}

Batch batch(std::string key, std::string body = "body") {
  Batch made;
  made.changes.push_back({.entry = {.key = std::move(key), .serial = 1, .body = std::move(body)}});
  return made;
}

class HttpStoreTest : public testing::Test {
 protected:
  HttpStoreTest() { loop_.set_poller(&poller_); }

  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  std::unique_ptr<EntryStore> open(const char* url = kUrl) {
    auto opened = open_http(loop_, http_, {.url = url});
    return std::move(*opened);
  }
  Result<LockHolder> lock(EntryStore& store, const char* who) {
    return run(store.acquire_lock({.who = who, .command = "jim apply"}, kTerm));
  }
  std::vector<std::string> keys() {
    std::vector<std::string> found;
    const auto store = open();
    const auto entries = run(store->load({""}));
    if (!entries) return {entries.error().message};
    for (const Entry& one : *entries) found.push_back(one.key);
    return found;
  }
  void bob_comes_and_goes() {
    EventLoop other(clock_);
    SimulatedHttpStateClient client(other, server_);
    const auto next = std::move(*open_http(other, client, {.url = kUrl}));
    EXPECT_TRUE(other.run(next->acquire_lock({.who = "bob"}, kTerm)));
    EXPECT_TRUE(other.run(next->commit(batch("record/bob"))));
    EXPECT_TRUE(other.run(next->release_lock()));
  }
  /// Lets a run begin whose `nth` reading is answered so; what its lock says.
  std::string begin(Fault fault, int nth) {
    const auto store = open();
    http_.next_fault = [=, count = 0](const HttpRequest& request) mutable {
      return request.method == "GET" && ++count == nth ? fault : Fault::none;
    };
    const auto locked = lock(*store, "carol");
    http_.next_fault = {};
    if (!locked) return locked.error().message;
    EXPECT_TRUE(run(store->release_lock()));
    return "locked";
  }
  /// What was given up arrives after all.
  void deliver_late() {
    for (const HttpRequest& one : std::exchange(http_.late, {})) (void)server_.answer(one);
  }
  /// The id of the server's lock, which the document must name, too.
  std::string locked_id(const char* path = kPath) {
    const auto lock = read_lock_info(server_.lock(path));
    const auto document = read_document(server_.document(path), "p");
    if (!lock || !document || !document->lock) return "nothing is locked";
    return document->lock->id == lock->id ? lock->id : "the document names another lock";
  }
  void be(SimulatedHttpState::Habits habits) {
    server_.~SimulatedHttpState();
    new (&server_) SimulatedHttpState(clock_, std::move(habits));
  }

  FakeClock clock_ = {};
  FakePoller poller_{clock_};
  EventLoop loop_{clock_};
  SimulatedHttpState server_{clock_};
  SimulatedHttpStateClient client_{loop_, server_};
  FaultyHttp http_{client_};
};

// --- the document ---

TEST_F(HttpStoreTest, TheDocumentIsAStateOfTerraformsWithoutResources) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  ASSERT_TRUE(run(store->commit(batch("head", "c1 \"x\""))));
  const auto value = parse_json(server_.document(kPath));
  ASSERT_TRUE(value);
  EXPECT_EQ(*value->get("version"), Value(4));
  EXPECT_EQ(*value->get("serial"), Value(2));  // the lock was the first write
  EXPECT_EQ(*value->get("resources"), Value(ValueList()));
  EXPECT_EQ(*value->get("outputs"), Value(ValueMap()));
  EXPECT_EQ(*value->get("terraform_version"), Value("none: this is the state of jim"));
  EXPECT_EQ(value->get("lineage")->as_string().size(), 36u);
  const std::string below = to_json(*value->get("jim"));
  EXPECT_EQ(below.find("\"serial\""), std::string::npos) << below;
}

TEST_F(HttpStoreTest, ADocumentReadsBackAsItWasWritten) {
  HttpDocument document = {.serial = 7, .lineage = "l", .write = "w", .token = 3};
  document.entries["a \"b\""] = {.key = "a \"b\"", .serial = 5, .body = "c1 {\"x\":\"\\n\"}"};
  document.lock = HttpLock{.id = "jim-1s-x", .who = "ann", .term = kTerm};
  document.lock->since = clock_.wall();
  document.lock->renewed = clock_.wall() + Duration(7);
  document.lock->process = {.machine = "m", .pid = 8, .started = "s"};
  const auto read = read_document(write_document(document), "p");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->serial, 7);
  EXPECT_EQ(read->lineage, "l");
  EXPECT_EQ(read->write, "w");
  EXPECT_EQ(read->token, 3);
  EXPECT_EQ(read->entries, document.entries);
  ASSERT_TRUE(read->lock);
  EXPECT_EQ(read->lock->renewed, document.lock->renewed);
  EXPECT_EQ(read->lock->process.machine, "m");
  EXPECT_EQ(write_document(*read), write_document(document));
}

TEST_F(HttpStoreTest, AStateOfTerraformsIsRefusedAndLeftAlone) {
  server_.set_document(kPath, kTerraformsState);
  const auto store = open();
  const auto loaded = run(store->load({""}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(loaded.error().message,
            "what is kept at https://state.example/state/demo is a state of terraform, not of jim");
  EXPECT_EQ(loaded.error().hint, "nothing was written; name another address for the state of jim");
  EXPECT_FALSE(lock(*store, "ann"));
  EXPECT_FALSE(run(store->commit(batch("head"))));
  EXPECT_EQ(server_.document(kPath), kTerraformsState);
  EXPECT_EQ(server_.lock(kPath), "");
}

TEST_F(HttpStoreTest, WhatIsNoJsonIsRefusedAndLeftAlone) {
  server_.set_document(kPath, "<html>log in</html>");
  EXPECT_EQ(lock(*open(), "ann").error().code, ErrorCode::invalid_config);
  EXPECT_EQ(server_.document(kPath), "<html>log in</html>");
}

TEST_F(HttpStoreTest, ADamagedDocumentIsToldApart) {
  for (
      const char* text :
      {R"({"version":4,"jim":{"format":1}})", R"({"version":4,"jim":7})",
       R"({"serial":1,"lineage":"l","jim":{"format":1,"write":"w","token":1,"lock":{},"entries":[]}})",
       R"({"serial":1,"lineage":"l","jim":{"format":1,"write":"w","token":1,"lock":null,"entries":[["a",1]]}})"}) {
    const auto read = read_document(text, "p");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::io) << text;
  }
  EXPECT_EQ(read_document(R"({"jim":{"format":9}})", "p").error().message,
            "the state p was written by a newer version of jim");
}

TEST_F(HttpStoreTest, AServerThatKeepsHalfOfWhatItTakesIsToldOnceAndGetsItsLockBack) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  server_.set_document(kPath, server_.document(kPath).substr(0, 60));
  const auto loaded = run(store->load({""}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::io);
  EXPECT_EQ(loaded.error().message,
            "the state https://state.example/state/demo is damaged: the server did not keep what "
            "it was sent and took");
  EXPECT_EQ(loaded.error().hint,
            "see in the server's log why, and how large a state it takes; until then keep it "
            "elsewhere");
  EXPECT_EQ(run(store->commit(batch("a"))).error().message, loaded.error().message);
  EXPECT_TRUE(run(store->release_lock()));
  EXPECT_EQ(server_.lock(kPath), "");
}

TEST_F(HttpStoreTest, ADocumentThatVanishesUnderItsHolderIsDamage) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  server_.set_document(kPath, "");
  const auto done = run(store->commit(batch("head")));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::io);
  EXPECT_EQ(done.error().hint,
            "put back the last version if the server keeps any; else 'jim state rebuild' makes it "
            "anew from the marks on the objects");
  EXPECT_TRUE(run(store->release_lock()));
  EXPECT_EQ(server_.lock(kPath), "");
}

TEST_F(HttpStoreTest, AnOlderDocumentPutBackUnderItsHolderIsDamage) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  const std::string before = server_.document(kPath);
  ASSERT_TRUE(run(store->commit(batch("head"))));
  server_.set_document(kPath, before);
  const auto done = run(store->commit(batch("record/a")));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::io);
  EXPECT_EQ(done.error().hint,
            "somebody has put another version in its place, past the lock; see which is the latest "
            "before you run the command again");
  // This run never goes on from there. The next one does.
  EXPECT_FALSE(run(store->load({"head"})));
  clock_.advance(kTerm);
  const auto next = open();
  ASSERT_TRUE(lock(*next, "bob"));
  EXPECT_TRUE(run(next->commit(batch("record/b"))));
  EXPECT_EQ(keys(), std::vector<std::string>{"record/b"});
}

TEST_F(HttpStoreTest, AnOlderDocumentIsNotTakenUpAfterAFailedSignOfLife) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  const std::string before = server_.document(kPath);
  ASSERT_TRUE(run(store->commit(batch("head"))));
  server_.set_document(kPath, before);
  clock_.advance(kTerm / 3);
  EXPECT_EQ(run(store->renew_lock(kTerm)).error().code, ErrorCode::io);
  EXPECT_EQ(run(store->commit(batch("record/a"))).error().code, ErrorCode::io);
}

TEST_F(HttpStoreTest, ASignOfLifeThatFailedDoesNotEndTheRun) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  for (const Fault fault : {Fault::request_lost, Fault::answer_lost}) {
    clock_.advance(kTerm / 3);
    // Whether it arrived cannot be read either.
    http_.next_fault = [fault, posted = false](const HttpRequest& request) mutable {
      posted = posted || request.method == "POST";
      return request.method == "POST" ? fault : posted ? Fault::request_lost : Fault::none;
    };
    EXPECT_FALSE(run(store->renew_lock(kTerm)));
    http_.next_fault = {};
    EXPECT_TRUE(run(store->commit(batch("record/a"))));
  }
}

// --- commits ---

TEST_F(HttpStoreTest, CommitsThatWaitTogetherAreOneWrite) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  const int before = server_.writes();
  int done = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
    auto some = batch("record/" + std::to_string(i));
    const auto saved = co_await store->commit(std::move(some));
    if (saved) ++done;
  };
  run(for_each_bounded(loop_, 300, 300, work));
  EXPECT_EQ(done, 300);
  EXPECT_EQ(keys().size(), 300u);
  EXPECT_LE(server_.writes() - before, 2);
}

TEST_F(HttpStoreTest, OfOneKeyInAGroupTheLastCounts) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
    auto some = batch("head", std::to_string(i));
    const auto saved = co_await store->commit(std::move(some));
  };
  run(for_each_bounded(loop_, 9, 9, work));
  EXPECT_EQ(run(store->load({"head"}))->at(0).body, "8");
}

TEST_F(HttpStoreTest, CommitsThatWaitBehindAFailedOneFailWithIt) {
  for (const Fault fault : {Fault::forbidden, Fault::request_lost}) {
    const auto store = open();
    ASSERT_TRUE(lock(*store, "ann"));
    const int tries = fault == Fault::forbidden ? 1 : 6;
    http_.next_fault = failing("POST", fault, tries);
    int done = 0;
    const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
      auto some = batch("record/" + std::to_string(i));
      const auto saved = co_await store->commit(std::move(some));
      if (saved) ++done;
    };
    run(for_each_bounded(loop_, 9, 9, work));
    EXPECT_EQ(done, 0);
    EXPECT_EQ(keys(), std::vector<std::string>());
    // Nor are those that come later written, until it is read what is there.
    EXPECT_TRUE(run(store->renew_lock(kTerm)));
    EXPECT_FALSE(run(store->commit(batch("record/a"))));
    ASSERT_TRUE(run(store->load({"head"})));
    EXPECT_TRUE(run(store->commit(batch("record/b"))));
    EXPECT_EQ(keys(), std::vector<std::string>{"record/b"});
    be({});
  }
}

/// An operation that runs beside the test, and is dropped with this.
struct Beside {
  struct promise_type {
    Beside get_return_object() {
      return Beside(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    [[noreturn]] void unhandled_exception() { std::terminate(); }
    void return_void() {}
  };
  explicit Beside(std::coroutine_handle<promise_type> started) : frame(started) {}
  Beside(Beside&& other) noexcept : frame(std::exchange(other.frame, {})) {}
  ~Beside() {
    if (frame) frame.destroy();
  }
  std::coroutine_handle<promise_type> frame;
};

Beside commit_beside(EntryStore& store, std::string key, std::optional<Result<void>>& outcome) {
  auto some = batch(std::move(key));
  outcome = co_await store.commit(std::move(some));
}

TEST_F(HttpStoreTest, WhoSharesAWriteThatIsDroppedIsToldSo) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  int posts = 0;
  http_.next_fault = [&](const HttpRequest& request) {
    if (request.method == "POST") ++posts;
    return Fault::none;
  };
  std::optional<Result<void>> first, second, third;
  const auto all = [&]() -> Task<void> {
    const Beside one = commit_beside(*store, "a", first);
    std::optional<Beside> two;
    two.emplace(commit_beside(*store, "b", second));  // writes for the third as well
    const Beside three = commit_beside(*store, "c", third);
    while (posts < 2) co_await loop_.yield();
    two.reset();
    while (!third) co_await loop_.yield();
  };
  run(all());
  ASSERT_TRUE(first && third);
  EXPECT_TRUE(*first);
  EXPECT_FALSE(second);
  EXPECT_EQ(third->error().code, ErrorCode::unknown_outcome);
  ASSERT_TRUE(run(store->load({""})));
  EXPECT_TRUE(run(store->commit(batch("d"))));
}

struct FaultCase {
  const char* name;
  const char* method;
  Fault fault;
};

class HttpStoreFaultTest : public HttpStoreTest, public testing::WithParamInterface<FaultCase> {};

TEST_P(HttpStoreFaultTest, ACommitSurvivesItAndIsWrittenOnce) {
  for (const bool gitlab : {false, true}) {
    be({.like_gitlab = gitlab});
    const auto store = open(gitlab ? kGitlabUrl : kUrl);
    ASSERT_TRUE(lock(*store, "ann"));
    http_.next_fault = failing(GetParam().method, GetParam().fault, 3);
    const auto done = run(store->commit(batch("head")));
    http_.next_fault = {};
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(run(store->commit(batch("record/a"))));
    const auto value = parse_json(server_.document(gitlab ? kGitlabPath : kPath));
    ASSERT_TRUE(value);
    EXPECT_EQ(*value->get("serial"), Value(3));
    EXPECT_EQ(run(store->load({""}))->size(), 2u);
  }
}

TEST_P(HttpStoreFaultTest, TakingAndReleasingTheLockSurviveItOnce) {
  for (const bool gitlab : {false, true}) {
    be({.like_gitlab = gitlab});
    const auto store = open(gitlab ? kGitlabUrl : kUrl);
    int locks = 0;
    http_.next_fault = [&](const HttpRequest& request) {
      const bool for_lock = request.url.ends_with("/lock") && request.method != "UNLOCK" &&
                            request.method != "DELETE";
      return for_lock && ++locks == 1 ? GetParam().fault : Fault::none;
    };
    const auto held = lock(*store, "ann");
    http_.next_fault = {};
    ASSERT_TRUE(held) << held.error().message;
    ASSERT_TRUE(run(store->commit(batch("head"))));
    EXPECT_TRUE(run(store->release_lock()));
    EXPECT_EQ(server_.lock(gitlab ? kGitlabPath : kPath), "");
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpStoreFaultTest,
    testing::Values(FaultCase{"LostWrite", "POST", Fault::request_lost},
                    FaultCase{"LostAnswerToAWrite", "POST", Fault::answer_lost},
                    FaultCase{"RefusedBeforeTheEffect", "POST", Fault::refused_before},
                    FaultCase{"RefusedAfterTheEffect", "POST", Fault::refused_after},
                    FaultCase{"Busy", "POST", Fault::busy},
                    FaultCase{"LostReading", "GET", Fault::request_lost},
                    FaultCase{"LostAnswerToAReading", "GET", Fault::answer_lost},
                    FaultCase{"RefusedReading", "GET", Fault::refused_before}),
    [](const testing::TestParamInfo<FaultCase>& one) { return one.param.name; });

TEST_F(HttpStoreTest, AServerThatStaysAwayEndsTheCommitInTime) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  http_.next_fault = failing("POST", Fault::request_lost, 1000);
  const Instant begin = clock_.now();
  const auto done = run(store->commit(batch("head")));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unknown_outcome);
  EXPECT_LT(clock_.now() - begin, std::chrono::minutes(2));
}

TEST_F(HttpStoreTest, AWriteThatIsRefusedIsNotTriedAgain) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  be({.authorization = "Basic x"});
  http_.methods.clear();
  const auto done = run(store->commit(batch("head")));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(http_.methods.size(), 1u);
}

// --- what arrives after it was given up ---

TEST_F(HttpStoreTest, ALateWriteIsKeptOutByALockTakenAnew) {
  for (const bool gitlab : {false, true}) {
    be({.like_gitlab = gitlab});
    const char* path = gitlab ? kGitlabPath : kPath;
    const auto store = open(gitlab ? kGitlabUrl : kUrl);
    ASSERT_TRUE(lock(*store, "ann"));
    const std::string first = locked_id(path);
    std::vector<std::string> ids;
    for (int i = 0; i < 2; ++i) {
      // Once it is given up, the next try comes through.
      http_.next_fault = [late = false](const HttpRequest& request) mutable {
        if (late || request.url.find("?ID=") == std::string::npos) return Fault::none;
        late = true;
        return Fault::late;
      };
      ASSERT_TRUE(run(store->commit(batch("record/" + std::to_string(i)))));
      ids.push_back(locked_id(path));
    }
    http_.next_fault = {};
    EXPECT_TRUE(ids[0].starts_with("jim-60s-") && ids[0] != first) << ids[0];
    EXPECT_TRUE(ids[1].starts_with("jim-60s-") && ids[1] != ids[0]) << ids[1];
    const std::string document = server_.document(path);
    EXPECT_EQ(http_.late.size(), 2u);
    deliver_late();
    EXPECT_EQ(server_.document(path), document);
    ASSERT_TRUE(run(store->commit(batch("record/2"))));
    EXPECT_EQ(run(store->load({""}))->size(), 3u);
    EXPECT_TRUE(run(store->release_lock()));
    EXPECT_EQ(server_.lock(path), "");
  }
}

TEST_F(HttpStoreTest, AWriteThatDidArriveNeedsNoNewLock) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  const std::string first = locked_id();
  http_.next_fault = failing("POST", Fault::answer_lost);
  ASSERT_TRUE(run(store->commit(batch("head"))));
  EXPECT_EQ(locked_id(), first);
  EXPECT_EQ(server_.writes(), 2);
}

TEST_F(HttpStoreTest, AWriteThatArrivesBeforeItIsTriedAgainNeedsNoNewLock) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  const std::string first = locked_id();
  http_.next_fault = [this, gets = 0,
                      fault = failing("POST", Fault::late)](const HttpRequest& request) mutable {
    // Before the commit, after its write was given up, and before the next try.
    if (request.method == "GET" && ++gets == 3) deliver_late();
    return fault(request);
  };
  ASSERT_TRUE(run(store->commit(batch("head"))));
  EXPECT_EQ(locked_id(), first);
  EXPECT_EQ(server_.writes(), 2);
}

TEST_F(HttpStoreTest, AWriteThatArrivesWhileTheLockIsTakenAnewStandsUnderTheNewOne) {
  for (const bool gitlab : {false, true}) {
    be({.like_gitlab = gitlab});
    const char* path = gitlab ? kGitlabPath : kPath;
    const auto store = open(gitlab ? kGitlabUrl : kUrl);
    ASSERT_TRUE(lock(*store, "ann"));
    const std::string first = locked_id(path);
    http_.next_fault = [this, gitlab, late = false](const HttpRequest& request) mutable {
      if (request.method == (gitlab ? "DELETE" : "UNLOCK")) deliver_late();
      if (late || request.url.find("?ID=") == std::string::npos) return Fault::none;
      late = true;
      return Fault::late;
    };
    ASSERT_TRUE(run(store->commit(batch("head"))));
    http_.next_fault = {};
    EXPECT_TRUE(locked_id(path).starts_with("jim-60s-") && locked_id(path) != first)
        << locked_id(path);
    EXPECT_EQ(run(store->load({""}))->size(), 1u);
    EXPECT_TRUE(run(store->release_lock()));
    EXPECT_EQ(server_.lock(path), "");
  }
}

TEST_F(HttpStoreTest, WhoComesInBetweenHasTheLock) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  EventLoop other(clock_);
  SimulatedHttpStateClient client(other, server_);
  const auto next = std::move(*open_http(other, client, {.url = kUrl}));
  http_.next_fault = [&, fault = failing("POST", Fault::late)](const HttpRequest& request) mutable {
    if (request.method == "LOCK") {
      EXPECT_TRUE(other.run(next->acquire_lock({.who = "bob"}, kTerm)));
    }
    return fault(request);
  };
  const auto done = run(store->commit(batch("record/ann")));
  http_.next_fault = {};
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::conflict);
  EXPECT_NE(done.error().message.find("was lost: bob"), std::string::npos) << done.error().message;
  deliver_late();
  EXPECT_TRUE(keys().empty());
  EXPECT_EQ(run(store->commit(batch("record/ann"))).error().code, ErrorCode::conflict);
  EXPECT_TRUE(run(store->release_lock()));
  EXPECT_TRUE(other.run(next->commit(batch("record/bob"))));
  EXPECT_EQ(keys(), std::vector<std::string>{"record/bob"});
}

TEST_F(HttpStoreTest, WhoCameAndWentInBetweenIsNoticed) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  http_.next_fault = [&, fault = failing("POST", Fault::late)](const HttpRequest& request) mutable {
    if (request.method != "LOCK") return fault(request);
    bob_comes_and_goes();
    return Fault::none;
  };
  EXPECT_EQ(run(store->commit(batch("record/ann"))).error().code, ErrorCode::conflict);
  http_.next_fault = {};
  EXPECT_EQ(keys(), std::vector<std::string>{"record/bob"});
}

TEST_F(HttpStoreTest, ALateSignOfLifeIsKeptOutBeforeTheNextCommit) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  clock_.advance(kTerm / 3);
  http_.next_fault = [late = false](const HttpRequest& request) mutable {
    if (request.method == "POST") late = true;
    if (request.method == "POST") return Fault::late;
    return late ? Fault::request_lost : Fault::none;
  };
  EXPECT_EQ(run(store->renew_lock(kTerm)).error().code, ErrorCode::unknown_outcome);
  http_.next_fault = {};
  ASSERT_TRUE(run(store->commit(batch("head"))));
  deliver_late();
  EXPECT_EQ(keys(), std::vector<std::string>{"head"});
  EXPECT_TRUE(run(store->commit(batch("record/a"))));
}

TEST_F(HttpStoreTest, WhatIsLoadedAfterACommitInDoubtStays) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  http_.next_fault = [late = false](const HttpRequest& request) mutable {
    if (request.method == "POST") late = true;
    if (request.method == "POST") return Fault::late;
    return late ? Fault::request_lost : Fault::none;
  };
  EXPECT_EQ(run(store->commit(batch("record/a"))).error().code, ErrorCode::unknown_outcome);
  http_.next_fault = {};
  EXPECT_TRUE(run(store->load({""}))->empty());
  deliver_late();
  EXPECT_TRUE(run(store->load({""}))->empty());
  EXPECT_TRUE(run(store->commit(batch("record/b"))));
  EXPECT_EQ(keys(), std::vector<std::string>{"record/b"});
}

TEST_F(HttpStoreTest, ALockIsTakenAnewThoughItsRequestsAreLost) {
  for (const auto& [method, fault] :
       std::vector<std::pair<std::string, Fault>>{{"UNLOCK", Fault::request_lost},
                                                  {"UNLOCK", Fault::answer_lost},
                                                  {"UNLOCK", Fault::refused_before},
                                                  {"UNLOCK", Fault::late},
                                                  {"LOCK", Fault::request_lost},
                                                  {"LOCK", Fault::answer_lost},
                                                  {"LOCK", Fault::refused_after},
                                                  {"LOCK", Fault::late}}) {
    be({});
    const auto store = open();
    ASSERT_TRUE(lock(*store, "ann"));
    const std::string first = locked_id();
    http_.next_fault = [post = failing("POST", Fault::late),
                        more = failing(method, fault, 2)](const HttpRequest& request) mutable {
      return request.method == "POST" ? post(request) : more(request);
    };
    ASSERT_TRUE(run(store->commit(batch("head")))) << method;
    http_.next_fault = {};
    EXPECT_TRUE(locked_id().starts_with("jim-60s-") && locked_id() != first) << locked_id();
    deliver_late();
    EXPECT_TRUE(run(store->commit(batch("record/a")))) << method;
    EXPECT_EQ(keys().size(), 2u);
    EXPECT_TRUE(run(store->release_lock()));
  }
}

TEST_F(HttpStoreTest, ALateLockThatFindsNoneIsHeld) {
  const auto store = open();
  http_.next_fault = failing("LOCK", Fault::late);
  ASSERT_TRUE(lock(*store, "ann"));
  const std::string first = locked_id();
  const auto late = read_lock_info(http_.late.at(0).body);
  ASSERT_TRUE(late);
  EXPECT_NE(late->id, first);
  // It arrives just when the lock is taken anew.
  http_.next_fault =
      [&, fault = failing("POST", Fault::refused_before)](const HttpRequest& request) mutable {
        if (request.method == "LOCK") deliver_late();
        return fault(request);
      };
  ASSERT_TRUE(run(store->commit(batch("head"))));
  http_.next_fault = {};
  EXPECT_EQ(locked_id(), late->id);
  EXPECT_TRUE(run(store->release_lock()));
  EXPECT_EQ(server_.lock(kPath), "");
}

TEST_F(HttpStoreTest, ALateLockAfterTheRunEndsWithItsTerm) {
  const auto store = open();
  http_.next_fault = failing("LOCK", Fault::late);
  ASSERT_TRUE(lock(*store, "ann"));
  ASSERT_TRUE(run(store->commit(batch("head"))));
  ASSERT_TRUE(run(store->release_lock()));
  deliver_late();
  EXPECT_EQ(lock(*open(), "bob").error().code, ErrorCode::conflict);
  clock_.advance(kTerm);
  EXPECT_TRUE(lock(*open(), "bob"));
  EXPECT_EQ(keys(), std::vector<std::string>{"head"});
}

TEST_F(HttpStoreTest, ALateUnlockLeavesTheNextOnesLock) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  http_.next_fault = failing("UNLOCK", Fault::late);
  EXPECT_FALSE(run(store->release_lock()));
  clock_.advance(kTerm);
  const auto next = open();
  ASSERT_TRUE(lock(*next, "bob"));
  const std::string held = locked_id();
  deliver_late();
  EXPECT_EQ(locked_id(), held);
  EXPECT_TRUE(run(next->commit(batch("head"))));
}

TEST_F(HttpStoreTest, AWriteAndALockAreSentOnce) {
  std::map<std::string, bool> once;
  http_.next_fault = [&](const HttpRequest& request) {
    once[request.method] = request.mutating;
    return Fault::none;
  };
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  EXPECT_TRUE(run(store->release_lock()));
  const std::map<std::string, bool> expected = {
      {"GET", false}, {"POST", true}, {"LOCK", true}, {"UNLOCK", false}};
  EXPECT_EQ(once, expected);
}

// --- locks ---

TEST_F(HttpStoreTest, TheLockIsSentAsTerraformSendsIt) {
  ASSERT_TRUE(lock(*open(), "ann@north, process 7"));
  const auto info = read_lock_info(server_.lock(kPath));
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->id.starts_with("jim-60s-")) << info->id;
  EXPECT_EQ(info->operation, "jim apply");
  EXPECT_EQ(info->who, "ann@north, process 7");
  EXPECT_EQ(info->created, "2026-11-24T12:00:00Z");
  EXPECT_EQ(info->info,
            "jim, replaced by another one 60s after its last sign of life; " + info->id);
  const auto value = parse_json(server_.lock(kPath));
  for (const char* name : {"ID", "Operation", "Info", "Who", "Version", "Created", "Path"})
    EXPECT_NE(value->get(name), nullptr) << name;
}

TEST_F(HttpStoreTest, ALockOfTerraformsIsNamedAndNeverTakenOff) {
  server_.set_lock(kPath, kTerraformsLock);
  clock_.advance(std::chrono::hours(24 * 365));
  const auto held = lock(*open(), "ann");
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::conflict);
  EXPECT_EQ(held.error().message,
            "the state https://state.example/state/demo is locked by root@vm, running "
            "'OperationTypeApply', since 2026-11-22T04:37:38.632509979Z; this lock is not jim's, "
            "and has no end of its own");
  EXPECT_EQ(held.error().hint,
            "wait until it is done; if it died, the tool that took the lock can take it off: "
            "terraform force-unlock a85b4859-975d-ba10-a78c-d0a6b65ee9f9");
  EXPECT_EQ(server_.lock(kPath), kTerraformsLock);
}

TEST_F(HttpStoreTest, TheIdOfAStrangersLockIsOneWordOfTheCommandToPaste) {
  server_.set_lock(kPath, R"({"ID":"abc; rm -rf ~'$x","Who":"eve"})");
  const auto held = lock(*open(), "ann");
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().hint,
            "wait until it is done; if it died, the tool that took the lock can take it off: "
            R"(terraform force-unlock 'abc; rm -rf ~'\''$x')");
}

TEST_F(HttpStoreTest, ALockOfTerraformsIsNotTakenForOursWhereTheServerRepeatsWhatWeSent) {
  be({.like_gitlab = true});
  server_.set_lock(kGitlabPath, kTerraformsLock);
  clock_.advance(std::chrono::hours(24));
  const auto held = lock(*open(kGitlabUrl), "ann");
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().message,
            "the state https://git.example/api/v4/projects/7/terraform/state/demo is locked by "
            "root@vm, since 2026-11-22T04:37:38.632509979Z; this lock is not jim's, and has no end "
            "of its own");
  EXPECT_EQ(server_.lock(kGitlabPath), kTerraformsLock);
}

TEST_F(HttpStoreTest, WhereTheServerNamesNobodyAStrangersLockIsLeftAlone) {
  be({.tells_holder = false});
  server_.set_lock(kPath, kTerraformsLock);
  const auto held = lock(*open(), "ann");
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().message,
            "the state https://state.example/state/demo is locked, and the server does not say by "
            "whom");
}

TEST_F(HttpStoreTest, AJimThatDiedBeforeItsFirstWriteIsReplacedAfterItsTerm) {
  for (const bool gitlab : {false, true}) {
    be({.like_gitlab = gitlab});
    const char* url = gitlab ? kGitlabUrl : kUrl;
    server_.set_lock(
        gitlab ? kGitlabPath : kPath,
        lock_body(new_lock({.who = "bob", .command = "jim apply"}, kTerm, clock_.wall())));
    clock_.advance(kTerm - std::chrono::seconds(1));
    const auto held = lock(*open(url), "ann");
    ASSERT_FALSE(held);
    EXPECT_NE(held.error().message.find("is locked by bob"), std::string::npos)
        << held.error().message;
    EXPECT_EQ(held.error().hint,
              "wait until it is done; if it died, it is replaced when its lock ends");
    clock_.advance(std::chrono::seconds(1));
    EXPECT_TRUE(lock(*open(url), "ann"));
  }
}

TEST_F(HttpStoreTest, AHolderThatEndedOnThisMachineIsReplacedAtOnce) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  std::string document = server_.document(kPath);
  const std::string pid = "\"pid\":" + std::to_string(this_process().pid);
  const std::size_t at = document.find(pid);
  ASSERT_NE(at, std::string::npos) << document;
  EXPECT_FALSE(lock(*open(), "bob"));
  server_.set_document(kPath, document.replace(at, pid.size(), "\"pid\":2147483646"));
  EXPECT_TRUE(lock(*open(), "bob"));
}

TEST_F(HttpStoreTest, ASignOfLifeCountsHoweverOldTheLockIs) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  for (int i = 0; i < 10; ++i) {
    clock_.advance(kTerm / 3);
    ASSERT_TRUE(run(store->renew_lock(kTerm)));
  }
  EXPECT_FALSE(lock(*open(), "bob"));
  clock_.advance(kTerm);
  EXPECT_TRUE(lock(*open(), "bob"));
}

TEST_F(HttpStoreTest, ACommitIsASignOfLifeAndSparesTheNextOne) {
  const auto store = open();
  ASSERT_TRUE(lock(*store, "ann"));
  clock_.advance(kTerm / 2);
  ASSERT_TRUE(run(store->commit(batch("head"))));
  const int writes = server_.writes();
  ASSERT_TRUE(run(store->renew_lock(kTerm)));
  EXPECT_EQ(server_.writes(), writes);
  clock_.advance(kTerm - std::chrono::seconds(1));
  EXPECT_FALSE(lock(*open(), "bob"));
}

/// A machine whose clock is wrong.
class WrongClock : public Clock {
 public:
  WrongClock(const Clock& right, Duration off) : right_(right), off_(off) {}
  Instant now() const override { return right_.now(); }
  std::chrono::system_clock::time_point wall() const override { return right_.wall() + off_; }

 private:
  const Clock& right_;
  Duration off_;
};

TEST_F(HttpStoreTest, MachinesWhoseClocksDifferAgreeAboutTheEndOfATerm) {
  for (const int hours : {-3, 3}) {
    be({});
    WrongClock wrong(clock_, std::chrono::hours(hours));
    EventLoop loop(wrong);
    SimulatedHttpStateClient client(loop, server_);
    const auto far = std::move(*open_http(loop, client, {.url = kUrl}));
    const auto store = open();
    ASSERT_TRUE(lock(*store, "ann"));
    EXPECT_FALSE(loop.run(far->acquire_lock({.who = "bob"}, kTerm)));
    clock_.advance(kTerm + std::chrono::seconds(1));
    EXPECT_TRUE(loop.run(far->acquire_lock({.who = "bob"}, kTerm)));
    clock_.advance(kTerm - std::chrono::seconds(2));
    EXPECT_FALSE(lock(*store, "ann"));
  }
}

TEST_F(HttpStoreTest, AZombieIsRefusedByEveryKindOfServer) {
  for (const SimulatedHttpState::Habits& habits : std::vector<SimulatedHttpState::Habits>{
           {}, {.compares_ids = false}, {.tells_holder = false}, {.like_gitlab = true}}) {
    be(habits);
    const char* url = habits.like_gitlab ? kGitlabUrl : kUrl;
    const auto zombie = open(url);
    ASSERT_TRUE(lock(*zombie, "ann"));
    ASSERT_TRUE(run(zombie->commit(batch("head"))));
    clock_.advance(kTerm);
    const auto next = open(url);
    ASSERT_TRUE(lock(*next, "bob"));
    const auto late = run(zombie->commit(batch("record/late")));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::conflict);
    EXPECT_NE(late.error().message.find("was lost: bob"), std::string::npos);
    EXPECT_TRUE(run(zombie->release_lock()));
    EXPECT_FALSE(lock(*zombie, "ann"));  // bob's lock is still there
    EXPECT_TRUE(run(next->commit(batch("record/b"))));
    EXPECT_EQ(run(next->load({""}))->size(), 2u);
    EXPECT_TRUE(run(next->release_lock()));
    EXPECT_EQ(run(zombie->commit(batch("record/late"))).error().code, ErrorCode::conflict);
  }
}

TEST_F(HttpStoreTest, AWriteThatWaitsWhileTheLockIsTakenIsRefused) {
  // The holder has read and is about to write when another one replaces it.
  const auto zombie = open();
  ASSERT_TRUE(lock(*zombie, "ann"));
  clock_.advance(kTerm);
  bool taken = false;
  http_.next_fault = [&](const HttpRequest& request) {
    if (request.method != "POST" || taken) return Fault::none;
    taken = true;
    EventLoop other(clock_);
    SimulatedHttpStateClient client(other, server_);
    const auto next = std::move(*open_http(other, client, {.url = kUrl}));
    EXPECT_TRUE(other.run(next->acquire_lock({.who = "bob"}, kTerm)));
    return Fault::none;
  };
  const auto late = run(zombie->commit(batch("record/late")));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
  EXPECT_TRUE(keys().empty());
}

TEST_F(HttpStoreTest, AHolderThatStopsForItsTermBeforeAWriteReadsOnceMore) {
  // Where ids are not compared, the next one may have come and gone since it read.
  be({.compares_ids = false});
  const auto zombie = open();
  ASSERT_TRUE(lock(*zombie, "ann"));
  clock_.advance(kTerm / 2);
  bool taken = false;
  http_.after = [&](const std::string& method) {
    if (method != "GET" || std::exchange(taken, true)) return;
    clock_.advance(kTerm * 2 / 3);
    bob_comes_and_goes();
  };
  http_.methods.clear();
  const auto late = run(zombie->commit(batch("record/ann")));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
  EXPECT_EQ(http_.methods, (std::vector<std::string>{"GET", "GET"}));
  EXPECT_EQ(keys(), std::vector<std::string>{"record/bob"});
}

TEST_F(HttpStoreTest, ASignOfLifeThatWasAnsweredLateIsNoFreshOne) {
  // The answer lay in the socket while the process was stopped: the server's date in it is old.
  be({.compares_ids = false});
  const auto zombie = open();
  ASSERT_TRUE(lock(*zombie, "ann"));
  http_.after = [&](const std::string& method) {
    if (method == "POST") clock_.advance(kTerm);
  };
  EXPECT_FALSE(run(zombie->commit(batch("record/ann"))));
  http_.after = {};
  const auto next = open();
  ASSERT_TRUE(lock(*next, "bob"));
  const auto renewed = run(zombie->renew_lock(kTerm));
  ASSERT_FALSE(renewed);
  EXPECT_EQ(renewed.error().code, ErrorCode::conflict);
}

TEST_F(HttpStoreTest, AHolderThatStopsForItsTermInAWriteGoesNoFurther) {
  // Where ids are not compared, the next one may have come and gone.
  be({.compares_ids = false});
  const auto zombie = open();
  ASSERT_TRUE(lock(*zombie, "ann"));
  http_.next_fault = [&](const HttpRequest& request) {
    if (request.method == "POST") clock_.advance(kTerm);
    return Fault::none;
  };
  const auto done = run(zombie->commit(batch("record/ann")));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::conflict);
}

TEST_F(HttpStoreTest, AServerWithoutLocksIsRefused) {
  for (const int status : {404, 405, 501}) {
    FakeHttp http([&](const HttpRequest& request) -> Result<HttpResponse> {
      return reply(request.method == "GET" ? 404 : status);
    });
    const auto store =
        std::move(*open_http(loop_, http, {.url = std::string(kUrl) + "?token=Canary-1"}));
    const auto held = lock(*store, "ann");
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::invalid_config);
    EXPECT_EQ(held.error().message,
              "the server of the state https://state.example/state/demo does not know how to lock "
              "it: LOCK https://state.example/state/demo/lock was answered with status " +
                  std::to_string(status));
  }
}

TEST_F(HttpStoreTest, ATermlessEmptyPlaceIsLoadedInEveryWriting) {
  for (const auto& nothing : std::vector<std::pair<int, std::string>>{
           {404, "not found"}, {204, ""}, {200, ""}, {200, "\n"}}) {
    FakeHttp http([&](const HttpRequest&) -> Result<HttpResponse> {
      return reply(nothing.first, nothing.second);
    });
    const auto store = std::move(*open_http(loop_, http, {.url = kUrl}));
    const auto entries = run(store->load({""}));
    ASSERT_TRUE(entries);
    EXPECT_TRUE(entries->empty());
  }
}

// --- the way in ---

TEST_F(HttpStoreTest, UserAndPasswordOfTheUrlAreSentAndNeverShown) {
  be({.authorization = "Basic " + base64_encode("ann:Canary/1")});
  const auto store = open("https://ann:Canary%2F1@state.example/state/demo");
  EXPECT_EQ(store->place(), kUrl);
  EXPECT_TRUE(lock(*store, "ann"));
}

TEST_F(HttpStoreTest, AWrongPasswordIsToldWithTheSettingToMend) {
  FakeHttp http([&](const HttpRequest& request) -> Result<HttpResponse> {
    EXPECT_TRUE(request.headers[0].secret);
    return reply(401, R"({"message":"no such user: ann:Canary-1 \u001b[2J)" +
                          base64_encode("ann:Canary-1") + "\"}");
  });
  const auto store = std::move(
      *open_http(loop_, http, {.url = kUrl, .user = "ann", .password = Secret("Canary-1")}));
  const auto held = lock(*store, "ann");
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(held.error().message,
            "reading the state https://state.example/state/demo was answered with status 401 (no "
            "such user: ann:(sensitive) \\x1b[2J(sensitive))");
  EXPECT_EQ(held.error().hint,
            "check 'user' and 'password' below 'state' in the file, and what this user may do");
}

TEST_F(HttpStoreTest, ATokenInTheQueryIsNotShownThoughTheServerRepeatsIt) {
  FakeHttp http([&](const HttpRequest&) -> Result<HttpResponse> {
    return reply(400, R"({"message":"Canary%2F123 and Canary/123 are unknown to dev"})");
  });
  const std::string url = std::string(kUrl) + "?env=dev&private_token=Canary%2F123";
  const auto store = std::move(*open_http(loop_, http, {.url = url}));
  EXPECT_EQ(run(store->load({""})).error().message,
            "reading the state https://state.example/state/demo was answered with status 400 "
            "((sensitive) and (sensitive) are unknown to dev)");
}

TEST(HttpPlaceTest, ValuesOfEveryQueryAreSecretUnlessTheyAreShort) {
  const auto place = http_place({.url = "https://h/a?x=short&t=Canary-01&Canary-02",
                                 .lock_url = "https://h/l?t=Canary-03",
                                 .unlock_url = "https://h/u?t=Canary-04"});
  ASSERT_TRUE(place);
  const std::set<std::string> secrets(place->secrets.begin(), place->secrets.end());
  EXPECT_EQ(secrets, (std::set<std::string>{"Canary-01", "Canary-02", "Canary-03", "Canary-04"}));
}

TEST_F(HttpStoreTest, WithoutAUserTheSettingsAreNamed) {
  FakeHttp http([&](const HttpRequest&) -> Result<HttpResponse> { return reply(403); });
  const auto store = std::move(*open_http(loop_, http, {.url = kUrl}));
  EXPECT_EQ(run(store->load({""})).error().hint,
            "say 'user' and 'password' below 'state' in the file");
}

TEST(HttpPlaceTest, LockAndUnlockAreBesideTheDocument) {
  const auto place = http_place({.url = "https://h:8443/a/b?x=1"});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->lock_url, "https://h:8443/a/b/lock?x=1");
  EXPECT_EQ(place->unlock_url, place->lock_url);
  EXPECT_EQ(place->shown, "https://h:8443/a/b");
  EXPECT_EQ(with_query(place->url, "ID", "a b"), "https://h:8443/a/b?x=1&ID=a%20b");
}

TEST(HttpPlaceTest, SettingsNameOtherAddressesAndMethods) {
  const auto place = http_place({.url = "https://h/a",
                                 .lock_url = "https://h/l",
                                 .unlock_url = "https://u:p@h/u",
                                 .update_method = "PUT",
                                 .lock_method = "POST",
                                 .unlock_method = "DELETE"});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->lock_url, "https://h/l");
  EXPECT_EQ(place->unlock_url, "https://h/u");
  EXPECT_EQ(place->update_method, "PUT");
  EXPECT_EQ(place->lock_method, "POST");
  EXPECT_EQ(place->unlock_method, "DELETE");
}

TEST(HttpPlaceTest, GitlabsMethodsAreKnown) {
  const auto place = http_place({.url = kGitlabUrl});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->lock_method, "POST");
  EXPECT_EQ(place->unlock_method, "DELETE");
}

TEST(HttpPlaceTest, PlainHttpIsForThisMachineOnly) {
  for (const char* url : {"http://127.0.0.1:8000/s", "http://localhost/s", "http://[::1]:80/s"})
    EXPECT_TRUE(http_place({.url = url})) << url;
  for (const char* url : {"http://10.0.0.1/s", "http://127.evil.example/s", "http://state/s"}) {
    const auto place = http_place({.url = url});
    ASSERT_FALSE(place) << url;
    EXPECT_EQ(place.error().message,
              "state would travel unprotected to '" + std::string(url) + "'");
    EXPECT_EQ(place.error().hint, "use https; plain http is for servers on this machine");
  }
}

TEST(HttpPlaceTest, WhatIsNoUrlIsRefusedWithoutShowingAPassword) {
  for (const char* url : {"https://", "https:///x", "https://ann:Canary@/x", "https://h/a b",
                          "https://h/a#b", "https://:80/x"}) {
    const auto place = http_place({.url = url});
    ASSERT_FALSE(place) << url;
    EXPECT_EQ(place.error().message.find("Canary"), std::string::npos) << place.error().message;
  }
}

// --- answers that are not to be built upon ---

TEST_F(HttpStoreTest, AStateThatWasThereAMomentAgoIsNotMadeAnew) {
  bob_comes_and_goes();
  const std::string before = server_.document(kPath);
  EXPECT_EQ(begin(Fault::none_there, 2),
            "the server of the state https://state.example/state/demo had it a moment ago, number "
            "3, and now shows none; nothing was written");
  EXPECT_EQ(server_.document(kPath), before);
  EXPECT_EQ(server_.lock(kPath), "");
  EXPECT_EQ(begin(Fault::none, 0), "locked");
  EXPECT_EQ(keys(), (std::vector<std::string>{"record/bob"}));
}

TEST_F(HttpStoreTest, AnOlderStateThanAMomentAgoIsNotBuiltUpon) {
  bob_comes_and_goes();
  http_.old = server_.document(kPath);
  bob_comes_and_goes();
  const std::string before = server_.document(kPath);
  EXPECT_EQ(begin(Fault::outdated, 2),
            "the server of the state https://state.example/state/demo had it a moment ago, number "
            "6, and now shows an older one, number 3; nothing was written");
  EXPECT_EQ(server_.document(kPath), before);
}

TEST_F(HttpStoreTest, NoneIsAskedForOnceMoreBeforeAStateIsMade) {
  bob_comes_and_goes();
  const auto store = open();
  http_.next_fault = failing("GET", Fault::none_there, 2);
  ASSERT_TRUE(lock(*store, "carol"));
  EXPECT_EQ(keys(), (std::vector<std::string>{"record/bob"}));
}

TEST_F(HttpStoreTest, UnderTheLockAStateThatIsGoneIsNotAnEmptyOne) {
  bob_comes_and_goes();
  const auto store = open();
  ASSERT_TRUE(lock(*store, "carol"));
  http_.next_fault = failing("GET", Fault::none_there);
  const auto loaded = run(store->load({""}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(
      loaded.error().message,
      "the state https://state.example/state/demo is damaged: the server does not have it any "
      "more");
}

TEST_F(HttpStoreTest, UnderTheLockAnOlderStateIsNeverRead) {
  bob_comes_and_goes();
  http_.old = server_.document(kPath);
  const auto store = open();
  ASSERT_TRUE(lock(*store, "carol"));
  ASSERT_TRUE(run(store->commit(batch("record/carol"))));
  http_.next_fault = failing("GET", Fault::outdated);
  const auto loaded = run(store->load({""}));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message,
            "the server of the state https://state.example/state/demo had it a moment ago, number "
            "5, and now shows an older one, number 3; nothing was written");
}

}  // namespace
}  // namespace jim

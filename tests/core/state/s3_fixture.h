#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/state/open_store.h"
#include "tests/core/state/store_contract.h"
#include "tests/core/state/test_folder.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/simulated_s3.h"

namespace jim {

/// A client's way to a simulated server that a test can break.
class BreakableHttp : public Http {
 public:
  enum class Fault { none, lost_request, lost_answer, error_before, error_after, busy };

  BreakableHttp(EventLoop& loop, SimulatedS3& server) : loop_(loop), server_(server) {}

  /// The fault of a request and its number; the first is 0.
  std::function<Fault(int, const HttpRequest&)> fault = {};
  /// Called before each request arrives.
  std::function<void(const HttpRequest&)> before = {};
  std::vector<HttpRequest> sent = {};

  Task<Result<HttpResponse>> send(HttpRequest request) override {
    co_await loop_.yield();
    const Fault now = fault ? fault(static_cast<int>(sent.size()), request) : Fault::none;
    sent.push_back(request);
    if (before) before(request);
    const Diagnostic silence = {.code = ErrorCode::unavailable, .message = "no answer"};
    if (now == Fault::lost_request) co_return silence;
    if (now == Fault::error_before) co_return HttpResponse{.status = 500};
    if (now == Fault::busy) co_return HttpResponse{.status = 503};
    auto answer = server_.answer(request);
    if (now == Fault::lost_answer) co_return silence;
    if (now == Fault::error_after) co_return HttpResponse{.status = 500};
    co_return answer;
  }

 private:
  EventLoop& loop_;
  SimulatedS3& server_;
};

/// Machines with jim on them, and one server.
class S3StoreTest : public testing::Test {
 protected:
  static constexpr Duration kTerm = std::chrono::seconds(60);
  static constexpr const char* kUrl = "s3://bucket/prod/jim";

  S3StoreTest() { loop_.set_poller(&poller_); }

  struct Machine {
    Machine(EventLoop& loop, SimulatedS3& server) : http(loop, server) {}
    TestFolder folder{TestFolder::quick()};
    BreakableHttp http;
    std::vector<Diagnostic> told = {};
    std::unique_ptr<StateStore> store = {};
  };

  StoreSettings settings(Machine& machine) {
    StoreSettings settings = {
        .url = kUrl, .root = machine.folder.path(""), .endpoint = SimulatedS3::kEndpoint};
    settings.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    };
    settings.tell = [&machine](const Diagnostic& told) { machine.told.push_back(told); };
    return settings;
  }
  /// A new run of jim there.
  StateStore& start(Machine& machine) {
    machine.store = *open_store(loop_, machine.http, settings(machine));
    return *machine.store;
  }
  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  Result<LockHolder> lock(Machine& machine, const char* who = "ann@north, process 7") {
    return run(machine.store->acquire_lock({.who = who, .command = "jim apply"}, kTerm));
  }
  Result<void> create(Machine& machine) {
    return run(machine.store->create(
        {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"}));
  }
  static std::vector<RecordChange> record(std::int64_t number, bool promise = false,
                                          std::size_t filler = 0) {
    std::vector<RecordChange> changes(1);
    changes[0].record = {.address = {.name = "web", .key = number}, .type = "latitude.server"};
    if (promise)
      changes[0].record.intent = Intent{.action = "create", .mark = "m"};
    else
      changes[0].record.id = "sv";
    if (filler > 0) changes[0].record.attributes.set("filler", std::string(filler, 'x'));
    return changes;
  }
  Result<void> put(Machine& machine, std::int64_t number, bool promise = false) {
    return run(machine.store->commit(record(number, promise)));
  }
  /// What a newcomer reads, who is on another machine.
  std::vector<std::string> found() {
    Machine other(loop_, server_);
    const auto state = run(start(other).load());
    if (!state) return {state.error().message};
    std::vector<std::string> addresses;
    for (const Record& one : state->records) addresses.push_back(one.address.text());
    return addresses;
  }
  /// Commits 1 and, while that is under way, 2; how many were done.
  int put_one_after_the_other(Machine& machine) {
    int done = 0;
    const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
      for (std::size_t pause = 0; pause < 2 * i; ++pause) co_await loop_.yield();
      auto changes = record(static_cast<std::int64_t>(i) + 1, true);
      const auto saved = co_await machine.store->commit(std::move(changes));
      if (saved) ++done;
    };
    run(for_each_bounded(loop_, 2, 2, work));
    return done;
  }
  /// How many segments were sent from the request numbered `from` on.
  int segments_sent(const Machine& machine, std::size_t from) const {
    int sent = 0;
    for (std::size_t i = from; i < machine.http.sent.size(); ++i) {
      const HttpRequest& request = machine.http.sent[i];
      if (request.method == "PUT" && request.url.find(".d/") != std::string::npos) ++sent;
    }
    return sent;
  }
  /// The server gets each DELETE from the request numbered `from` on once more; how many they are.
  int repeat_deletes(const Machine& machine, std::size_t from) {
    int repeated = 0;
    for (std::size_t i = from; i < machine.http.sent.size(); ++i) {
      const HttpRequest& request = machine.http.sent[i];
      if (request.method != "DELETE") continue;
      const auto gone = server_.answer(request);
      EXPECT_EQ(gone->status, 204);
      ++repeated;
    }
    return repeated;
  }
  std::size_t segments() const { return server_.objects.size() - 1; }

  FakeClock clock_ = {};
  FakePoller poller_{clock_};
  EventLoop loop_{clock_};
  SimulatedS3 server_{clock_};
  std::map<std::string, std::string> environment_ = {
      {"AWS_ACCESS_KEY_ID", SimulatedS3::kAccessKey},
      {"AWS_SECRET_ACCESS_KEY", SimulatedS3::kSecretKey}};
};

}  // namespace jim

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/provider/rest_provider.h"
#include "core/value/json.h"
#include "tests/core/provider/acme.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"

namespace jim {

/// What happened, in order: requests as `POST /machines`, the journal's notes as `intent`, `id
/// m-1`.
using Log = std::vector<std::string>;

/// FakeHttp that notes every request's method and path.
class LoggedHttp : public FakeHttp {
 public:
  explicit LoggedHttp(Log& log) : log_(log) {}
  LoggedHttp(Log& log, Handler handler) : FakeHttp(std::move(handler)), log_(log) {}

  Task<Result<HttpResponse>> send(HttpRequest request) override {
    if (!request.must_not_leave())
      log_.push_back(request.method + " " + request.url.substr(request.url.find('/', 8)));
    co_return co_await FakeHttp::send(std::move(request));
  }

 private:
  Log& log_;
};

/// A journal that keeps everything, and can fail to.
class Diary : public Journal {
 public:
  explicit Diary(Log& log) : log_(log) {}

  Task<Result<void>> note_intent(const Intent& intent) override {
    log_.push_back("intent");
    intents.push_back(intent);
    if (failure && !fail_on_id) co_return *failure;
    co_return Result<void>();
  }
  Task<Result<void>> record_id(const std::string& new_id) override {
    log_.push_back("id " + new_id);
    id = new_id;
    if (failure && fail_on_id) co_return *failure;
    co_return Result<void>();
  }
  void progress(const std::string& what) override { told.push_back(what); }

  std::vector<Intent> intents = {};
  std::string id = {};
  std::vector<std::string> told = {};
  std::optional<Diagnostic> failure = {};
  bool fail_on_id = false;

 private:
  Log& log_;
};

/// Attributes of an acme.machine.
inline ValueMap machine(const std::string& name, const std::string& plan = "small") {
  ValueMap attributes;
  attributes.set("name", name);
  attributes.set("plan", plan);
  return attributes;
}

/// The mark that the tests write: `jim:line:chat:web`.
inline Mark mark_of(const std::string& address) {
  return {.lineage = "line", .project = "chat", .address = address};
}

/// An account at acme: a scripted network, a clock that moves when someone sleeps.
class AccountTest : public testing::Test {
 protected:
  AccountTest() { loop_.set_poller(&poller_); }

  void open(const Acme& acme, double time_scale = 1) {
    http_.emplace(log_);
    connect(acme, time_scale);
  }
  void open(const Acme& acme, FakeHttp::Handler handler, double time_scale = 1) {
    http_.emplace(log_, std::move(handler));
    connect(acme, time_scale);
  }

  const ResourceType& type() const { return provider_->types().front(); }

  /// The next request of the script, and its answer.
  void expect(const std::string& method, const std::string& path, Result<HttpResponse> answer,
              std::optional<std::string> body = std::nullopt) {
    http_->expect(method, "https://acme.example" + path, std::move(answer), std::move(body));
  }
  /// The same, answered by a reply that never comes.
  void expect_lost(const std::string& method, const std::string& path) {
    expect(method, path, lost());
  }
  static Result<HttpResponse> lost() {
    return Diagnostic{.code = ErrorCode::unknown_outcome, .message = "no answer came"};
  }

  Result<Object> create(const ValueMap& attributes, const std::string& address = "web") {
    const CreateRequest request = {.type = &type(),
                                   .attributes = attributes,
                                   .mark = mark_of(address),
                                   .fingerprint = "print",
                                   .timeout = timeout_};
    return loop_.run(provider_->create(request, diary_));
  }
  Result<Object> update(const ValueMap& attributes, const std::vector<std::string>& changed,
                        const std::string& id = "m-1") {
    const UpdateRequest request = {.type = &type(),
                                   .id = id,
                                   .attributes = attributes,
                                   .changed = changed,
                                   .mark = mark_of("web"),
                                   .timeout = timeout_};
    return loop_.run(provider_->update(request, diary_));
  }
  Result<void> remove(const std::string& id = "m-1") {
    return loop_.run(provider_->remove(type(), id, diary_, timeout_));
  }
  Result<void> set_mark(const Mark& mark, const std::string& id = "m-1") {
    return loop_.run(provider_->set_mark(type(), id, mark));
  }

  std::size_t sent(const std::string& what) const {
    return static_cast<std::size_t>(std::count(log_.begin(), log_.end(), what));
  }
  double seconds() const { return std::chrono::duration<double>(clock_.now()).count(); }

  FakeClock clock_ = {};
  FakePoller poller_{clock_};
  EventLoop loop_{clock_};
  Log log_ = {};
  Diary diary_{log_};
  std::optional<LoggedHttp> http_ = {};
  std::unique_ptr<Provider> provider_ = {};
  std::optional<Duration> timeout_ = {};  ///< of what is asked for

 private:
  void connect(const Acme& acme, double time_scale) {
    ProviderSettings settings = {.name = "acme", .time_scale = time_scale};
    settings.config.set("token", Value("s3cret-token").as_secret());
    auto made = RestProvider::make(acme.compiled(), std::move(settings), *http_, loop_);
    ASSERT_TRUE(made) << made.error().message;
    provider_ = *std::move(made);
  }
};

/// `message | hint`, or "done".
template <class T>
std::string outcome(const Result<T>& result) {
  if (result) return "done";
  const Diagnostic& error = result.error();
  return error.message + (error.hint.empty() ? "" : " | " + error.hint);
}

template <class T>
std::optional<ErrorCode> code(const Result<T>& result) {
  return result ? std::nullopt : std::optional<ErrorCode>(result.error().code);
}

}  // namespace jim

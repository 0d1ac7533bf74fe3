#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

/// A vendor whose machines take a while: built so long after the request, and gone so long after
/// the deletion.
class SlowVendor {
 public:
  explicit SlowVendor(const Clock& clock) : clock_(clock) {}

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = request.url.substr(std::string("https://acme.example").size());
    if (request.method == "POST") return create();
    if (request.method == "DELETE") return remove(path.substr(10));
    if (path == "/machines") return list();
    ++reads;
    const auto found = machines_.find(path.substr(10));
    if (found == machines_.end() || gone(found->second)) return reply(404);
    return reply(200, R"({"machine":)" + shown(found->first) + "}");
  }

  int reads = 0;
  int lists = 0;

 private:
  struct Machine {
    Instant made = {};
    std::optional<Instant> deleted = {};
  };

  Result<HttpResponse> create() {
    const std::string id = fmt::format("m-{:03}", machines_.size() + 1);
    machines_[id] = {.made = clock_.now()};
    return reply(201, R"({"machine":)" + shown(id) + "}");
  }
  Result<HttpResponse> remove(const std::string& id) {
    machines_[id].deleted = clock_.now();
    return reply(204);
  }
  Result<HttpResponse> list() {
    ++lists;
    std::string all;
    for (const auto& [id, machine] : machines_) {
      if (!gone(machine)) all += (all.empty() ? "" : ",") + shown(id);
    }
    return reply(200, R"({"machines":[)" + all + "]}");
  }
  bool gone(const Machine& machine) const {
    return machine.deleted && clock_.now() - *machine.deleted >= std::chrono::minutes(2);
  }
  std::string shown(const std::string& id) const {
    const bool built = clock_.now() - machines_.at(id).made >= std::chrono::minutes(5);
    return fmt::format(R"({{"id":"{}","name":"web","state":"{}"}})", id, built ? "on" : "building");
  }

  const Clock& clock_;
  std::map<std::string, Machine> machines_ = {};
};

class SharedListTest : public AccountTest {
 protected:
  void open_slow(const Acme& acme) {
    open(acme, [this](const HttpRequest& request) { return vendor_.answer(request); });
    http_->set_latency(loop_, std::chrono::milliseconds(200));
  }

  /// Runs the work for every index, 3 s apart from each other.
  void spread(std::size_t count, const std::function<Task<void>(std::size_t)>& work) {
    const std::function<Task<void>(std::size_t)> later = [&](std::size_t i) -> Task<void> {
      co_await loop_.sleep(std::chrono::milliseconds(37) * i);
      co_await work(i);
    };
    loop_.run(for_each_bounded(loop_, count, count, later));
  }

  void create_many(std::size_t count) {
    spread(count, [this](std::size_t) -> Task<void> {
      const CreateRequest request = {
          .type = &type(), .attributes = machine("web"), .mark = mark_of("web")};
      const auto made = co_await provider_->create(request, diary_);
      EXPECT_TRUE(made) << outcome(made);
      if (made) ids_.push_back(made->id);
    });
  }

  SlowVendor vendor_{clock_};
  std::vector<std::string> ids_ = {};
};

TEST_F(SharedListTest, OneThatWaitsReadsItsOwnObject) {
  open_slow(Acme());
  create_many(1);
  EXPECT_EQ(vendor_.lists, 0);
  EXPECT_GT(vendor_.reads, 50);
}

TEST_F(SharedListTest, ManyThatWaitCostOneListPerPoll) {
  open_slow(Acme());
  create_many(200);
  EXPECT_EQ(ids_.size(), 200U);
  // Five minutes and the seconds of starting at a poll of 5 s: some 65 lists, and closer ones at
  // first.
  EXPECT_LT(vendor_.lists, 110);
  EXPECT_LT(vendor_.reads, 20);
}

TEST_F(SharedListTest, ManyThatGoCostOneListPerPollAndOneReadEach) {
  open_slow(Acme());
  create_many(100);
  vendor_.lists = 0;
  vendor_.reads = 0;
  spread(100, [this](std::size_t i) -> Task<void> {
    const auto gone = co_await provider_->remove(type(), ids_[i], diary_, {});
    EXPECT_TRUE(gone) << outcome(gone);
  });
  EXPECT_LT(vendor_.lists, 60);
  EXPECT_LT(vendor_.reads, 120);  // only a 404 means absent
}

TEST_F(SharedListTest, ATypeWithoutAReadTakesTheListsWordForAbsence) {
  open_slow(Acme().with("read", "list"));
  create_many(50);
  EXPECT_EQ(vendor_.reads, 0);
  EXPECT_LT(vendor_.lists, 110);
  vendor_.lists = 0;
  spread(50, [this](std::size_t i) -> Task<void> {
    const auto gone = co_await provider_->remove(type(), ids_[i], diary_, {});
    EXPECT_TRUE(gone) << outcome(gone);
  });
  EXPECT_EQ(vendor_.reads, 0);
  EXPECT_LT(vendor_.lists, 60);
}

TEST_F(SharedListTest, WaitersForgiveAFewFailedLists) {
  int failures = 0;
  open(Acme(), [&](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.url.ends_with("/machines") && request.method == "GET" && failures < 4) {
      ++failures;
      return reply(503);
    }
    return vendor_.answer(request);
  });
  create_many(20);
  EXPECT_EQ(failures, 4);
  EXPECT_EQ(ids_.size(), 20U);
}

}  // namespace
}  // namespace jim

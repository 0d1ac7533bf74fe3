#include <fmt/format.h>

#include <random>
#include <set>

#include "core/provider/identify.h"
#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

/// How long a request may go on at the vendor's, and its object be missing from lists.
constexpr Duration kVisibleWithin = std::chrono::seconds(20);

constexpr Duration kQuick = std::chrono::milliseconds(300);
constexpr Duration kSlow = std::chrono::seconds(8);

/// A small vendor that loses answers before and after they had their effect, fails, is slow, and
/// shows new objects late; all as the seed says.
class FaultyVendor {
 public:
  FaultyVendor(const Clock& clock, unsigned seed, bool unique_names)
      : clock_(clock),
        dice_(seed),
        faults_(static_cast<unsigned>(dice_() % 60)),
        unique_names_(unique_names) {}

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = request.url.substr(std::string("https://acme.example").size());
    if (request.method == "POST") return create(*parse_json(request.body));
    if (request.method == "PATCH") return write(path.substr(10), *parse_json(request.body));
    if (faulty_ && rolls(faults_)) return rolls(50) ? failure(ErrorCode::timed_out) : reply(503);
    if (path == "/machines") return list();
    const Machine* machine = find(path.substr(10));
    const bool shown = machine != nullptr && visible(*machine);
    return shown ? reply(200, fmt::format(R"({{"machine":{}}})", text(*machine))) : reply(404);
  }

  /// Of one answer: mostly quick, now and then slow.
  Duration latency() { return rolls(80) ? up_to(kQuick) : up_to(kSlow); }
  void heal() { faulty_ = false; }
  std::set<std::string> ids() const {
    std::set<std::string> all;
    for (const Machine& machine : machines_) all.insert(machine.id);
    return all;
  }

 private:
  struct Machine {
    std::string id = {};
    std::string name = {};
    std::string note = {};
    Instant visible = {};
  };

  bool rolls(unsigned percent) { return dice_() % 100 < percent; }
  Duration up_to(Duration most) {
    return Duration(static_cast<Duration::rep>(dice_() % static_cast<unsigned>(most.count())));
  }
  static Result<HttpResponse> failure(ErrorCode code) {
    return Diagnostic{.code = code, .message = "no answer"};
  }

  Result<HttpResponse> create(const Value& body) {
    if (!faulty_ || !rolls(faults_)) return make(body);
    switch (dice_() % 6) {
      case 0:
        return failure(ErrorCode::unknown_outcome);
      case 1:
        return reply(500);
      case 2:
        return reply(429);
      case 3:
        return failure(ErrorCode::unavailable);
      case 4:
        (void)make(body);
        return reply(502);
      default:
        (void)make(body);
        return failure(ErrorCode::unknown_outcome);
    }
  }
  Result<HttpResponse> make(const Value& body) {
    const std::string name = body.get("name")->as_string();
    if (unique_names_) {
      for (const Machine& machine : machines_) {
        if (machine.id == name) return reply(409, R"({"message":"the name is taken"})");
      }
    }
    const Value* note = body.get("note");
    machines_.push_back(
        {.id = unique_names_ ? name : fmt::format("m-{}", machines_.size() + 1),
         .name = name,
         .note = note == nullptr ? "" : note->as_string(),
         .visible = clock_.now() + (rolls(50) ? Duration(0) : up_to(kVisibleWithin))});
    return reply(201, fmt::format(R"({{"machine":{}}})", text(machines_.back())));
  }

  Result<HttpResponse> write(const std::string& id, const Value& body) {
    Machine* machine = find(id);
    if (machine == nullptr) return reply(404);
    const bool fails = faulty_ && rolls(faults_);
    if (!fails || rolls(50)) machine->note = body.get("note")->as_string();
    if (fails) return rolls(50) ? failure(ErrorCode::unknown_outcome) : reply(500);
    return reply(200, fmt::format(R"({{"machine":{}}})", text(*machine)));
  }

  Result<HttpResponse> list() const {
    std::string all;
    for (const Machine& machine : machines_) {
      if (visible(machine)) all += (all.empty() ? "" : ",") + text(machine);
    }
    return reply(200, fmt::format(R"({{"machines":[{}]}})", all));
  }

  Machine* find(const std::string& id) {
    const auto found = std::find_if(machines_.begin(), machines_.end(),
                                    [&](const Machine& one) { return one.id == id; });
    return found == machines_.end() ? nullptr : &*found;
  }
  bool visible(const Machine& machine) const { return clock_.now() >= machine.visible; }
  static std::string text(const Machine& machine) {
    return fmt::format(R"({{"id":"{}","name":"{}","plan":"small","note":"{}","state":"on"}})",
                       machine.id, machine.name, machine.note);
  }

  const Clock& clock_;
  std::mt19937 dice_;
  unsigned faults_;  ///< percent
  bool unique_names_;
  bool faulty_ = true;
  std::vector<Machine> machines_ = {};
};

/// One resource on its way, with what its journal kept.
struct Attempt {
  explicit Attempt(Log& log) : journal(log) {}
  Diary journal;
  std::optional<Result<Object>> result = {};
};

class FaultScheduleTest : public AccountTest {
 protected:
  /// Creates some machines that are alike side by side, and holds what came of it against what
  /// there is.
  void play(const Acme& acme, unsigned seed, bool unique_names) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    FaultyVendor vendor(clock_, seed, unique_names);
    open(acme, [&](const HttpRequest& request) {
      http_->set_latency(loop_, vendor.latency());
      return vendor.answer(request);
    });
    std::vector<std::unique_ptr<Attempt>> attempts;
    attempts.reserve(3);
    for (int i = 0; i < 3; ++i) attempts.push_back(std::make_unique<Attempt>(log_));
    const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
      co_await loop_.sleep(std::chrono::milliseconds(400) * i);
      const CreateRequest request = {
          .type = &type(),
          .attributes = machine(unique_names ? fmt::format("web-{}", i) : "web"),
          .mark = mark_of(fmt::format("web[{}]", i))};
      attempts[i]->result = co_await provider_->create(request, attempts[i]->journal);
    };
    loop_.run(for_each_bounded(loop_, attempts.size(), attempts.size(), work));
    clock_.advance(kVisibleWithin);
    vendor.heal();
    check(vendor, attempts);
  }

  void check(const FaultyVendor& vendor, const std::vector<std::unique_ptr<Attempt>>& attempts) {
    const std::set<std::string> there = vendor.ids();
    EXPECT_LE(there.size(), attempts.size()) << "more were made than were asked for";
    const auto listing = loop_.run(provider_->list(type(), {}));
    ASSERT_TRUE(listing);
    std::set<std::string> owned;
    for (const auto& attempt : attempts) {
      const std::string id = id_of(*attempt);
      if (id.empty()) continue;
      EXPECT_TRUE(there.contains(id)) << id << " is reported, yet does not exist";
      EXPECT_TRUE(owned.insert(id).second) << id << " is reported twice";
    }
    // What is not owned must be what a next run looks for: no object is forgotten.
    std::size_t sought = 0;
    for (const auto& attempt : attempts) {
      if (id_of(*attempt).empty() && !surely_absent(*attempt)) ++sought;
    }
    EXPECT_LE(there.size() - owned.size(), sought) << "an object is nobody's";
    if (sought == 1 && there.size() == owned.size() + 1) expect_found(attempts, *listing, owned);
    failed_ += attempts.size() - owned.size();
    made_ += owned.size();
  }

  void expect_found(const std::vector<std::unique_ptr<Attempt>>& attempts, const Listing& listing,
                    const std::set<std::string>& owned) {
    for (const auto& attempt : attempts) {
      if (!id_of(*attempt).empty() || surely_absent(*attempt)) continue;
      std::vector<Object> free;
      for (const Object& object : listing.objects) {
        if (!owned.contains(object.id)) free.push_back(object);
      }
      const auto found = identify(type(), attempt->journal.intents.front(), free);
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_TRUE(*found) << "the next run does not find what this one made";
    }
  }

  static std::string id_of(const Attempt& attempt) { return attempt.journal.id; }
  /// Apply forgets the intent after these.
  static bool surely_absent(const Attempt& attempt) {
    const ErrorCode code = attempt.result->error().code;
    return code == ErrorCode::rate_limited || code == ErrorCode::unavailable ||
           code == ErrorCode::conflict || code == ErrorCode::invalid_config;
  }

  std::size_t made_ = 0;
  std::size_t failed_ = 0;
};

Acme patient() { return Acme().with("visible_within", "20s"); }

TEST_F(FaultScheduleTest, MarkedAtCreation) {
  for (unsigned seed = 1; seed <= 300; ++seed) play(patient(), seed, false);
  EXPECT_GT(made_, 600U);
}

TEST_F(FaultScheduleTest, MarkedAfterwards) {
  const Acme acme =
      patient()
          .with("mark", R"({ when: afterwards, read: "${it.note}", write: {
      patch: "/machines/${id}", body: { note: "${mark.text}" } } })")
          .with("create", R"({ post: /machines, body: "${send}", id: "${body.machine.id}" })");
  for (unsigned seed = 1; seed <= 300; ++seed) play(acme, seed, false);
  EXPECT_GT(made_, 600U);
}

TEST_F(FaultScheduleTest, NeverMarkedAndAllAlike) {
  const Acme acme =
      patient()
          .with("mark", "{ when: never }")
          .with("create", R"({ post: /machines, body: "${send}", id: "${body.machine.id}" })");
  for (unsigned seed = 1; seed <= 300; ++seed) play(acme, seed, false);
  EXPECT_GT(made_, 600U);
}

TEST_F(FaultScheduleTest, NamesThatTheVendorKeepsUnique) {
  const Acme acme = patient().with("create", R"({ post: /machines, client_id: "${self.name}",
      body: { name: "${self.name}", note: "${mark.text}" } })");
  for (unsigned seed = 1; seed <= 300; ++seed) play(acme, seed, true);
  EXPECT_GT(made_, 450U);
}

}  // namespace
}  // namespace jim

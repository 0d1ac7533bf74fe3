#include <gtest/gtest.h>

#include "tests/core/apply/mortal.h"
#include "tests/core/apply/run.h"

namespace jim {
namespace {

/// What a file asks for at first and then, and how many objects the way from one to the other
/// makes.
struct Story {
  const char* name;
  const char* before;
  const char* after;
  int made;
  bool destroy = false;
};

const char* const kFleet =
    "  k: { type: fake.key, name: k }\n"
    "  m: { type: fake.machine, count: 2, name: 'm${index}', size: s, image: one, key: '${k.id}', "
    "user_data: u }\n";

const Story kStories[] = {
    {"create", "  old: { type: fake.key, name: old }\n",
     "  old: { type: fake.key, name: old }\n"
     "  k: { type: fake.key, name: k }\n"
     "  m: { type: fake.machine, count: 2, name: 'm${index}', size: s, key: '${k.id}', "
     "user_data: u }\n",
     3},
    {"update", kFleet,
     "  k: { type: fake.key, name: other }\n"
     "  m: { type: fake.machine, count: 2, name: 'm${index}', size: s, image: two, key: '${k.id}', "
     "user_data: v }\n",
     0},
    {"replace", kFleet,
     "  k: { type: fake.key, name: k }\n"
     "  m: { type: fake.machine, count: 2, name: 'm${index}', size: l, image: one, key: '${k.id}', "
     "user_data: v }\n",
     2},
    {"replace, the new one first", kFleet,
     "  k: { type: fake.key, name: k }\n"
     "  m: { type: fake.machine, count: 2, name: 'm${index}', size: l, image: one, key: '${k.id}', "
     "user_data: v, create_before_destroy: true }\n",
     2},
    {"replace what others need",
     "  k: { type: fake.machine, name: k, size: s }\n"
     "  m: { type: fake.machine, count: 2, name: 'm${index}', size: s, key: '${k.id}' }\n",
     "  k: { type: fake.machine, name: k, size: l, create_before_destroy: true }\n"
     "  m: { type: fake.machine, count: 2, name: 'm${index}', size: s, key: '${k.id}' }\n",
     1},
    {"delete", kFleet,
     "  m: { type: fake.machine, count: 1, name: m0, size: s, image: one, key: none }\n", 0},
    {"destroy", kFleet, kFleet, 0, true},
    {"all at once",
     "  a: { type: fake.key, name: a }\n"
     "  b: { type: fake.machine, name: b, size: s, key: '${a.id}' }\n"
     "  c: { type: fake.machine, name: c, size: s }\n"
     "  d: { type: fake.key, name: d }\n",
     "  a2: { type: fake.key, name: a, was: a }\n"
     "  b: { type: fake.machine, name: b, size: l, key: '${a2.id}' }\n"
     "  d: { type: fake.machine, name: d, size: s, key: '${e.id}' }\n"
     "  e: { type: fake.key, name: e }\n",
     3},
};

/// A world in which the file as before was applied. The file as after is applied up to the fatal
/// step; then again, in peace.
class CrashBench : public Workbench {
 public:
  CrashBench(const Story& story, Marking marking) : story_(story), marking_(marking) {
    for (const char* type : {"fake.key", "fake.machine"})
      vendor.type(type).marked_at_create = marking == Marking::at_create;
    vendor.put("fake.machine", "foreign-1", attributes(R"({"name":"m0","size":"s"})"));
    vendor.put("fake.machine", "foreign-2", attributes(R"({"name":"k","size":"s"})"),
               "jim:lineage2:other:k");
    write(story.before);
    Life calm(loop, 1);
    round(calm, {});
    write(story.after, "outputs: { n: '${length(\"x\")}' }\n");
    start_ = {disk, vendor.objects};
    again();
  }

  /// Back to where the story begins.
  void again() {
    disk = start_.first;
    vendor.objects = start_.second;
    vendor.log.clear();
    made_ = 0;
    last_.clear();
  }

  /// How many steps the story takes when nothing happens.
  int run(Fate fate, int fatal_step, std::uint32_t seed) {
    Life life(loop, seed, fate, fatal_step);
    round(life, {.destroy = story_.destroy});
    clock.advance(std::chrono::minutes(2));  // the dead run's lock ends
    return life.steps();
  }
  /// Goes on in peace until nothing is left to do; how many rounds that took, -1: no end.
  int settle() {
    for (int rounds = 0; rounds < 4; ++rounds) {
      if (is_empty(plan({.destroy = story_.destroy}))) return rounds;
      Life calm(loop, 1);
      round(calm, {.destroy = story_.destroy});
    }
    return -1;
  }
  int made() const { return made_; }
  const std::string& last() const { return last_; }

  /// What exists: `address type {attributes}` of every object, the address as its record says.
  std::string world() {
    std::map<std::string, std::string> by_id;
    std::string all;
    for (const Record& record : state().records) {
      const bool clean = !record.half_made && !record.intent && record.deposed.empty();
      by_id[record.id] = record.address.text() + (clean ? "" : " (unfinished)");
    }
    std::vector<std::string> lines;
    for (const auto& [id, object] : vendor.objects) {
      ValueMap seen = object.attributes;
      seen.erase("ip");
      if (const Value* key = seen.find("key"); key != nullptr && key->is_string())
        seen.set("key", by_id.contains(key->as_string()) ? by_id[key->as_string()] : "?");
      std::string line = by_id.contains(id) ? by_id[id] : "nobody's " + id;
      if (marking_ != Marking::never) line += " " + object.mark;
      if (object.readiness != Readiness::ready) line += " not ready";
      lines.push_back(line + " " + to_json(Value(seen)));
    }
    for (const auto& [id, address] : by_id)
      if (!address.empty() && !vendor.objects.contains(id))
        lines.push_back(address + " gone: " + id);
    std::sort(lines.begin(), lines.end());
    return join(lines, "\n");
  }

 private:
  void round(Life& life, const PlanOptions& options) {
    MemoryStore disk_store(loop, &disk);
    MortalStore store(disk_store, life);
    MortalVendor mortal(vendor, marking_, life);
    loop.run(life.live(apply_once(disk_store, store, mortal, options)));
    made_ += mortal.made;
  }
  Task<void> apply_once(MemoryStore& disk_store, MortalStore& store, MortalVendor& mortal,
                        const PlanOptions& options) {
    const Providers providers = {{"fake", &mortal}};
    const std::vector<std::string> names = {"fake.key", "fake.machine"};
    const LockHolder holder = {.who = "test"};
    const auto locked = co_await disk_store.acquire_lock(holder, std::chrono::minutes(1));
    State now = *co_await disk_store.load();
    auto snapshot = co_await refresh(loop, providers, names, now);
    Diagnostics found;
    const auto made = make_plan(config(), expansion(), now, *snapshot, options, types(), found);
    if (!made || !locked) {
      last_ = made ? locked.error().message : messages(found);
      co_return;
    }
    ApplyContext context = {.loop = loop,
                            .providers = providers,
                            .store = store,
                            .state = now,
                            .stop = stop_,
                            .observer = observer_};
    const Report report = co_await jim::apply(context, expansion(), *made);
    last_ = shown(*made) + shown(report);
    (void)co_await disk_store.release_lock();
  }

  const Story& story_;
  Marking marking_;
  StopFlag stop_ = {};
  HeardObserver observer_ = {};
  std::pair<MemoryState, std::map<std::string, Object>> start_ = {};
  int made_ = 0;
  std::string last_ = {};
};

const char* fate_word(Fate fate) {
  return fate == Fate::killed ? "killed" : fate == Fate::fails_once ? "fails once" : "fails after";
}

class CrashTest : public testing::TestWithParam<Story> {};

/// Ends a run at each of its steps in turn. Whatever is left, the next run makes of it what the
/// file asks for: nothing twice, nothing orphaned, nothing foreign touched.
TEST_P(CrashTest, AfterADeathAtAnyStepTheNextRunEndsAsIfNothingHadHappened) {
  const Story& story = GetParam();
  for (const Marking marking : {Marking::at_create, Marking::afterwards, Marking::never}) {
    CrashBench bench(story, marking);
    const int steps = bench.run(Fate::lives, 0, 1);
    ASSERT_GT(steps, 4);
    ASSERT_EQ(bench.settle(), 0) << bench.last();
    ASSERT_EQ(bench.made(), story.made) << bench.last();
    const std::string wanted = bench.world();
    ASSERT_EQ(wanted.find("unfinished"), std::string::npos) << wanted;
    for (int step = 1; step <= steps; ++step) {
      for (const Fate fate : {Fate::killed, step % 4 ? Fate::fails_once : Fate::fails_after}) {
        if (fate != Fate::killed && step % 2 != 0) continue;
        const auto seed = static_cast<std::uint32_t>(step);  // another order of things each time
        SCOPED_TRACE(fmt::format("{} at step {}, marking {}", fate_word(fate), step,
                                 static_cast<int>(marking)));
        bench.again();
        bench.run(fate, step, seed);
        const std::string left = bench.last() + bench.world();
        EXPECT_LE(bench.settle(), 1) << left << "\n-- then\n" << bench.last();
        EXPECT_EQ(bench.world(), wanted) << left << "\n-- then\n" << bench.last();
        EXPECT_EQ(bench.made(), story.made) << left << "\n-- then\n" << bench.last();
        if (HasFailure()) return;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stories, CrashTest, testing::ValuesIn(kStories), [](const auto& story) {
  std::string name = story.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == ','; });
  return name;
});

}  // namespace
}  // namespace jim

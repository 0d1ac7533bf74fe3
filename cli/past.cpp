#include "cli/past.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace jim {

namespace {

constexpr std::string_view kUndo = "undo ";

/// A step that came to an end without success, and left what is there as it was.
bool changed_nothing(const RunStep& step, const State& state) {
  if (step.outcome == "done") return false;
  const Record* record = state.find(step.address);
  if (record == nullptr) return step.before.empty() && step.after.empty();
  const bool same_object = step.ids.empty() || step.ids.front() == record->id;
  return !record->half_made && same_object && !step.before.empty() &&
         record->attributes == step.before;
}

bool orders(const RunStep& step) { return step.action == "create" || step.action == "replace"; }

}  // namespace

std::string undo_command(std::int64_t run) { return std::string(kUndo) + std::to_string(run); }

std::optional<std::int64_t> undone_by(const Run& run) {
  if (!run.command.starts_with(kUndo)) return std::nullopt;
  std::int64_t number = 0;
  const char* end = run.command.data() + run.command.size();
  const auto read = std::from_chars(run.command.data() + kUndo.size(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::map<std::string, std::int64_t> counts_of(const PastRun& past) {
  if (!past.run.ended.empty()) return past.run.counts;
  std::map<std::string, std::int64_t> counts;
  for (const RunStep& step : past.steps) {
    const std::size_t old = step.action == "replace" ? 1 : 0;
    if (step.outcome == "done" || (orders(step) && step.ids.size() > old)) ++counts[step.action];
  }
  return counts;
}

Past::Past(std::vector<PastRun> runs) : runs_(std::move(runs)) {
  std::sort(runs_.begin(), runs_.end(),
            [](const PastRun& a, const PastRun& b) { return a.run.number > b.run.number; });
  for (auto past = runs_.rbegin(); past != runs_.rend(); ++past) {
    for (const RunStep& step : past->steps) {
      deeds_[step.address].push_back({.run = past->run.number,
                                      .undoes = undone_by(past->run),
                                      .step = &step,
                                      .done = step.outcome == "done"});
      for (const std::string& id : step.ids) owners_.insert_or_assign(id, step.address);
    }
  }
  for (auto& [address, deeds] : deeds_) know(deeds);
}

void Past::know(std::vector<Deed>& deeds) {
  for (auto deed = deeds.begin(); deed != deeds.end(); ++deed) {
    if (deed->step->action != "finish") continue;
    for (auto before = std::make_reverse_iterator(deed); before != deeds.rend(); ++before) {
      if (before->step->action == kFinish) continue;
      if (!orders(*before->step) || before->done) break;
      deed->ordered = before->run;
      before->done = deed->done;
      break;
    }
  }
  for (auto later = deeds.rbegin(); later != deeds.rend(); ++later) {
    if (!later->undoes || !later->done || later->cancelled) continue;
    for (Deed& deed : deeds)
      if (deed.run == *later->undoes && deed.run < later->run) deed.cancelled = true;
  }
}

const std::vector<Past::Deed>& Past::deeds(const Address& address) const {
  static const std::vector<Deed> kNone = {};
  const auto found = deeds_.find(address);
  return found == deeds_.end() ? kNone : found->second;
}

const PastRun* Past::find(std::int64_t run) const {
  const auto found = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const PastRun& one) { return one.run.number == run; });
  return found == runs_.end() ? nullptr : &*found;
}

std::optional<std::int64_t> Past::ordered_in(std::int64_t run, const RunStep& step) const {
  for (const Deed& deed : deeds(step.address))
    if (deed.run == run && deed.step->action == kFinish) return deed.ordered;
  return std::nullopt;
}

std::optional<std::int64_t> Past::finished_in(std::int64_t run, const RunStep& step) const {
  if (!orders(step)) return std::nullopt;
  for (const Deed& deed : deeds(step.address))
    if (deed.ordered == run && deed.step->outcome == "done") return deed.run;
  return std::nullopt;
}

std::map<std::int64_t, std::int64_t> Past::finishes(std::int64_t run) const {
  std::map<std::int64_t, std::int64_t> finishes;
  if (const PastRun* past = find(run))
    for (const RunStep& step : past->steps)
      if (const auto later = finished_in(run, step)) ++finishes[*later];
  return finishes;
}

std::optional<std::int64_t> Past::changed_after(std::int64_t run, const Address& address,
                                                const State& state) const {
  std::optional<std::int64_t> last;
  for (const Deed& deed : deeds(address)) {
    if (deed.run <= run || deed.cancelled || deed.ordered == run) continue;
    if (deed.done && deed.undoes && *deed.undoes > run) continue;  // it and what it undid
    if (deed.ordered && *deed.ordered > run) continue;             // that run counts
    if (!deed.done && changed_nothing(*deed.step, state)) continue;
    last = deed.run;
  }
  return last;
}

std::optional<std::int64_t> Past::undone_in(std::int64_t run, const Address& address) const {
  std::optional<std::int64_t> last;
  for (const Deed& deed : deeds(address))
    if (deed.undoes == run && deed.run > run && deed.done && !deed.cancelled) last = deed.run;
  return last;
}

const Address* Past::had(const std::string& id) const {
  const auto found = owners_.find(id);
  return found == owners_.end() ? nullptr : &found->second;
}

}  // namespace jim

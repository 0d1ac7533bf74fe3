#include "core/apply/schedule.h"

#include <algorithm>
#include <set>

namespace jim {

namespace {

bool makes(const Change& change) {
  return change.action != Action::remove && change.action != Action::forget;
}

/// A replaced object that still stands goes in a half of its own, since others may refer to it.
bool unmakes(const Change& change) {
  return !makes(change) || change.action == Action::replace || !change.deposed.empty();
}

bool unmakes_first(const Change& change) {
  return change.action == Action::replace && !change.create_before_destroy;
}

}  // namespace

bool has_two_halves(const Change& change) { return makes(change) && unmakes(change); }

Schedule::Schedule(EventLoop& loop, const Plan& plan, const std::vector<Record>& records)
    : loop_(loop) {
  std::map<std::string, std::set<std::string>> needed_by;
  std::set<std::string> made_addresses;
  for (const Record& record : records)
    for (const std::string& name : record.needs) needed_by[name].insert(record.address.name);
  for (const Change& change : plan.changes) {
    for (const std::string& name : change.needs) needed_by[name].insert(change.address.name);
    if (makes(change)) made_addresses.insert(change.address.text());
    if (makes(change)) barrier(made_, change.address.name);
    if (unmakes(change)) barrier(unmade_, change.address.name);
  }

  // A removal and a making at one address (its type changed): first the one, then the other.
  std::map<std::string, Barrier*> freed;
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const Change& change = plan.changes[i];
    const std::string& name = change.address.name;
    Barrier* own = nullptr;
    const bool first = unmakes_first(change);
    if (has_two_halves(change)) {
      own_.push_back(std::make_unique<Barrier>(loop_));
      own = own_.back().get();
      own->open = 1;
    }
    if (makes(change)) {
      Step step = {.change = i, .makes = true, .counts = barrier(made_, name)};
      for (const std::string& need : change.needs)
        if (need != name && made_.contains(need)) step.waits.push_back(barrier(made_, need));
      if (own != nullptr && first) step.waits.push_back(own);
      if (own != nullptr && !first) step.own = own;
      ++step.counts->open;
      steps_.push_back(std::move(step));
    }
    if (unmakes(change)) {
      Step step = {.change = i, .makes = false, .counts = barrier(unmade_, name)};
      const bool alone = !makes(change) && !made_addresses.contains(change.address.text());
      const bool after_dependants = alone || (own != nullptr && !first);
      for (const std::string& other : needed_by[name]) {
        if (other == name) continue;
        if (unmade_.contains(other)) step.waits.push_back(barrier(unmade_, other));
        if (after_dependants && made_.contains(other)) step.waits.push_back(barrier(made_, other));
      }
      if (own != nullptr && !first) step.waits.push_back(own);
      if (own != nullptr && first) step.own = own;
      if (!makes(change) && !alone) {
        own_.push_back(std::make_unique<Barrier>(loop_));
        step.own = own_.back().get();
        step.own->open = 1;
        freed[change.address.text()] = step.own;
      }
      ++step.counts->open;
      steps_.push_back(std::move(step));
    }
  }
  for (Step& step : steps_) {
    if (!step.makes) continue;
    const Change& change = plan.changes[step.change];
    if (const auto before = freed.find(change.address.text()); before != freed.end())
      step.waits.push_back(before->second);
  }
  drop_circles();
}

Barrier* Schedule::barrier(std::map<std::string, std::unique_ptr<Barrier>>& of,
                           const std::string& name) {
  auto& found = of[name];
  if (!found) {
    found = std::make_unique<Barrier>(loop_);
    found->name = name;
  }
  return found.get();
}

const Barrier* Schedule::making(const std::string& block) const {
  const auto found = made_.find(block);
  return found == made_.end() ? nullptr : found->second.get();
}

void Schedule::drop_circles() {
  std::map<const Barrier*, std::size_t> open;
  std::map<const Barrier*, std::vector<std::size_t>> waiting;
  std::vector<std::size_t> left(steps_.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    left[i] = steps_[i].waits.size();
    for (const Barrier* barrier : steps_[i].waits) waiting[barrier].push_back(i);
    ++open[steps_[i].counts];
    if (steps_[i].own != nullptr) ++open[steps_[i].own];
    if (left[i] == 0) ready.push_back(i);
  }
  std::size_t reached = 0;
  const auto close = [&](const Barrier* barrier) {
    if (barrier == nullptr || --open[barrier] != 0) return;
    for (const std::size_t i : waiting[barrier])
      if (--left[i] == 0) ready.push_back(i);
  };
  while (!ready.empty()) {
    const std::size_t i = ready.back();
    ready.pop_back();
    ++reached;
    close(steps_[i].counts);
    close(steps_[i].own);
  }
  if (reached == steps_.size()) return;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (left[i] == 0 || steps_[i].makes) continue;
    std::erase_if(steps_[i].waits, [](const Barrier* barrier) { return !barrier->name.empty(); });
  }
}

void Schedule::finish(const Step& step, bool succeeded) {
  for (Barrier* barrier : {step.counts, step.own}) {
    if (barrier == nullptr) continue;
    if (!succeeded) barrier->failed = true;
    if (--barrier->open == 0) barrier->done.set();
  }
}

}  // namespace jim

#include "cli/adoption.h"

#include "core/base/text.h"
#include "core/plan/takeover.h"
#include "core/state/fingerprint.h"

namespace jim {

namespace {

const Desired* find_desired(Session& session, const Address& address) {
  for (const Desired& desired : session.workspace().expansion().resources())
    if (desired.address == address) return &desired;
  return nullptr;
}

/// What the state keeps of an object that was read but never applied.
Record record_of(Session& session, const Address& address, const ResourceType& type,
                 const Object& object) {
  const Desired* desired = find_desired(session, address);
  const ValueMap* set = desired == nullptr ? nullptr : &desired->attributes;
  // A vendor shows again what the file calls secret.
  const ValueMap actual = set == nullptr ? object.attributes : veil(object.attributes, *set);
  const std::string now = utc_text(session.loop().clock().wall());
  Record record = {.address = address,
                   .type = type.name,
                   .id = object.id,
                   .attributes = redact(prior_as_found(type, actual, set), session.key()),
                   .created = now,
                   .updated = now};
  if (desired == nullptr) return record;
  record.needs = session.workspace().expansion().needs(address.name);
  record.protect = desired->protect;
  record.keep = desired->keep;
  return record;
}

}  // namespace

bool take_over(Session& session, const Address& address, const ResourceType& type,
               const Object& object, bool write_mark, const std::string& command,
               const std::string& action) {
  if (!session.commit_as(command, action, {{.record = record_of(session, address, type, object)}}))
    return false;
  Provider* provider = session.provider_of(type);
  if (!write_mark || provider == nullptr || !provider->can_set_mark(type)) return true;
  const Mark mark = {.lineage = session.lineage(),
                     .project = session.workspace().config().project,
                     .address = address.text()};
  const auto marked = session.loop().run(provider->set_mark(type, object.id, mark));
  if (!marked) return session.fail(marked.error()), false;
  return true;
}

bool settle_taken_over(Session& session) {
  auto state = session.loop().run(session.store().load());
  if (!state) return session.fail(state.error()), false;
  const auto& types = session.workspace().types();
  Diagnostics unheard;  // the next plan tells what is wrong with the file
  const auto plan = make_plan(session.workspace().config(), session.workspace().expansion(), *state,
                              offline_snapshot(*state, types), {}, types, unheard);
  if (!plan) return true;
  std::vector<RecordChange> changes;
  for (const Presumption& one : plan->presumed) {
    const Record* record = state->find(one.address);
    if (record == nullptr) continue;
    changes.push_back({.record = *record});
    settle(changes.back().record, one.attributes, session.key());
  }
  if (changes.empty()) return true;
  const auto saved = session.loop().run(session.store().commit(std::move(changes)));
  if (!saved) return session.fail(saved.error()), false;
  return true;
}

}  // namespace jim

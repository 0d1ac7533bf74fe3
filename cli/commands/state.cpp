#include <algorithm>

#include "cli/approval.h"
#include "cli/session.h"
#include "cli/tell.h"
#include "core/base/text.h"
#include "core/state/export.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// The record at an address; null, with the error told, when state has none.
const Record* find_record(Session& session, const std::string& text) {
  const auto address = parse_address(text);
  const Record* record = address ? session.state().find(*address) : nullptr;
  if (record != nullptr) return record;
  std::vector<std::string> known;
  for (const Record& one : session.state().records) known.push_back(one.address.text());
  const auto near = did_you_mean(text, known);
  session.fail(Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = "state has no '" + escape_control(text) + "'",
      .hint = near ? "did you mean '" + *near + "'?" : "'jim state list' shows all addresses"});
  return nullptr;
}

Mark mark_for(Session& session, const Address& address) {
  return {.lineage = session.lineage(),
          .project = session.workspace().config().project,
          .address = address.text()};
}

std::string condition(const Record& record) {
  if (record.forgotten) return "  forgotten";
  if (record.id.empty()) return "  being made";
  return record.half_made ? "  half made" : "";
}

}  // namespace

int run_state_list(Context& context) {
  Session session(context);
  if (!session.open_state_alone("state list")) return session.status();
  if (context.globals.format == Format::json) {
    ValueList list;
    for (const Record& record : session.state().records) {
      ValueMap map;
      map.set("address", record.address.text());
      map.set("type", record.type);
      map.set("id", record.id);
      list.push_back(std::move(map));
    }
    context.terminal.out(to_json(Value(std::move(list)), {.indent = 2}) + "\n");
    return 0;
  }
  std::size_t addresses = 0;
  std::size_t types = 0;
  for (const Record& record : session.state().records) {
    addresses = std::max(addresses, width(escape_control(record.address.text())));
    types = std::max(types, width(record.type));
  }
  for (const Record& record : session.state().records) {
    const std::string address = escape_control(record.address.text());
    context.terminal.out(address + std::string(addresses + 2 - width(address), ' ') + record.type +
                         std::string(types + 2 - width(record.type), ' ') +
                         escape_control(record.id) + condition(record) + "\n");
  }
  return 0;
}

int run_state_show(Context& context, const StateFlags& flags) {
  Session session(context);
  if (!session.open_state_alone("state show")) return session.status();
  const Record* record = find_record(session, flags.address);
  if (record == nullptr) return session.status();
  context.terminal.out(to_json(record_to_value(*record), {.indent = 2}) + "\n");
  return 0;
}

int run_state_export(Context& context) {
  Session session(context);
  if (!session.open_state_alone("state export")) return session.status();
  context.terminal.out(export_state(session.state()));
  return 0;
}

int run_state_mv(Context& context, const StateFlags& flags) {
  Session session(context);
  if (!session.open_file() || !session.open_state("state mv", true) || !session.open_providers())
    return session.status();
  const Record* record = find_record(session, flags.address);
  if (record == nullptr) return session.status();
  const auto to = parse_address(flags.to);
  if (!to)
    return session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                                   .message = "'" + escape_control(flags.to) + "' is no address",
                                   .hint = "an address is like web, web[0] or web[\"eu\"]"});
  if (session.state().find(*to) != nullptr)
    return session.fail(Diagnostic{.code = ErrorCode::conflict,
                                   .message = "state already has " + to->text(),
                                   .hint = "forget that one first: jim state rm " + to->text()});
  Record moved = *record;
  moved.address = *to;
  auto saved = session.loop().run(session.store().commit(
      {{.record = *record, .remove = true}, {.record = moved, .remove = false}}));
  if (!saved) return session.fail(saved.error());
  const ResourceType& type = *session.workspace().types().at(record->type);
  Provider* provider = session.provider_of(type);
  if (!record->id.empty() && provider->can_set_mark(type)) {
    auto marked = session.loop().run(provider->set_mark(type, record->id, mark_for(session, *to)));
    if (!marked) return session.fail(marked.error());
  }
  context.terminal.out(flags.address + " is now " + to->text() + "\n");
  session.close();
  return session.status();
}

int run_state_rm(Context& context, const StateFlags& flags) {
  if (!may_proceed(context)) return refuse(context, "state rm", "");
  Session session(context);
  if (!session.open_file() || !session.open_state("state rm", true) || !session.open_providers())
    return session.status();
  const Record* record = find_record(session, flags.address);
  if (record == nullptr) return session.status();
  const std::string address = record->address.text();
  const std::string id = escape_control(record->id);
  if (!approved(context, "Forget " + address + " (" + id + ")? The object goes on existing."))
    return 1;
  const ResourceType& type = *session.workspace().types().at(record->type);
  Provider* provider = session.provider_of(type);
  RecordChange change = {.record = *record, .remove = true};
  bool mark_stays = !record->id.empty() && !type.mark_field.empty();
  if (!record->id.empty() && provider->can_set_mark(type)) {
    // Without a project the mark comes off; an object with it would be found again by the next
    // plan.
    auto unmarked = session.loop().run(provider->set_mark(type, record->id, Mark{}));
    const bool off = unmarked || unmarked.error().code == ErrorCode::not_found;
    if (!off && unmarked.error().code != ErrorCode::invalid_config)
      return session.fail(unmarked.error());
    mark_stays = !off;
  }
  if (mark_stays) {  // the record stays, so that nobody takes the object for one to delete
    change.remove = false;
    change.record.forgotten = true;
  }
  auto saved = session.loop().run(session.store().commit({change}));
  if (!saved) return session.fail(saved.error());
  context.terminal.out(address + " is forgotten; " + (id.empty() ? "it" : id) +
                       " goes on existing\n");
  session.close();
  return session.status();
}

}  // namespace jim

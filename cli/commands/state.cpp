#include <algorithm>

#include "cli/approval.h"
#include "cli/session.h"
#include "cli/tell.h"
#include "core/base/text.h"
#include "core/state/export.h"
#include "core/value/json.h"

namespace jim {

namespace {

void no_record(Session& session, const std::string& text) {
  std::vector<std::string> known;
  for (const Record& one : session.state().records) known.push_back(one.address.text());
  const auto near = did_you_mean(text, known);
  session.fail(Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = "state has no '" + escape_control(text) + "'",
      .hint = near ? "did you mean '" + *near + "'?" : "'jim state list' shows all addresses"});
}

/// The records at an address, or of all instances of a name; empty, with the error told, when state
/// has none.
std::vector<Record> find_records(Session& session, const std::string& text) {
  const auto address = parse_address(text);
  if (const Record* exact = address ? session.state().find(*address) : nullptr) return {*exact};
  std::vector<Record> found;
  for (const Record& one : session.state().records)
    if (one.address.name == text) found.push_back(one);
  if (found.empty()) no_record(session, text);
  return found;
}

std::string addresses_of(const std::vector<Record>& records) {
  std::vector<Address> addresses;
  addresses.reserve(records.size());
  for (const Record& one : records) addresses.push_back(one.address);
  std::sort(addresses.begin(), addresses.end());
  return escape_control(folded(addresses));
}

/// The one record at an address; null, with the error told, when there is none or several. `also`
/// ends the hint for several.
const Record* find_record(Session& session, const std::string& text, const std::string& also) {
  const auto address = parse_address(text);
  if (const Record* exact = address ? session.state().find(*address) : nullptr) return exact;
  const std::vector<Record> found = find_records(session, text);
  if (found.empty()) return nullptr;
  session.fail(Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = "state has no single '" + text + "', but " + addresses_of(found),
      .hint = "name one, such as '" + escape_control(found.front().address.text()) + "'" + also});
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
    context.terminal.out_json(to_json(Value(std::move(list)), {.indent = 2}) + "\n");
    return 0;
  }
  std::size_t addresses = 0;
  std::size_t types = 0;
  for (const Record& record : session.state().records) {
    addresses = std::max(addresses, width(escape_control(record.address.text())));
    types = std::max(types, width(escape_control(record.type)));
  }
  for (const Record& record : session.state().records) {
    const std::string address = escape_control(record.address.text());
    const std::string type = escape_control(record.type);
    context.terminal.out(address + std::string(addresses + 2 - width(address), ' ') + type +
                         std::string(types + 2 - width(type), ' ') + escape_control(record.id) +
                         condition(record) + "\n");
  }
  return 0;
}

int run_state_show(Context& context, const StateFlags& flags) {
  Session session(context);
  if (!session.open_state_alone("state show")) return session.status();
  const Record* record = find_record(session, flags.address, "");
  if (record == nullptr) return session.status();
  context.terminal.out_json(to_json(record_to_value(*record), {.indent = 2}) + "\n");
  return 0;
}

int run_state_export(Context& context, const StateFlags& flags) {
  Session session(context);
  if (!session.open_state_alone("state export")) return session.status();
  context.terminal.out_json(export_state(session.state(), flags.with_key));
  return 0;
}

int run_state_mv(Context& context, const StateFlags& flags) {
  Session session(context);
  if (!session.open_file() || !session.open_state("state mv", true) || !session.open_providers())
    return session.status();
  const Record* record = find_record(
      session, flags.address,
      "; to move all of them write 'was: " + flags.address + "' beside the new name in the file");
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
  if (!session.commit_as("state mv", "rename",
                         {{.record = *record, .remove = true}, {.record = moved}}))
    return session.status();
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

namespace {

/// Takes the mark off and forgets; false with the error told.
bool forget(Session& session, const Record& record) {
  const ResourceType& type = *session.workspace().types().at(record.type);
  Provider* provider = session.provider_of(type);
  RecordChange change = {.record = record, .remove = true};
  bool mark_stays = !record.id.empty() && !type.mark_field.empty();
  if (!record.id.empty() && provider->can_set_mark(type)) {
    // Without a project the mark comes off; an object with it would be found again by the next
    // plan.
    auto unmarked = session.loop().run(provider->set_mark(type, record.id, Mark{}));
    const bool off = unmarked || unmarked.error().code == ErrorCode::not_found;
    if (!off && unmarked.error().code != ErrorCode::invalid_config)
      return session.fail(unmarked.error()), false;
    mark_stays = !off;
  }
  if (mark_stays) {  // the record stays, so that nobody takes the object for one to delete
    change.remove = false;
    change.record.forgotten = true;
  }
  if (!session.commit_as("state rm", "forget", {change})) return false;
  const std::string id = escape_control(record.id);
  session.terminal().out(escape_control(record.address.text()) + " is forgotten; " +
                         (id.empty() ? "it" : id) + " goes on existing\n");
  return true;
}

}  // namespace

int run_state_rm(Context& context, const StateFlags& flags) {
  if (!may_proceed(context)) return refuse(context, "state rm", "");
  Session session(context);
  if (!session.open_file() || !session.open_state("state rm", true) || !session.open_providers())
    return session.status();
  const std::vector<Record> records = find_records(session, flags.address);
  if (records.empty()) return session.status();
  const bool one = records.size() == 1;
  const std::string question =
      "Forget " + addresses_of(records) + " (" +
      (one ? escape_control(records.front().id) : counted(records.size(), "object")) + ")? " +
      (one ? "The object goes" : "The objects go") + " on existing.";
  if (!approved(context, question)) return 1;
  for (const Record& record : records)
    if (!forget(session, record)) return session.status();
  session.close();
  return session.status();
}

}  // namespace jim

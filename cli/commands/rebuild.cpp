#include <algorithm>
#include <set>

#include "cli/adoption.h"
#include "cli/approval.h"
#include "cli/tell.h"
#include "core/apply/apply.h"
#include "core/base/text.h"

namespace jim {

namespace {

/// An object that carries this project's mark.
struct Marked {
  const ResourceType* type = nullptr;
  const Object* object = nullptr;
  Mark mark = {};
};

struct Found {
  std::vector<Marked> ours = {};
  std::vector<std::pair<const ResourceType*, const Object*>> unmarked = {};
  std::set<std::string> lineages = {};
};

Found look(Session& session) {
  Found found;
  std::set<std::string> known;
  for (const Record& record : session.state().records)
    if (!record.id.empty()) known.insert(record.type + " " + record.id);
  for (const auto& [name, objects] : session.snapshot().objects) {
    const ResourceType* type = session.workspace().types().at(name);
    for (const Object& object : objects) {
      if (known.contains(name + " " + object.id)) continue;
      Mark mark;
      if (!parse_mark(object.mark, mark)) {
        found.unmarked.emplace_back(type, &object);
      } else if (mark.project == session.workspace().config().project) {
        found.ours.push_back({type, &object, mark});
        found.lineages.insert(mark.lineage);
      }
    }
  }
  return found;
}

std::string identity_of(const ResourceType& type, const Object& object) {
  std::vector<std::string> parts;
  for (const std::string& name : type.identity)
    if (const Value* value = object.attributes.find(name); value != nullptr && value->is_string())
      parts.push_back(escape_control(value->as_string()));
  return join(parts, " · ");
}

}  // namespace

int run_state_rebuild(Context& context) {
  Session session(context);
  if (!session.open_file() || !session.open_state("state rebuild", true) ||
      !session.open_providers())
    return session.status();
  std::vector<std::string> types;
  for (const auto& [name, type] : session.workspace().types()) types.push_back(name);
  if (!session.refresh_some({}, types)) return session.status();
  const Found found = look(session);

  std::set<std::string> foreign = found.lineages;
  foreign.erase(session.lineage());
  if (!foreign.empty()) {
    const std::vector<std::string> names(foreign.begin(), foreign.end());
    const std::string question = counted(found.ours.size(), "object") + " of project '" +
                                 session.workspace().config().project +
                                 "' were made with another state (lineage " +
                                 escape_control(join(names, ", ")) + "). Take them over?";
    if (!may_proceed(context)) {
      context.terminal.err(question + "\n");
      return refuse(context, "state rebuild", "");
    }
    if (!approved(context, question)) return 1;
  }
  if (!session.make_state()) return session.status();

  std::set<std::string> taken;
  for (const Record& record : session.state().records) taken.insert(record.address.text());
  std::size_t written = 0;
  bool all_good = true;
  for (const Marked& one : found.ours) {
    const auto address = parse_address(one.mark.address);
    if (!address || !taken.insert(address->text()).second) {
      all_good = false;
      tell(context.terminal, session.workspace().files(),
           {{.code = ErrorCode::ambiguous,
             .message = escape_control(one.object->id) + " is marked as " +
                        escape_control(one.mark.address) +
                        (address ? ", and so is another object" : ", which is no address"),
             .hint = "delete one of them at the vendor, or take its mark off there"}});
      continue;
    }
    const bool foreign_mark = one.mark.lineage != session.lineage();
    if (!take_over(session, *address, *one.type, *one.object, foreign_mark))
      return session.status();
    context.terminal.out(address->text() + "  " + one.type->name + "  " +
                         escape_control(one.object->id) + "\n");
    ++written;
  }
  context.terminal.err(counted(written, "record") + " written\n");
  if (!found.unmarked.empty()) {
    context.terminal.err("Not made by jim; 'jim adopt ADDRESS ID' takes one over:\n");
    for (const auto& [type, object] : found.unmarked)
      context.terminal.err("  " + type->name + "  " + escape_control(object->id) + "  " +
                           identity_of(*type, *object) + "\n");
  }
  if (!session.close()) return session.status();
  return all_good ? 0 : exit_status(ErrorCode::ambiguous);
}

}  // namespace jim

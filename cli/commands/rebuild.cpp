#include <algorithm>
#include <set>

#include "cli/adoption.h"
#include "cli/approval.h"
#include "cli/tell.h"
#include "core/apply/apply.h"
#include "core/base/text.h"
#include "core/plan/takeover.h"

namespace jim {

namespace {

/// An object that carries this project's mark.
struct Marked {
  const ResourceType* type = nullptr;
  const Object* object = nullptr;
  Mark mark = {};
};

using Unmarked = std::vector<std::pair<const ResourceType*, const Object*>>;

struct Found {
  std::vector<Marked> ours = {};
  Unmarked unmarked = {};
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

/// Objects of types that carry no mark, moved out of `unmarked`, which the file's resources that
/// are not `taken` describe: one each.
std::vector<std::pair<Address, Unmarked::value_type>> described(Session& session,
                                                                const std::set<std::string>& taken,
                                                                Unmarked& unmarked) {
  std::vector<std::pair<Address, Unmarked::value_type>> found;
  for (const Desired& desired : session.workspace().expansion().resources()) {
    if (!desired.type->mark_field.empty() || desired.type->adopt_only) continue;
    if (taken.contains(desired.address.text())) continue;
    const auto fits = [&](const Unmarked::value_type& one) {
      return one.first == desired.type &&
             looks_like(*desired.type, desired.attributes, one.second->attributes);
    };
    if (std::count_if(unmarked.begin(), unmarked.end(), fits) != 1) continue;
    const auto one = std::find_if(unmarked.begin(), unmarked.end(), fits);
    found.emplace_back(desired.address, *one);
    unmarked.erase(one);
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

void tell_taken(Context& context, const Address& address, const ResourceType& type,
                const Object& object) {
  context.terminal.out(address.text() + "  " + type.name + "  " + escape_control(object.id) + "\n");
}

/// Takes over what carries no mark, by its looks, after asking. False when it failed.
bool take_described(Session& session, Context& context, const std::set<std::string>& taken,
                    Unmarked& unmarked, std::size_t& written) {
  if (!may_proceed(context)) return true;
  for (const auto& [address, one] : described(session, taken, unmarked)) {
    const auto& [type, object] = one;
    const std::string question = escape_control(object->id) + ", a " + type->name +
                                 ", which carries no mark, is as the file describes " +
                                 address.text() + ". Take it over too?";
    if (!approved(context, question)) {
      unmarked.push_back(one);
      continue;
    }
    if (!take_over(session, address, *type, *object, false, "state rebuild", "adopt")) return false;
    tell_taken(context, address, *type, *object);
    ++written;
  }
  return true;
}

/// They are in the state alone, so they are lost with it.
void tell_of_outputs(Session& session) {
  const auto& outputs = session.workspace().config().outputs;
  const bool missing = std::any_of(outputs.begin(), outputs.end(), [&](const OutputBlock& one) {
    return session.state().outputs.find(one.name) == nullptr;
  });
  if (missing) session.terminal().err("outputs: the next 'jim apply' tells them anew\n");
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
  Found found = look(session);

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
    if (!take_over(session, *address, *one.type, *one.object, foreign_mark, "state rebuild", kFind))
      return session.status();
    tell_taken(context, *address, *one.type, *one.object);
    ++written;
  }
  if (!take_described(session, context, taken, found.unmarked, written)) return session.status();
  if (!settle_taken_over(session)) return session.status();
  context.terminal.err(counted(written, "record") + " written\n");
  tell_of_outputs(session);
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

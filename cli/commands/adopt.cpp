#include <algorithm>

#include "cli/adoption.h"
#include "cli/approval.h"
#include "cli/tell.h"
#include "core/base/text.h"

namespace jim {

namespace {

/// The resource of the file at an address; null, with the error told, when there is none.
const Desired* find_desired(Session& session, const std::string& text) {
  const auto& resources = session.workspace().expansion().resources();
  const auto address = parse_address(text);
  const auto found = std::find_if(resources.begin(), resources.end(), [&](const Desired& one) {
    return address && one.address == *address;
  });
  if (found != resources.end()) return &*found;
  std::vector<std::string> known;
  known.reserve(resources.size());
  for (const Desired& one : resources) known.push_back(one.address.text());
  std::vector<Address> instances;
  for (const Desired& one : resources)
    if (one.address.name == text) instances.push_back(one.address);
  if (!instances.empty()) {
    std::sort(instances.begin(), instances.end());
    session.fail(Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = "'" + text + "' is several: " + folded(instances),
        .hint = "name the one that the object is, such as '" + instances.front().text() + "'"});
    return nullptr;
  }
  const auto near = did_you_mean(text, known);
  session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                          .message = "the file has no resource '" + escape_control(text) + "'",
                          .hint = near ? "did you mean '" + *near + "'?"
                                       : "write it into the file first, then adopt the object"});
  return nullptr;
}

}  // namespace

int run_adopt(Context& context, const AdoptFlags& flags) {
  Session session(context);
  if (trim(flags.id).empty())
    return session.fail(
        Diagnostic{.code = ErrorCode::invalid_config,
                   .message = "the id of the object is empty",
                   .hint = "it is the vendor's own, as its API or console shows it"});
  if (!session.open_file()) return session.status();
  const Desired* desired = find_desired(session, flags.address);
  if (desired == nullptr) return session.status();
  if (!session.open_state("adopt", true) || !session.open_providers()) return session.status();
  const std::string id = escape_control(flags.id);
  for (const Record& record : session.state().records) {
    if (record.address == desired->address && record.id == flags.id && !record.forgotten) {
      context.terminal.out(record.address.text() + " is " + id + " already\n");
      session.close();
      return session.status();
    }
    if (record.address == desired->address && !record.id.empty() && !record.forgotten)
      return session.fail(
          Diagnostic{.code = ErrorCode::conflict,
                     .message = record.address.text() + " already is " + escape_control(record.id),
                     .hint = "forget that one first: jim state rm " + record.address.text()});
    if (record.id == flags.id && record.type == desired->type->name && !record.forgotten)
      return session.fail(Diagnostic{.code = ErrorCode::conflict,
                                     .message = id + " already is " + record.address.text(),
                                     .hint = "to rename it: jim state mv " + record.address.text() +
                                             " " + desired->address.text()});
  }
  Provider* provider = session.provider_of(*desired->type);
  const auto object = session.loop().run(provider->read(*desired->type, flags.id));
  if (!object) return session.fail(object.error());
  Mark mark;
  if (parse_mark(object->mark, mark) && mark.lineage != session.lineage()) {
    const std::string owner =
        "project '" + escape_control(mark.project) + "' (" + escape_control(mark.address) + ")";
    if (!may_proceed(context))
      return session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                                     .message = id + " carries the mark of " + owner,
                                     .hint = "if that project is to lose it: --yes"});
    if (!approved(context, id + " carries the mark of " + owner + ". Take it over?")) return 1;
  }
  if (!session.make_state()) return session.status();
  if (!take_over(session, desired->address, *desired->type, *object, true, "adopt", "adopt") ||
      !settle_taken_over(session))
    return session.status();
  context.terminal.out(desired->address.text() + " is now " + id +
                       "; 'jim plan' shows where it differs from the file\n");
  session.close();
  return session.status();
}

}  // namespace jim

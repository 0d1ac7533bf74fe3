#include "cli/adoption.h"

#include <algorithm>

#include "cli/tell.h"
#include "core/base/text.h"
#include "core/state/fingerprint.h"

namespace jim {

Record record_of(Session& session, const Address& address, const ResourceType& type,
                 const Object& object) {
  ValueMap kept;
  for (const auto& [name, value] : object.attributes) {
    const Attribute* attribute = type.attribute(name);
    if (attribute == nullptr || value.is_null()) continue;
    kept.set(name, attribute->secret ? value.as_secret() : value);
  }
  // A vendor shows again what the file calls secret.
  for (const Desired& desired : session.workspace().expansion().resources())
    if (desired.address == address) kept = veil(kept, desired.attributes);
  const std::string now = utc_text(session.loop().clock().wall());
  Record record = {.address = address,
                   .type = type.name,
                   .id = object.id,
                   .attributes = redact(kept, session.state().head.fingerprint_key),
                   .created = now,
                   .updated = now};
  for (const Desired& desired : session.workspace().expansion().resources()) {
    if (!(desired.address == address)) continue;
    record.needs = session.workspace().expansion().needs(address.name);
    record.protect = desired.protect;
    record.keep = desired.keep;
  }
  return record;
}

bool take_over(Session& session, const Address& address, const ResourceType& type,
               const Object& object, bool write_mark) {
  auto saved = session.loop().run(
      session.store().commit({{.record = record_of(session, address, type, object)}}));
  if (!saved) return session.fail(saved.error()), false;
  Provider* provider = session.provider_of(type);
  if (!write_mark || provider == nullptr || !provider->can_set_mark(type)) return true;
  const Mark mark = {.lineage = session.lineage(),
                     .project = session.workspace().config().project,
                     .address = address.text()};
  const auto marked = session.loop().run(provider->set_mark(type, object.id, mark));
  if (!marked) return session.fail(marked.error()), false;
  return true;
}

}  // namespace jim

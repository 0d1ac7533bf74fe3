#include "cli/render/fold.h"

#include <algorithm>
#include <unordered_map>

#include "cli/render/value_text.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kLongestAddresses = 60;

/// `text` without the id of one object, so that what is said of many is the same sentence.
std::string without_id(const std::string& text, const Change& change) {
  static constexpr std::string_view kDeleted = " was deleted outside jim";
  if (change.id.empty()) return text.ends_with(kDeleted) ? "it" + std::string(kDeleted) : text;
  std::string result = text;
  for (std::size_t at = result.find(change.id); at != std::string::npos;
       at = result.find(change.id, at + 2))
    result.replace(at, change.id.size(), "it");
  return result;
}

std::string summary_of(const Change& change) {
  std::vector<std::string> parts;
  for (const std::string& name : change.type->summary) {
    const Value* value = change.desired.find(name);
    if (value == nullptr || value->is_null() || value->is_unknown())
      value = change.actual.find(name);
    if (value == nullptr || value->is_null() || value->has_unknown()) continue;
    const Attribute* attribute = change.type->attribute(name);
    if (value->has_secret() || (attribute != nullptr && attribute->secret)) continue;
    parts.push_back(value->is_string() ? escape_control(value->as_string()) : value_text(*value));
  }
  return join(parts, " · ");
}

/// Everything that is shown of a change but its address and id.
std::string signature(const Change& change, const std::string& summary) {
  std::string text = change.address.name;
  const auto add = [&](std::string_view part) { (text += '\n') += part; };
  add(action_word(change.action));
  add(change.type->name);
  add(summary);
  add(risk_word(change.risk));
  add(change.previous.name);
  add(change.resumes ? "resumes" : "");
  add(change.create_before_destroy ? "new one first" : "");
  // What a new object gets is not shown attribute by attribute.
  if (change.action != Action::create)
    for (const AttributeChange& attribute : change.attributes) {
      add(attribute.name);
      add(value_text(attribute.before, attribute.secret, std::string::npos));
      add(value_text(attribute.after, attribute.secret, std::string::npos));
    }
  for (const std::string& reason : change.reasons) add(without_id(reason, change));
  return text;
}

std::string addresses_of(const std::vector<const Change*>& changes) {
  if (changes.size() == 1) return escape_control(changes.front()->address.text());
  std::vector<Address> addresses;
  addresses.reserve(changes.size());
  for (const Change* change : changes) addresses.push_back(change->address);
  std::sort(addresses.begin(), addresses.end());
  const std::string text = folded(addresses);
  if (text.size() <= kLongestAddresses) return escape_control(text);
  return escape_control(addresses.front().text()) + " … " + escape_control(addresses.back().text());
}

/// Sorts the reasons out: `plan: jim.yaml:3:5 asks for it` belongs to the attribute `plan`.
void place_reasons(Fold& fold) {
  const Change& change = fold.first();
  fold.attribute_reasons.resize(change.attributes.size());
  for (const std::string& said : change.reasons) {
    const std::string reason = fold.single() ? said : without_id(said, change);
    const auto owner = std::find_if(
        change.attributes.begin(), change.attributes.end(),
        [&](const AttributeChange& one) { return reason.starts_with(one.name + ": "); });
    if (owner == change.attributes.end() || change.action == Action::create) {
      fold.reasons.push_back(escape_control(reason));
    } else {
      fold.attribute_reasons[static_cast<std::size_t>(owner - change.attributes.begin())] =
          escape_control(reason.substr(owner->name.size() + 2));
    }
  }
}

}  // namespace

std::vector<Fold> fold(const std::vector<Change>& changes) {
  std::vector<Fold> folds;
  std::unordered_map<std::string, std::size_t> places;
  for (const Change& change : changes) {
    std::string summary = summary_of(change);
    const auto [place, fresh] = places.emplace(signature(change, summary), folds.size());
    if (fresh) folds.push_back({.summary = std::move(summary)});
    folds[place->second].changes.push_back(&change);
  }
  for (Fold& one : folds) {
    one.addresses = addresses_of(one.changes);
    place_reasons(one);
  }
  return folds;
}

}  // namespace jim

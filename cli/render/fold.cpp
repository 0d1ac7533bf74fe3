#include "cli/render/fold.h"

#include <algorithm>
#include <cstdint>
#include <optional>
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

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool is_word(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

/// A text as its words and its numbers: `web-07` is `web-#` and 7.
struct Shape {
  std::string words = {};
  std::vector<std::int64_t> numbers = {};
};

Shape shape_of(std::string_view text) {
  constexpr std::size_t kLongest = 9;  // digits; what is longer is no count of anything
  Shape shape;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end > i && end - i <= kLongest) {
      shape.numbers.push_back(std::stoll(std::string(text.substr(i, end - i))));
      shape.words += '#';
    } else {
      end = std::max(end, i + 1);
      shape.words += text.substr(i, end - i);
    }
    i = end;
  }
  return shape;
}

/// The text with `#` for each word that is the key.
std::string without_key(std::string_view text, const std::string& key) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = i + key.size();
    const bool here = !key.empty() && text.substr(i, key.size()) == key &&
                      (i == 0 || !is_word(text[i - 1])) &&
                      (end >= text.size() || !is_word(text[end]));
    result += here ? '#' : text[i];
    i = here ? end : i + 1;
  }
  return result;
}

/// Changes of one shape, each of whose numbers either is the same in all or goes along with the
/// index.
struct Family {
  std::size_t fold = 0;  ///< where they are gathered
  std::int64_t index = 0;
  std::vector<std::int64_t> numbers = {};
  std::vector<bool> moves = {};  ///< empty: there is one change alone

  /// Takes a change in, if it belongs here.
  bool take(std::int64_t other, const std::vector<std::int64_t>& others) {
    std::vector<bool> moved;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const bool goes_along = others[i] - numbers[i] == other - index;
      if (!goes_along && others[i] != numbers[i]) return false;
      moved.push_back(goes_along);
    }
    if (!moves.empty() && moved != moves) return false;
    moves = std::move(moved);
    return true;
  }
};

/// Finds for a change those that differ from it by their own index or key alone.
class Families {
 public:
  /// The fold of its family; nullopt when it is the first, which `fold` then is for.
  std::optional<std::size_t> find(const std::string& signature, const Address& address,
                                  std::size_t fold) {
    if (const auto* key = std::get_if<std::string>(&address.key)) {
      const auto [place, fresh] = by_key_.emplace(without_key(signature, *key), fold);
      return fresh ? std::nullopt : std::optional(place->second);
    }
    const auto index = std::get<std::int64_t>(address.key);
    Shape shape = shape_of(signature);
    std::vector<Family>& families = by_index_[shape.words];
    for (Family& one : families)
      if (one.take(index, shape.numbers)) return one.fold;
    if (families.size() < kMost)
      families.push_back({.fold = fold, .index = index, .numbers = std::move(shape.numbers)});
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kMost = 8;  // more of one shape are not looked through
  std::unordered_map<std::string, std::size_t> by_key_ = {};
  std::unordered_map<std::string, std::vector<Family>> by_index_ = {};
};

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

namespace {

/// Folds what is alike to the letter.
std::vector<Fold> fold_equals(const std::vector<Change>& changes,
                              std::vector<std::string>& signatures) {
  std::vector<Fold> folds;
  std::unordered_map<std::string, std::size_t> places;
  for (const Change& change : changes) {
    std::string summary = summary_of(change);
    const auto [place, fresh] = places.emplace(signature(change, summary), folds.size());
    if (fresh) {
      folds.push_back({.summary = std::move(summary)});
      signatures.push_back(place->first);
    }
    folds[place->second].changes.push_back(&change);
  }
  return folds;
}

}  // namespace

std::vector<Fold> fold(const std::vector<Change>& changes) {
  std::vector<std::string> signatures;
  std::vector<Fold> equals = fold_equals(changes, signatures);
  // Only what is still alone: a group that is alike to the letter says more as it is.
  std::vector<Fold> folds;
  Families families;
  for (std::size_t i = 0; i < equals.size(); ++i) {
    const Change& change = equals[i].first();
    std::optional<std::size_t> family;
    if (equals[i].single() && change.address.has_key())
      family = families.find(signatures[i], change.address, folds.size());
    if (family) {
      folds[*family].changes.push_back(&change);
      folds[*family].varies = true;
      std::string& summary = folds[*family].summary;
      if (equals[i].summary != summary && !summary.ends_with(" …")) summary += " …";
    } else {
      folds.push_back(std::move(equals[i]));
    }
  }
  for (Fold& one : folds) {
    one.addresses = addresses_of(one.changes);
    place_reasons(one);
  }
  return folds;
}

}  // namespace jim

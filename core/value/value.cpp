#include "core/value/value.h"

#include <algorithm>
#include <cmath>

namespace jim {

namespace {

bool key_before(const ValueMap::Entry& entry, std::string_view key) { return entry.first < key; }

bool same_number(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return a.as_integer() == b.as_integer();
  if (!a.is_integer() && !b.is_integer()) return a.as_number() == b.as_number();
  const std::int64_t integer = a.is_integer() ? a.as_integer() : b.as_integer();
  const double number = a.is_integer() ? b.as_number() : a.as_number();
  // A double of 2^63 or more has no int64 to compare with; below it every whole double has one.
  return std::trunc(number) == number && number >= -0x1p63 && number < 0x1p63 &&
         static_cast<std::int64_t>(number) == integer;
}

}  // namespace

const Value* ValueMap::find(std::string_view key) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), key, key_before);
  return found != entries_.end() && found->first == key ? &found->second : nullptr;
}

ValueMap ValueMap::from_entries(std::vector<Entry> entries) {
  const auto before = [](const Entry& a, const Entry& b) { return a.first < b.first; };
  const auto not_after = [](const Entry& a, const Entry& b) { return a.first >= b.first; };
  ValueMap map;
  map.entries_ = std::move(entries);
  // Most texts that we read were written sorted or hold few keys.
  const auto& all = map.entries_;
  if (std::adjacent_find(all.begin(), all.end(), not_after) == all.end()) return map;
  std::stable_sort(map.entries_.begin(), map.entries_.end(), before);
  auto kept = map.entries_.begin();
  for (auto next = kept + 1; next != map.entries_.end(); ++next) {
    if (next->first != kept->first) ++kept;
    if (kept != next) *kept = std::move(*next);
  }
  map.entries_.erase(kept + 1, map.entries_.end());
  return map;
}

void ValueMap::set(std::string key, Value value) {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), key, key_before);
  if (place != entries_.end() && place->first == key)
    place->second = std::move(value);
  else
    entries_.emplace(place, std::move(key), std::move(value));
}

void ValueMap::erase(std::string_view key) {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), key, key_before);
  if (place != entries_.end() && place->first == key) entries_.erase(place);
}

std::size_t ValueMap::size() const { return entries_.size(); }
std::vector<ValueMap::Entry>::const_iterator ValueMap::begin() const { return entries_.begin(); }
std::vector<ValueMap::Entry>::const_iterator ValueMap::end() const { return entries_.end(); }
bool ValueMap::operator==(const ValueMap& other) const { return entries_ == other.entries_; }

Value::Value(ValueMap value) : content_(std::make_shared<const ValueMap>(std::move(value))) {}

Value Value::unknown(Kind promised) {
  Value value;
  value.content_ = Unknown{.promised = promised};
  return value;
}

Value::Kind Value::promised_kind() const {
  return is_unknown() ? std::get<Unknown>(content_).promised : kind();
}

double Value::as_number() const {
  return is_integer() ? static_cast<double>(as_integer()) : std::get<double>(content_);
}

const ValueList& Value::as_list() const {
  return *std::get<std::shared_ptr<const ValueList>>(content_);
}

const ValueMap& Value::as_map() const {
  return *std::get<std::shared_ptr<const ValueMap>>(content_);
}

const Value* Value::get(std::string_view key) const {
  return is_map() ? as_map().find(key) : nullptr;
}

bool Value::has_unknown() const {
  if (is_unknown()) return true;
  if (is_list())
    return std::any_of(as_list().begin(), as_list().end(),
                       [](const Value& item) { return item.has_unknown(); });
  return is_map() && std::any_of(as_map().begin(), as_map().end(),
                                 [](const auto& entry) { return entry.second.has_unknown(); });
}

bool Value::has_secret() const {
  if (secret_) return true;
  if (is_list())
    return std::any_of(as_list().begin(), as_list().end(),
                       [](const Value& item) { return item.has_secret(); });
  return is_map() && std::any_of(as_map().begin(), as_map().end(),
                                 [](const auto& entry) { return entry.second.has_secret(); });
}

Value Value::as_secret(bool yes) const {
  Value copy = *this;
  copy.secret_ = secret_ || yes;
  return copy;
}

bool Value::operator==(const Value& other) const {
  if (is_number() && other.is_number()) return same_number(*this, other);
  if (kind() != other.kind()) return false;
  if (is_list()) return &as_list() == &other.as_list() || as_list() == other.as_list();
  if (is_map()) return &as_map() == &other.as_map() || as_map() == other.as_map();
  return content_ == other.content_;
}

const char* kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::number:
      return "a number";
    case Value::Kind::string:
      return "a string";
    case Value::Kind::list:
      return "a list";
    case Value::Kind::map:
      return "a map";
    case Value::Kind::unknown:
      return "a value known only after apply";
  }
  return "a value";
}

}  // namespace jim

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/sandbox/database.h"
#include "core/sandbox/object_list.h"

namespace jim::sandbox {

/// The objects of one kind, such as `latitude/servers`, with indexes by key.
class Collection {
 public:
  /// The keys of an object, from its data.
  using KeysOf = std::vector<std::string> (*)(const Json& data);

  explicit Collection(std::string name, KeysOf keys_of)
      : name_(std::move(name)), keys_of_(keys_of) {}
  const std::string& name() const { return name_; }
  /// The object, or nullptr.
  Object* find(std::string_view id) const;
  const ObjectList& all() const { return all_; }
  /// The objects that have this key.
  const ObjectList& under(const std::string& key) const;
  /// The oldest object with this key, or nullptr.
  Object* first(const std::string& key) const;

 private:
  friend class Store;
  std::string name_;
  KeysOf keys_of_;
  std::unordered_map<std::string, std::unique_ptr<Object>> objects_ = {};
  ObjectList all_ = {};
  std::unordered_map<std::string, ObjectList> indexes_ = {};

  void index(Object& object);
  void unindex(Object& object);
};

/// Everything the emulated vendors keep. A change is in the database once `commit` has returned.
class Store {
 public:
  /// `database` may be null: all is forgotten at the end.
  explicit Store(std::unique_ptr<Database> database);

  /// Adds a kind of objects. All kinds are declared before `load`.
  Collection& declare(std::string name, Collection::KeysOf keys_of);
  Collection* find(std::string_view name);
  void load();

  /// The number for the next object; also the seed of its id, addresses and so on.
  std::uint64_t next_number() { return ++last_number_; }
  Object& add(Collection& collection, std::uint64_t number, std::string id, Json data);
  /// To be called after `object.data` has changed.
  void changed(Collection& collection, Object& object);
  void remove(Collection& collection, Object& object);
  void clear();
  void commit();

 private:
  std::unique_ptr<Database> database_;
  std::map<std::string, std::unique_ptr<Collection>, std::less<>> collections_ = {};
  std::uint64_t last_number_ = 0;
};

}  // namespace jim::sandbox

#include "core/sandbox/store.h"

namespace jim::sandbox {

Object* Collection::find(std::string_view id) const {
  const auto found = objects_.find(std::string(id));
  return found == objects_.end() ? nullptr : found->second.get();
}

const ObjectList& Collection::under(const std::string& key) const {
  static const ObjectList kNone;
  const auto found = indexes_.find(key);
  return found == indexes_.end() ? kNone : found->second;
}

Object* Collection::first(const std::string& key) const {
  Object* result = nullptr;
  under(key).page(0, 1, [&](Object& object) { result = &object; });
  return result;
}

void Collection::index(Object& object) {
  object.keys = keys_of_(object.data);
  for (const std::string& key : object.keys) indexes_[key].insert(&object);
}

void Collection::unindex(Object& object) {
  for (const std::string& key : object.keys) {
    const auto found = indexes_.find(key);
    if (found == indexes_.end()) continue;
    found->second.erase(&object);
    if (found->second.size() == 0) indexes_.erase(found);
  }
}

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}

Collection& Store::declare(std::string name, Collection::KeysOf keys_of) {
  auto collection = std::make_unique<Collection>(name, keys_of);
  Collection& result = *collection;
  collections_[std::move(name)] = std::move(collection);
  return result;
}

Collection* Store::find(std::string_view name) {
  const auto found = collections_.find(name);
  return found == collections_.end() ? nullptr : found->second.get();
}

void Store::load() {
  if (!database_) return;
  last_number_ = database_->last_number();
  database_->load(
      [&](std::string_view name, std::string_view id, std::uint64_t number, std::string_view data) {
        Collection* collection = find(name);
        if (collection == nullptr) return;
        auto object = std::make_unique<Object>();
        object->number = number;
        object->id = id;
        object->data = Json::parse(data, nullptr, false);
        collection->all_.insert(object.get());
        collection->index(*object);
        collection->objects_[std::string(id)] = std::move(object);
      });
}

Object& Store::add(Collection& collection, std::uint64_t number, std::string id, Json data) {
  auto owned = std::make_unique<Object>();
  Object& object = *owned;
  object.number = number;
  object.id = std::move(id);
  object.data = std::move(data);
  collection.all_.insert(&object);
  collection.index(object);
  if (database_) database_->put(collection.name(), object.id, number, object.data.dump());
  collection.objects_[object.id] = std::move(owned);
  return object;
}

void Store::changed(Collection& collection, Object& object) {
  collection.unindex(object);
  collection.index(object);
  object.text_until = 0;
  if (database_) {
    database_->put(collection.name(), object.id, object.number, object.data.dump());
  }
}

void Store::remove(Collection& collection, Object& object) {
  if (database_) database_->remove(collection.name(), object.id);
  collection.unindex(object);
  collection.all_.erase(&object);
  const std::string id = object.id;
  collection.objects_.erase(id);
}

void Store::clear() {
  for (auto& [name, collection] : collections_) {
    collection->objects_.clear();
    collection->indexes_.clear();
    collection->all_ = {};
  }
  if (database_) database_->clear();
}

void Store::commit() {
  if (database_) database_->commit(last_number_);
}

}  // namespace jim::sandbox

#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/provider/provider.h"

namespace jim {

/// A vendor in memory with two types: `fake.machine` (name, size, image, user_data; computed ip)
/// and `fake.key` (name). Records what was asked of it. A hook may fail any operation.
class FakeProvider : public Provider {
 public:
  explicit FakeProvider(EventLoop& loop);

  const std::string& name() const override { return name_; }
  const std::vector<ResourceType>& types() const override { return types_; }
  Task<Result<Listing>> list(const ResourceType& type,
                             const std::vector<std::string>& parents) override;
  std::string parent_of(const ResourceType& type) const override;
  Task<Result<Object>> read(const ResourceType& type, const std::string& id) override;
  Task<Result<Object>> create(const CreateRequest& request, Journal& journal) override;
  Task<Result<Object>> update(const UpdateRequest& request, Journal& journal) override;
  Task<Result<void>> remove(const ResourceType& type, const std::string& id, Journal& journal,
                            std::optional<Duration> timeout) override;
  Task<Result<void>> set_mark(const ResourceType& type, const std::string& id,
                              const Mark& mark) override;
  bool can_set_mark(const ResourceType&) const override { return marks_can_change; }

  const ResourceType& type(const std::string& type_name) const;
  ResourceType& type(const std::string& type_name);
  /// Puts an object there without a request.
  Object& put(const std::string& type_name, const std::string& id, ValueMap attributes,
              const std::string& mark = {});
  Object* find(const std::string& id);
  /// A list leaves the object out, though it can be read by its id.
  void hide_from_lists(const std::string& id) { hidden_.insert(id); }
  /// The number in the next new object's id.
  void count_from(int number) { next_ = number; }
  void show_in_lists(const std::string& id) { hidden_.erase(id); }

  std::map<std::string, Object> objects = {};
  std::vector<std::string> log = {};  ///< `create fake.machine a`, in the order begun
  /// Called with a log line before the operation; a Diagnostic fails it.
  std::function<Result<void>(const std::string&)> before = {};
  /// Called after the effect and before the id is told.
  std::function<Result<void>(const std::string&)> after_effect = {};
  /// Called after the id is told and before the object is ready.
  std::function<Result<void>(const std::string&)> before_ready = {};
  bool marks_can_change = true;
  Duration takes = std::chrono::seconds(1);

 private:
  Result<void> begin(const std::string& line);

  EventLoop& loop_;
  std::string name_ = "fake";
  std::vector<ResourceType> types_ = {};
  std::set<std::string> hidden_ = {};
  int next_ = 1;
};

}  // namespace jim

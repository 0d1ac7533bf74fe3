#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/net/task.h"
#include "core/resource/intent.h"
#include "core/resource/object.h"
#include "core/resource/resource_type.h"
#include "core/value/value.h"

namespace jim {

/// What an operation tells while it runs. All calls are made on the loop's thread.
class Journal {
 public:
  virtual ~Journal() = default;
  /// Makes the intent durable. Awaited before the mutating request that creates; nothing is sent
  /// when it fails.
  virtual Task<Result<void>> note_intent(const Intent& intent) = 0;
  /// Makes the id durable. Awaited right after the reply, before anything else is sent.
  virtual Task<Result<void>> record_id(const std::string& id) = 0;
  /// A sentence about what goes on now, for people: `provision state: deploying`.
  virtual void progress(const std::string& what) = 0;
  /// The vendor's own id of a changing request that was answered, for the history.
  virtual void answered(const std::string& /*request_id*/) {}
};

/// A list's outcome and what it took.
struct Listing {
  std::vector<Object> objects = {};
  std::size_t pages = 0;
};

/// What is to be created.
struct CreateRequest {
  const ResourceType* type = nullptr;
  ValueMap attributes = {};  ///< complete: file and defaults, all known
  Mark mark = {};
  std::string fingerprint = {};
  /// Ids of objects that it replaces and stands beside for a while: they carry the same mark.
  std::vector<std::string> beside = {};
  /// That of an earlier request for the same which may still arrive, where we choose ids: under one
  /// id the two make one object.
  std::string client_id = {};
  /// After which it fails with timed_out; the object is not lost. nullopt: as long as it moves.
  std::optional<Duration> timeout = {};
};

/// What is to be changed. `changed` names the attributes that differ; empty: only go on with a
/// half-made object.
struct UpdateRequest {
  const ResourceType* type = nullptr;
  std::string id = {};
  ValueMap attributes = {};
  std::vector<std::string> changed = {};
  Mark mark = {};
  std::optional<Duration> timeout = {};  ///< as for CreateRequest
};

/// One vendor account as plan and apply see it. Errors carry the codes of result.h; texts are
/// already escaped and hold no secret.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual const std::string& name() const = 0;
  /// All types, sorted by name.
  virtual const std::vector<ResourceType>& types() const = 0;

  /// Every object of the type that the account shows, by paged lists. `parents`: ids of the parent
  /// type's objects for types that are listed below a parent, else empty.
  virtual Task<Result<Listing>> list(const ResourceType& type,
                                     const std::vector<std::string>& parents) = 0;
  /// The type whose objects a list of `type` is walked below; empty: none.
  virtual std::string parent_of(const ResourceType& type) const = 0;
  /// One object. not_found when the API says that it does not exist.
  virtual Task<Result<Object>> read(const ResourceType& type, const std::string& id) = 0;

  /// Creates, marks, and waits until ready: intent and id go through `journal` first. When the
  /// answer to the creating request is lost it looks the object up (see identify.h), and creates
  /// again only if the vendor is sure not to have it. A failure after record_id leaves an object
  /// that `update` goes on with.
  virtual Task<Result<Object>> create(const CreateRequest& request, Journal& journal) = 0;
  /// Brings an existing object, half-made or not, to `attributes`, and waits until ready.
  virtual Task<Result<Object>> update(const UpdateRequest& request, Journal& journal) = 0;
  /// Deletes and waits until the API says it is gone. Absent already is success. Fails with
  /// timed_out when that takes longer than `timeout`.
  virtual Task<Result<void>> remove(const ResourceType& type, const std::string& id,
                                    Journal& journal, std::optional<Duration> timeout) = 0;
  /// Writes the mark on an object that has none (adopt) or another one (rename); a mark with an
  /// empty project takes jim's mark off (forget). Looks at the object afterwards. Fails with
  /// invalid_config where the vendor has no field that can be changed, or where the object does not
  /// come to show the mark as written; the record must then say what the mark does not.
  virtual Task<Result<void>> set_mark(const ResourceType& type, const std::string& id,
                                      const Mark& mark) = 0;
  /// Whether set_mark can work for the type.
  virtual bool can_set_mark(const ResourceType& type) const = 0;
};

}  // namespace jim

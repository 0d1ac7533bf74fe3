#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/provider/board.h"
#include "core/provider/exchange.h"
#include "core/provider/manifest.h"
#include "core/provider/provider.h"
#include "core/provider/settings.h"

namespace jim {

/// One operation on one object while it runs.
struct Work {
  const TypeSpec& spec;
  Journal& journal;
  std::string id = {};
  ValueMap wanted = {};            ///< complete attributes, by name
  Value self = Value(ValueMap());  ///< the same, for expressions
  Value send = Value(ValueMap());  ///< by the vendor's names
  Mark mark = {};
  Value mark_value = {};  ///< the same, for expressions: text, lineage, project, address
  std::vector<std::string> changed = {};  ///< names of attributes that differ
  bool resumed = false;                   ///< the object stood before this operation
  Value it = {};                          ///< the vendor's last word on the object
  Object object = {};                     ///< the same, read
  bool fresh = false;                     ///< nothing was sent since `it` came
  Awaiting* awaiting = nullptr;           ///< while it only waits and looks
  Instant born = Instant(-1);             ///< when the creation was answered
  std::optional<Duration> timeout = {};   ///< for the whole operation, as the file says it
  Instant deadline = {};                  ///< where there is a timeout
  Value saved = Value(ValueMap());
  std::vector<std::string> secrets = {};  ///< texts that no error may show
  std::string told = {};                  ///< the last status given to the journal
};

/// Counts an operation among those that wait, for as long as it lives.
class Waiting {
 public:
  Waiting(Work& work, Board& board) : work_(work), awaiting_(board, work.id) {
    work_.awaiting = &awaiting_;
  }
  ~Waiting() { work_.awaiting = nullptr; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Work& work_;
  Awaiting awaiting_;
};

/// Whether the mark, or each part of it where the manifest writes it in parts, is short enough for
/// its place. Fails with invalid_config.
Result<void> has_room(const TypeSpec& spec, const Mark& mark);

/// A vendor's API run by its manifest. `manifest`, `http` and `loop` outlive it.
class RestProvider : public Provider {
 public:
  /// Fails with invalid_config when base URL, headers or credentials make no sense.
  static Result<std::unique_ptr<Provider>> make(std::shared_ptr<const Manifest> manifest,
                                                ProviderSettings settings, Http& http,
                                                EventLoop& loop);

  const std::string& name() const override { return settings_.name; }
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
  bool can_set_mark(const ResourceType& type) const override;

 private:
  /// A vendor's word on one object, and what it reads as.
  struct Seen {
    Value it = {};
    Object object = {};
  };
  /// Growing waits between looks, and how long nothing has moved.
  struct Patience {
    Duration next = {};
    Duration most = {};
    Duration stall = {};
    Instant moved = {};
    std::string status = {};
    int failures = 0;
  };

  RestProvider(std::shared_ptr<const Manifest> manifest, ProviderSettings settings, Http& http,
               EventLoop& loop);

  const TypeSpec& spec_of(const ResourceType& type) const;
  Board& board_of(const TypeSpec& spec);
  Duration scaled(Duration time) const;

  // rest_read.cpp
  Task<Result<std::size_t>> list_raw(
      const TypeSpec& spec, const std::vector<std::string>& parents,
      const std::function<Result<void>(const Value& it, const Value& parent)>& take);
  Task<Result<std::vector<std::string>>> all_parents(const TypeSpec& spec);
  Task<Result<std::optional<Seen>>> fetch(const TypeSpec& spec, const std::string& id);
  /// Like fetch, from a shared list where many wait. `awaiting`: our own wait, or nullptr.
  Task<Result<std::optional<Seen>>> look(const TypeSpec& spec, const std::string& id,
                                         Awaiting* awaiting = nullptr);
  Task<Result<void>> post_list(const TypeSpec& spec, Board& board);

  // rest_work.cpp
  Work begin(const TypeSpec& spec, Journal& journal, const ValueMap& wanted,
             const Mark& mark) const;
  void limit(Work& work, std::optional<Duration> timeout) const;
  ManifestScope scope_of(const Work& work) const;
  Result<bool> holds(const Template& condition, const Work& work) const;
  /// Takes a reply's object for the vendor's last word, where it holds one.
  void take_reply(Work& work, const RequestSpec& request, const Answer& answer) const;
  /// Has the journal know the vendor's own id of a request that was answered.
  void tell_request(const Work& work, const Answer& answer) const;
  Result<void> save(Work& work, const RequestSpec& request, const Answer& answer) const;
  void show(Work& work, Seen seen) const;
  /// An object as its manifest reads it, with the account's own credentials kept secret in it.
  Result<std::optional<Object>> interpret(const TypeSpec& spec, const Value& it,
                                          const Value& parent) const;

  // rest_wait.cpp
  Patience patience_for(const TypeSpec& spec, Duration stall) const;
  bool is_late(const Work& work) const;
  Diagnostic late(const Work& work) const;
  /// Sleeps a little, longer each time. Fails with timed_out when nothing has moved for too long or
  /// the operation's own time is over.
  Task<Result<void>> pause(const Work& work, Patience& patience);
  /// Looks again if anything was sent since the last look. Fails with not_found when the object is
  /// gone.
  Task<Result<void>> refresh(Work& work);
  /// Pauses and looks, forgiving a few failures to look.
  Task<Result<void>> look_again(Work& work, Patience& patience);
  Task<Result<void>> wait_until(Work& work, const StepSpec& step);
  Task<Result<void>> wait_ready(Work& work);

  // rest_steps.cpp
  Task<Result<std::optional<Answer>>> send_once(Work& work, const RequestSpec& request);
  Task<Result<void>> send_step(Work& work, const StepSpec& step);
  /// What a request that was refused as a conflict has met: that its step need not be done any
  /// more, an object of another status, or the one that it was sent to.
  enum class Met { goal, another, the_same };
  Task<Result<Met>> moved_meanwhile(Work& work, const StepSpec& step, const std::string& before);
  /// Whether the object, as it was seen last, needs this step no more.
  Result<bool> is_needless(const Work& work, const StepSpec& step) const;
  /// After a request whose outcome nobody knows: whether the object shows that it took effect.
  /// `before`: its status then, where that is known.
  Task<Result<bool>> took_effect(Work& work, const StepSpec& step,
                                 const std::optional<std::string>& before);
  Task<Result<void>> run_step(Work& work, const StepSpec& step);
  Task<Result<void>> run_all(Work& work, const std::vector<StepSpec>& steps);
  Task<Result<void>> run_updates(Work& work);
  /// Runs an update for the attributes in `changed`.
  Task<Result<void>> run_update(Work& work, const StepSpec& step);
  /// Sends the update of `ready.retry` to an object that stands failed, unless it is sent anyway.
  Task<Result<void>> bring_back(Work& work);
  /// Gives the vendor the step's time before anybody looks again.
  Task<void> settle(Work& work, const StepSpec& step);
  Task<Result<void>> ensure_mark(Work& work);
  /// Brings the object to what is wanted and waits until it is ready.
  Task<Result<Object>> bring(Work& work);

  // rest_create.cpp
  Result<Intent> make_intent(const Work& work, const CreateRequest& request) const;
  Task<Result<void>> note_earlier(const TypeSpec& spec, Intent& intent);
  /// Fails with conflict when the id that we choose is that of an object which is not this
  /// resource's.
  Task<Result<void>> keep_off_others(const TypeSpec& spec, const Intent& intent);
  Task<Result<void>> survey(const TypeSpec& spec, Board& board);
  /// The id that the reply tells, else the one that we chose; empty: neither.
  std::string new_id(const Work& work, const Intent& intent, const Answer& answer) const;
  /// Gives the new object's id. `answer` is the last one; `ok` when it is the new object's own.
  Task<Result<std::string>> send_create(Work& work, Intent intent, Answer& answer);
  /// Makes the intent durable as of now; `overdue` lapses when its request must not leave any more.
  Task<Result<void>> note(const Work& work, Intent& intent, StopFlag& overdue);
  /// The object of the id that we chose, if it is this resource's; else fails with `conflict`.
  Task<Result<std::string>> found_by_id(const Work& work, const Intent& intent,
                                        Diagnostic conflict);
  Task<Result<std::optional<std::string>>> find_created(const TypeSpec& spec, const Intent& intent);
  /// Waits until every creating request that is under way now is answered, or surely is not.
  Task<void> answers_so_far(Board& board);
  Task<Result<std::optional<std::string>>> seek(const TypeSpec& spec, const Intent& intent);

  // rest_remove.cpp
  Task<Result<bool>> still_there(Work& work);
  Result<bool> deletion_failed(const Work& work) const;
  /// `failed_before`: it stood as failed when the deletion was asked for, which means nothing yet.
  Task<Result<void>> wait_gone(Work& work, bool failed_before);
  /// Looks whether the object carries the mark that was written.
  Task<Result<void>> see_mark(Work& work);

  std::shared_ptr<const Manifest> manifest_;
  ProviderSettings settings_;
  EventLoop& loop_;
  Exchange exchange_;
  std::vector<ResourceType> types_ = {};
  std::map<std::string, const TypeSpec*> specs_ = {};  ///< by the name that types() gives
  std::vector<TypeSpec> renamed_ = {};  ///< where the block is not called as the manifest
  std::map<const TypeSpec*, std::unique_ptr<Board>> boards_ = {};
};

}  // namespace jim

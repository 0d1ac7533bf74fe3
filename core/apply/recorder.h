#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/apply/apply.h"
#include "core/provider/provider.h"

namespace jim {

/// Keeps state in step with what is done: every change of a record is durable before the caller
/// goes on.
class Recorder {
 public:
  explicit Recorder(ApplyContext& context);

  /// The record at an address; made on first use of `touch`.
  Record* find(const Address& address);
  Record& touch(const Address& address);
  Task<Result<void>> save(const Address& address);
  Task<Result<void>> drop(const Address& address);
  /// Both in one commit: the old address goes, the new one comes.
  Task<Result<void>> rename(const Address& from, const Address& to);
  /// The other address whose record has this object; nullptr: none.
  const Address* owner(const std::string& type, const std::string& id, const Address& except) const;
  /// No record is left.
  bool empty() const { return records_.empty(); }
  std::string now() const;

  // The history: what is done at an address is noted with the records' own commits.
  /// Begins the run. Nothing is started when it fails.
  Task<void> begin_run(Run run);
  /// Writes how it ended, with the steps whose end no commit carried.
  Task<void> end_run(int status);
  void begin_step(const Change& change, std::size_t number);
  void note_object(const Address& address, const std::string& id);
  void note_request(const Address& address, const std::string& id);
  void note_after(const Address& address, const ValueMap& after);
  /// Makes durable, where every other run sees it, that the object is about to be deleted: no
  /// record says so. Awaited before each deletion; nothing is sent when it fails.
  Task<Result<void>> note_removal(const Address& address, const std::string& id);
  /// Before the last commit of a step: how it ends if that succeeds.
  void close_step(const Address& address, const ValueMap& after);
  void end_step(const Address& address, const char* outcome, const std::string& error);
  const std::string& key() const { return context_.state.head.fingerprint_key; }

  /// A commit failed or the lock was lost: nothing new may be started.
  bool halted() const { return halted_; }
  /// Asked right before each request that changes something at a vendor begins: fails with what
  /// halted this run, though it may have done so while the step was under way.
  Result<void> may_begin() const;
  const Diagnostics& errors() const { return errors_; }
  void fail(const Diagnostic& error);

  /// Writes everything back into the context's state.
  void finish();

 private:
  Task<Result<void>> commit(std::vector<RecordChange> changes);
  /// The step ended early, yet its new object exists and costs money.
  bool has_ordered(const RunStep& step) const;

  /// A step of the history while it runs.
  struct OpenStep {
    RunStep step = {};
    Instant begun = {};
    bool written = false;  ///< as it is now
  };

  ApplyContext& context_;
  std::map<Address, Record> records_ = {};
  std::optional<Run> run_ = {};
  std::map<Address, OpenStep> steps_ = {};
  std::map<std::string, std::int64_t> counts_ = {};  ///< of the run, by the step's action
  std::vector<RunStep> late_ = {};                   ///< ended, and not written yet
  std::map<std::string, Address> addresses_ = {};    ///< where an id was last saved
  bool halted_ = false;
  Diagnostics errors_ = {};
};

/// The journal of one change: turns a provider's notes into records and progress.
class StepJournal : public Journal {
 public:
  StepJournal(Recorder& recorder, ApplyObserver& observer, const Change& change)
      : recorder_(recorder), observer_(observer), change_(change) {}

  Task<Result<void>> note_intent(const Intent& intent) override;
  Task<Result<void>> record_id(const std::string& id) override;
  void progress(const std::string& what) override { observer_.progress(change_, what); }
  void answered(const std::string& request_id) override {
    recorder_.note_request(change_.address, request_id);
  }

  const std::string& id() const { return id_; }
  bool intended() const { return intended_; }
  /// Whether the state surely has the id.
  bool recorded() const { return recorded_; }

 private:
  Recorder& recorder_;
  ApplyObserver& observer_;
  const Change& change_;
  std::string id_ = {};
  bool intended_ = false;
  bool recorded_ = false;
};

}  // namespace jim

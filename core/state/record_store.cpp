#include "core/state/record_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/text.h"
#include "core/state/damage.h"
#include "core/state/entry_text.h"
#include "core/state/fields.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::int64_t kFormat = 2;
constexpr const char* kHead = "head";
constexpr const char* kSeal = "seal";
constexpr const char* kOutputs = "outputs";
constexpr const char* kRecord = "record/";
constexpr const char* kRun = "run/";
constexpr const char* kStep = "step/";
/// etcd takes 128 operations in a transaction; the head and the lock are among them.
constexpr std::size_t kEntriesAtOnce = 100;
constexpr std::size_t kBytesAtOnce = 512u << 10;

std::string record_key(const Address& address) { return kRecord + address.text(); }
std::string run_key(std::int64_t run) { return fmt::format("{}{:08}", kRun, run); }
/// The run that an entry is about, by its key.
std::int64_t run_of(std::string_view key) {
  std::int64_t run = 0;
  key.remove_prefix(std::string_view(kRun).size());
  std::from_chars(key.data(), key.data() + key.size(), run);
  return run;
}
std::string steps_key(std::int64_t run) { return fmt::format("{}{:08}/", kStep, run); }
std::string step_key(std::int64_t run, std::int64_t step) {
  return fmt::format("{}{:06}", steps_key(run), step);
}

/// Entries that the head's tally counts. Those of the history have their checksums only.
bool is_counted(std::string_view key) { return key == kOutputs || key.starts_with(kRecord); }

const Entry* find(const std::vector<Entry>& entries, std::string_view key) {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

/// Has the store go on only when what it awaited was heard to its end.
class Unheard {
 public:
  explicit Unheard(std::optional<Diagnostic>& broken) : broken_(broken) {}
  Unheard(const Unheard&) = delete;
  Unheard& operator=(const Unheard&) = delete;
  ~Unheard() {
    if (heard) return;
    broken_ = Diagnostic{.code = ErrorCode::cancelled, .message = "a write was cut short"};
  }
  bool heard = false;

 private:
  std::optional<Diagnostic>& broken_;
};

}  // namespace

RecordStore::RecordStore(EventLoop& loop, std::unique_ptr<EntryStore> entries, Sealing sealing)
    : loop_(loop), entries_(std::move(entries)), sealing_(std::move(sealing)), loading_(loop, 1) {}

Diagnostic RecordStore::damaged(const std::string& why) const {
  return damaged_state(place(), why);
}

// --- reading ---

Result<std::string> RecordStore::text_as_kept(const Entry& entry) const {
  if (is_sealed(entry.body)) {
    if (!seal_)
      return Diagnostic{
          .code = ErrorCode::unauthorized,
          .message = fmt::format("the state {} is sealed, and no key is given", place()),
          .hint = "say 'key' below 'state' in the file"};
    return seal_->open(entry);
  }
  const auto text = read_clear(entry);
  if (!text) return text.error();
  if (sealing_.required && entry.key != kSeal)
    return Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = fmt::format("the state {} is in clear, and the file says 'encryption: required'",
                               place()),
        .hint =
            "when it was never sealed, leave 'encryption' out for one apply, or for the 'jim state "
            "move' that brings a state here: either seals everything with the key; when it was "
            "sealed, somebody has put another in its place"};
  return std::string(*text);
}

Result<std::string> RecordStore::text_of(const Entry& entry) const {
  auto text = text_as_kept(entry);
  if (text || text.error().code != ErrorCode::io) return text;
  return damaged(text.error().message);
}

Result<void> RecordStore::know_seal(const std::vector<Entry>& entries) {
  seal_is_kept_ = false;
  if (sealing_.keys.empty()) return {};
  const Entry* kept = find(entries, kSeal);
  if (kept == nullptr) {
    if (seal_) return {};
    auto made = Seal::make(sealing_);
    if (!made) return made.error();
    seal_ = std::move(*made);
    // Without its salt a passphrase makes another key.
    const bool of_passphrase =
        std::any_of(sealing_.keys.begin(), sealing_.keys.end(),
                    [](const KeySource& one) { return !one.passphrase.empty(); });
    const Entry* head = find(entries, kHead);
    if (!of_passphrase || head == nullptr || !is_sealed(head->body)) return {};
    const auto opened = seal_->open(*head);
    if (opened || opened.error().code != ErrorCode::unauthorized) return {};
    seal_.reset();
    return damaged("the entry 'seal', by which a passphrase becomes its key, is gone");
  }
  const auto text = read_clear(*kept);
  if (!text) return damaged(text.error().message);
  const auto value = parse_json(*text);
  Seal::Derivation derivation;
  if (value) {
    FieldReader in(*value);
    std::string kind;
    in.text("derivation", kind);
    in.text("salt", derivation.salt);
    in.number("n", derivation.n);
    in.number("r", derivation.r);
    in.number("p", derivation.p);
    if (!in.finish().empty() || kind != "scrypt") derivation.n = 0;
  }
  seal_is_kept_ = true;
  if (seal_ && seal_->derivation().salt == derivation.salt) return {};
  auto made = Seal::of(sealing_, derivation);
  if (!made) return damaged(made.error().message);
  seal_ = std::move(*made);
  return {};
}

Result<void> RecordStore::read_head(const std::vector<Entry>& entries) {
  head_ = {};
  tally_ = 0;
  const Entry* entry = find(entries, kHead);
  if (entry == nullptr) {
    const bool others = std::any_of(entries.begin(), entries.end(),
                                    [](const Entry& one) { return is_counted(one.key); });
    if (others) return damaged("it has records, and nothing that says whose");
    return {};
  }
  // Every write seals the head: it is the first to be, and stays so.
  const bool others_sealed = std::any_of(entries.begin(), entries.end(), [](const Entry& one) {
    return one.key == kSeal || is_sealed(one.body);
  });
  if (others_sealed && !is_sealed(entry->body) && read_clear(*entry))
    return damaged("its head is in clear, and the rest is sealed");
  const auto text = text_of(*entry);
  if (!text) return text.error();
  const auto value = parse_json(*text);
  if (!value) return damaged("its head is malformed");
  std::int64_t format = 0;
  std::string tally;
  FieldReader in(*value);
  in.number("format", format);
  in.text("project", head_.project);
  in.text("lineage", head_.lineage);
  in.text("fingerprint_key", head_.fingerprint_key);
  in.number("serial", head_.serial);
  in.number("runs", head_.runs);
  in.text("moved_to", head_.move.to);
  in.text("moving_from", head_.move.from);
  in.text("move", head_.move.id);
  in.text("tally", tally);
  if (format > kFormat)
    return Diagnostic{
        .code = ErrorCode::io,
        .message = fmt::format("the state {} was written by a newer version of jim: its format is "
                               "{}, and this version knows up to {}",
                               place(), format, kFormat),
        .hint = "use that version or a newer one"};
  // It is as jim wrote it, so a jim that knows more has.
  if (const std::string wrong = in.finish(); !wrong.empty())
    return Diagnostic{
        .code = ErrorCode::io,
        .message = fmt::format("the state {} is not understood: its head: {}", place(), wrong),
        .hint = "use the version of jim that wrote it, or a newer one"};
  std::from_chars(tally.data(), tally.data() + tally.size(), tally_, 16);
  return {};
}

Result<State> RecordStore::read(std::vector<Entry> entries) {
  if (auto known = know_seal(entries); !known) return known.error();
  if (auto head = read_head(entries); !head) return head.error();
  stamps_.clear();
  stamps_.reserve(entries.size());
  State state = {.head = head_};
  state.records.reserve(entries.size());
  std::uint64_t sum = 0;
  for (Entry& entry : entries) {
    const bool current = seal_ ? seal_->is_current(entry.body) : !is_sealed(entry.body);
    const bool sealed = is_sealed(entry.body);
    if (entry.key == kHead) stamps_[entry.key] = {.current = current, .sealed = sealed};
    if (!is_counted(entry.key)) continue;
    const auto text = text_of(entry);
    if (!text) return text.error();
    const std::uint64_t tally = tally_of(entry);
    sum += tally;
    const auto value = parse_json(*text);
    if (!value)
      return damaged(fmt::format("the entry '{}' is malformed", escape_control(entry.key)));
    if (entry.key == kOutputs) {
      if (!value->is_map()) return damaged("its outputs are malformed");
      state.outputs = value->as_map();
    } else {
      auto record = record_from(*value);
      if (!record) return record.error();
      if (record_key(record->address) != entry.key)
        return damaged(fmt::format("the entry '{}' is about {}", escape_control(entry.key),
                                   record->address.text()));
      state.records.push_back(std::move(*record));
    }
    stamps_[std::move(entry.key)] = {.tally = tally, .current = current, .sealed = sealed};
  }
  if (sum != tally_) return damaged("a record is missing, surplus, or older than it should be");
  if (head_.lineage.empty()) return State{};  // what an import that was cut short has left
  std::sort(state.records.begin(), state.records.end(),
            [](const Record& a, const Record& b) { return a.address < b.address; });
  return state;
}

Task<Result<State>> RecordStore::load() {
  std::vector<std::string> prefixes = {kHead, kOutputs, kRecord, kSeal};
  auto entries = co_await entries_->load(std::move(prefixes));
  if (!entries) co_return entries.error();
  auto state = read(std::move(*entries));
  loaded_ = static_cast<bool>(state);
  if (loaded_) broken_.reset();
  co_return state;
}

Task<Result<void>> RecordStore::prepare() {
  co_await loading_.enter();
  const Gate::Place place(loading_);
  if (broken_) co_return *broken_;
  if (loaded_) co_return Result<void>();
  auto state = co_await load();
  if (!state) co_return state.error();
  co_return Result<void>();
}

// --- the lock ---

Task<Result<LockHolder>> RecordStore::acquire_lock(LockHolder wanted, Duration term) {
  loaded_ = false;  // another run may have written since
  co_return co_await entries_->acquire_lock(std::move(wanted), term);
}

Task<Result<void>> RecordStore::renew_lock(Duration term) { return entries_->renew_lock(term); }

Task<Result<void>> RecordStore::release_lock() { return entries_->release_lock(); }

// --- writing ---

std::string RecordStore::json(const Value& value) const {
  return to_json(value, stored_style(head_.fingerprint_key));
}

std::string RecordStore::head_text() const {
  FieldWriter out;
  out.value("format", kFormat);
  out.text("project", head_.project);
  out.text("lineage", head_.lineage);
  out.text("fingerprint_key", head_.fingerprint_key);
  out.value("serial", head_.serial);
  if (head_.runs != 0) out.value("runs", head_.runs);
  out.text("moved_to", head_.move.to);
  out.text("moving_from", head_.move.from);
  out.text("move", head_.move.id);
  out.text("tally", fmt::format("{:016x}", tally_));
  return to_json(out.take());
}

void RecordStore::add(Batch& batch, const Text& text) {
  EntryChange change = {.entry = {.key = text.key, .serial = head_.serial},
                        .remove = !text.text.has_value()};
  const bool counted = is_counted(text.key);
  if (counted) {
    if (const auto before = stamps_.find(text.key); before != stamps_.end()) {
      tally_ -= before->second.tally;
      if (change.remove) stamps_.erase(before);
    }
  }
  if (!change.remove) {
    change.entry.body = seal_ ? seal_->close(text.key, head_.serial, *text.text)
                              : clear_body(text.key, head_.serial, *text.text);
    const std::uint64_t tally = counted ? tally_of(change.entry) : 0;
    tally_ += tally;
    if (counted || text.key == kHead)
      stamps_[text.key] = {.tally = tally, .sealed = seal_.has_value()};
  }
  batch.changes.push_back(std::move(change));
}

Task<Result<void>> RecordStore::write(std::vector<Text> texts, bool promise) {
  if (auto ready = co_await prepare(); !ready) co_return ready;
  Batch batch = {.promise = promise};
  batch.changes.reserve(texts.size() + 2);
  ++head_.serial;
  for (const Text& text : texts) add(batch, text);
  if (seal_ && !seal_is_kept_) {
    const Seal::Derivation& how = seal_->derivation();
    FieldWriter out;
    out.text("derivation", "scrypt");
    out.text("salt", how.salt);
    out.value("n", how.n);
    out.value("r", how.r);
    out.value("p", how.p);
    const std::string text = to_json(out.take());
    batch.changes.push_back(
        {.entry = {
             .key = kSeal, .serial = head_.serial, .body = clear_body(kSeal, head_.serial, text)}});
    seal_is_kept_ = true;
  }
  const Text head = {.key = kHead, .text = head_text()};
  add(batch, head);
  Unheard unheard(broken_);
  auto done = co_await entries_->commit(std::move(batch));
  unheard.heard = true;
  const bool kept =
      !done && done.error().code != ErrorCode::conflict && entries_->keeps_what_failed();
  if (!done && !kept) {
    // What was counted and what is written may differ from now on.
    broken_ = done.error();
    loaded_ = false;
  }
  co_return done;
}

Task<Result<void>> RecordStore::write_all(std::vector<Text> texts) {
  for (std::size_t next = 0; next < texts.size();) {
    std::vector<Text> some;
    std::size_t bytes = 0;
    while (next < texts.size() && some.size() < kEntriesAtOnce && bytes < kBytesAtOnce) {
      if (texts[next].text) bytes += texts[next].text->size();
      some.push_back(std::move(texts[next++]));
    }
    if (auto done = co_await write(std::move(some), true); !done) co_return done;
  }
  co_return Result<void>();
}

Task<Result<void>> RecordStore::create(StateHead head) {
  if (auto ready = co_await prepare(); !ready) co_return ready;
  if (!head_.lineage.empty()) co_return state_exists(place(), head_.project);
  head_ = std::move(head);
  --head_.serial;  // write counts it up again
  std::vector<Text> nothing_more;
  co_return co_await write(std::move(nothing_more), true);
}

Task<Result<void>> RecordStore::commit(std::vector<RecordChange> changes) {
  std::vector<Text> texts;
  texts.reserve(2 * changes.size());
  bool promise = false;
  for (const RecordChange& change : changes) {
    Text text = {.key = record_key(change.record.address)};
    if (!change.remove) text.text = json(record_to_value(change.record));
    promise = promise || is_promise(change);
    texts.push_back(std::move(text));
    if (!change.step || run_ == 0) continue;
    texts.push_back(
        {.key = step_key(run_, change.step->number), .text = json(step_to_value(*change.step))});
  }
  co_return co_await write(std::move(texts), promise);
}

Task<Result<void>> RecordStore::commit_outputs(ValueMap outputs) {
  std::vector<Text> texts;
  texts.push_back({.key = kOutputs, .text = json(Value(std::move(outputs)))});
  co_return co_await write(std::move(texts), false);
}

// --- history ---

Task<Result<Run>> RecordStore::begin_run(Run run) {
  if (auto ready = co_await prepare(); !ready) co_return ready.error();
  run.number = ++head_.runs;
  run_ = run.number;
  std::vector<Text> texts;
  texts.push_back({.key = run_key(run.number), .text = json(run_to_value(run))});
  if (auto done = co_await write(std::move(texts), true); !done) co_return done.error();
  if (auto dropped = co_await drop_old_runs(run.number - kKeptRuns); !dropped)
    co_return dropped.error();
  co_return run;
}

Task<Result<void>> RecordStore::drop_old_runs(std::int64_t last) {
  if (last < 1) co_return Result<void>();
  std::vector<std::string> prefixes = {run_key(last), steps_key(last)};
  auto old = co_await entries_->load(std::move(prefixes));
  if (!old) co_return old.error();
  std::vector<Text> texts;
  texts.reserve(old->size());
  for (Entry& entry : *old) texts.push_back({.key = std::move(entry.key)});
  co_return co_await write_all(std::move(texts));
}

Task<Result<void>> RecordStore::write_run(Run run, std::vector<RunStep> steps) {
  std::vector<Text> texts;
  texts.reserve(steps.size() + 1);
  for (const RunStep& step : steps)
    texts.push_back({.key = step_key(run.number, step.number), .text = json(step_to_value(step))});
  texts.push_back({.key = run_key(run.number), .text = json(run_to_value(run))});
  co_return co_await write_all(std::move(texts));
}

template <class T>
Result<T> RecordStore::read_as(const Entry& entry, Result<T> (*from)(const Value&)) const {
  const auto text = text_as_kept(entry);
  if (!text) return text.error();
  const auto value = parse_json(*text);
  if (value) return from(*value);
  return Diagnostic{.code = ErrorCode::io, .message = "it is malformed"};
}

Task<Result<std::vector<Run>>> RecordStore::runs() {
  if (!loaded_) {  // for the key
    auto state = co_await load();
    if (!state) co_return state.error();
  }
  std::vector<std::string> prefixes = {kRun};
  auto entries = co_await entries_->load(std::move(prefixes));
  if (!entries) co_return entries.error();
  std::vector<Run> runs;
  for (const Entry& entry : *entries) {
    auto run = read_as<Run>(entry, run_from);
    if (!run && run.error().code != ErrorCode::io) co_return run.error();
    runs.push_back(run ? std::move(*run)
                       : Run{.number = run_of(entry.key), .unreadable = run.error().message});
  }
  std::sort(runs.begin(), runs.end(),
            [](const Run& a, const Run& b) { return a.number > b.number; });
  co_return runs;
}

Task<Result<std::vector<RunStep>>> RecordStore::steps(std::int64_t run) {
  if (!loaded_) {
    auto state = co_await load();
    if (!state) co_return state.error();
  }
  std::vector<std::string> prefixes = {steps_key(run), run_key(run)};
  auto entries = co_await entries_->load(std::move(prefixes));
  if (!entries) co_return entries.error();
  std::vector<RunStep> steps;
  for (const Entry& entry : *entries) {
    if (entry.key == run_key(run)) {
      // A move knew already that they are lost, and left none.
      const auto noted = read_as<Run>(entry, run_from);
      if (noted && !noted->unreadable.empty())
        co_return unreadable_history(place(), fmt::format("run {}", run), noted->unreadable);
      continue;
    }
    auto step = read_as<RunStep>(entry, step_from);
    if (!step && step.error().code == ErrorCode::io)
      co_return unreadable_history(place(), fmt::format("a step of run {}", run),
                                   step.error().message);
    if (!step) co_return step.error();
    steps.push_back(std::move(*step));
  }
  std::sort(steps.begin(), steps.end(),
            [](const RunStep& a, const RunStep& b) { return a.number < b.number; });
  co_return steps;
}

Task<Result<void>> RecordStore::renew_seal() {
  if (auto ready = co_await prepare(); !ready) co_return ready;
  const bool all_current = std::all_of(stamps_.begin(), stamps_.end(),
                                       [](const auto& one) { return one.second.current; });
  if (all_current) co_return Result<void>();
  std::vector<std::string> prefixes = {kOutputs, kRecord, kRun, kStep};
  auto entries = co_await entries_->load(std::move(prefixes));
  if (!entries) co_return entries.error();
  // The history first: as long as one record is left to do, all of it is done again.
  std::stable_partition(entries->begin(), entries->end(),
                        [](const Entry& entry) { return !is_counted(entry.key); });
  std::vector<Text> texts;
  for (Entry& entry : *entries) {
    auto text = text_of(entry);
    // What is lost of the history must not keep the rest in clear, or under an old key.
    if (!text && text.error().code == ErrorCode::io && !is_counted(entry.key)) continue;
    if (!text) co_return text.error();
    texts.push_back({.key = std::move(entry.key), .text = std::move(*text)});
  }
  co_return co_await write_all(std::move(texts));
}

SealReport RecordStore::seal_report() const {
  SealReport report = {.key = seal_ ? seal_->name() : "", .has_old_keys = sealing_.keys.size() > 1};
  for (const auto& [key, stamp] : stamps_) {
    if (!stamp.sealed) report.in_clear = true;
    if (!stamp.current && key.starts_with(kRecord)) ++report.outdated;
  }
  return report;
}

Task<Result<std::vector<RecordStore::Text>>> RecordStore::left_over(
    const std::vector<Text>& texts) {
  std::vector<std::string> prefixes = {kOutputs, kRecord, kRun, kStep};
  auto entries = co_await entries_->load(std::move(prefixes));
  if (!entries) co_return entries.error();
  std::set<std::string_view> wanted;
  for (const Text& text : texts) wanted.insert(text.key);
  std::vector<Text> removed;
  for (Entry& entry : *entries)
    if (!wanted.contains(entry.key)) removed.push_back({.key = std::move(entry.key)});
  co_return removed;
}

Task<Result<void>> RecordStore::import(State state, std::vector<Run> runs,
                                       std::vector<std::vector<RunStep>> steps) {
  if (auto ready = co_await prepare(); !ready) co_return ready;
  const bool in_use = head_.move.to.empty() && head_.move.from.empty();
  const bool replaces = !head_.lineage.empty();
  if (replaces && (in_use || head_.lineage != state.head.lineage))
    co_return state_exists(place(), head_.project);
  const std::string lineage = state.head.lineage;
  const std::int64_t serial = std::max(head_.serial, state.head.serial);
  head_ = std::move(state.head);
  head_.serial = serial;
  head_.move.to.clear();
  const bool is_marked = !head_.move.from.empty();
  if (!is_marked) head_.lineage.clear();  // until the last batch is written there is no state here
  std::vector<Text> texts;
  for (const Record& record : state.records)
    texts.push_back({.key = record_key(record.address), .text = json(record_to_value(record))});
  if (!state.outputs.empty())
    texts.push_back({.key = kOutputs, .text = json(Value(std::move(state.outputs)))});
  for (std::size_t i = 0; i < runs.size(); ++i) {
    texts.push_back({.key = run_key(runs[i].number), .text = json(run_to_value(runs[i]))});
    if (i >= steps.size()) continue;
    for (const RunStep& step : steps[i])
      texts.push_back(
          {.key = step_key(runs[i].number, step.number), .text = json(step_to_value(step))});
  }
  auto removed = co_await left_over(texts);
  if (!removed) co_return removed.error();
  std::vector<Text> nothing_more;
  // First of all, and also when there is nothing else to write: here is no state that could be
  // used.
  if (is_marked || replaces)
    if (auto begun = co_await write(nothing_more, true); !begun) co_return begun;
  if (auto dropped = co_await write_all(std::move(*removed)); !dropped) co_return dropped;
  if (auto written = co_await write_all(std::move(texts)); !written) co_return written;
  if (is_marked) co_return Result<void>();
  head_.lineage = lineage;
  co_return co_await write(std::move(nothing_more), true);
}

Task<Result<void>> RecordStore::mark_move(StateMove move) {
  if (auto ready = co_await prepare(); !ready) co_return ready;
  head_.move = std::move(move);
  std::vector<Text> nothing_more;
  co_return co_await write(std::move(nothing_more), true);
}

}  // namespace jim

#include "tests/simulation/process.h"

#include <cstdio>
#include <cstdlib>

#include "core/base/digest.h"
#include "core/config/load.h"
#include "core/plan/snapshot.h"

namespace jim {

namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

void fatal(const Diagnostics& found) {
  for (const Diagnostic& one : found)
    std::fprintf(stderr, "%s:%d: %s (%s)\n", one.where.file.c_str(), one.where.line,
                 one.message.c_str(), one.hint.c_str());
  std::abort();
}

}  // namespace

Process::Process(Network& network, SimulatedVendor& vendor, Server state_server,
                 const MakeStore& make, std::string file, std::string name, std::string machine)
    : name_(std::move(name)),
      identity_(std::move(machine)),
      loop_(network.clock()),
      vendor_http_(loop_, network,
                   [&vendor](const HttpRequest& request) { return vendor.answer(request); }),
      state_http_(loop_, network, std::move(state_server)),
      watched_(loop_, vendor_http_, stop_, counts_),
      limited_(loop_, watched_, &stop_),
      retrying_(loop_, limited_, RetryPolicy{}, static_cast<std::uint32_t>(network.dice().next()),
                &counts_, &stop_),
      state_retrying_(loop_, state_http_, RetryPolicy{},
                      static_cast<std::uint32_t>(network.dice().next())),
      files_({{"jim.yaml", file}}) {
  store_ = make(loop_, state_retrying_);
  ProviderSettings settings = {.name = "sim"};
  auto made =
      RestProvider::make(SimulatedVendor::manifest(), std::move(settings), retrying_, loop_);
  if (!made) fatal({made.error()});
  provider_ = std::move(*made);
  providers_["sim"] = provider_.get();
  for (const ResourceType& type : provider_->types()) types_[type.name] = &type;
  Diagnostics found;
  // Many processes read the same file; it says the same each time.
  static std::pair<std::string, Config> last;
  if (last.first != file) {
    auto config = load_config(files_, {"jim.yaml"}, found);
    if (!config || !found.empty()) fatal(found);
    last = {file, std::move(*config)};
  }
  config_ = last.second;
  expansion_ = expand(config_, types_, files_, {}, found);
  if (!expansion_) fatal(found);
  identity_.enter();
  life_ = live();
}

void Process::order_slowly(Duration pace) {
  for (const char* kind : {"keys", "machines", "servers", "disks"})
    limited_.add_limit("sim", std::string("POST /") + kind, {.count = 1, .per = pace});
}

Process::~Process() {
  life_ = Background();  // what it was doing ends before what it used
}

Background Process::live() { ending_ = co_await run(); }

Ending Process::failed(const Diagnostic& error) {
  return {.status = exit_status(error.code),
          .error = error.message,
          .ambiguous = error.code == ErrorCode::ambiguous};
}

Task<Ending> Process::run() {
  LockHolder wanted = {.who = name_, .command = "apply"};
  auto lock = co_await HeldLock::acquire(loop_, *store_, stop_, std::move(wanted), kTerm);
  if (!lock) {
    Ending ending = failed(lock.error());
    ending.locked_out = lock.error().code == ErrorCode::conflict;
    co_return ending;
  }
  Ending ending = co_await apply_under_lock((*lock)->since());
  const auto released = co_await (*lock)->release();
  if (!released && ending.status == 0) co_return failed(released.error());
  co_return ending;
}

Task<Ending> Process::apply_under_lock(Instant since) {
  auto state = co_await store_->load();
  if (!state) co_return failed(state.error());
  state_ = std::move(*state);
  std::vector<std::string> names;
  for (const auto& [name, type] : types_) names.push_back(name);
  RefreshOptions alone = {.alone = since};
  auto snapshot = co_await refresh(loop_, providers_, names, state_, std::move(alone));
  if (!snapshot) co_return failed(snapshot.error());
  snapshot_ = std::move(*snapshot);
  Diagnostics found;
  const PlanOptions options;
  auto plan = make_plan(config_, *expansion_, state_, snapshot_, options, types_, found);
  if (!plan) {
    for (const Diagnostic& one : found)
      if (one.severity == Severity::error) co_return failed(one);
    co_return failed({.message = "no plan and no error"});
  }
  if (state_.head.lineage.empty()) {
    StateHead head = {.project = "p", .lineage = random_hex(4), .fingerprint_key = random_hex(32)};
    state_.head = head;
    if (auto made = co_await store_->create(std::move(head)); !made) co_return failed(made.error());
  }
  ApplyContext context = {.loop = loop_,
                          .providers = providers_,
                          .store = *store_,
                          .state = state_,
                          .stop = stop_,
                          .observer = observer_};
  const Report report = co_await apply(context, *expansion_, *plan);
  Ending ending = {.status = exit_status(report), .changes = plan->changes.size()};
  for (const StepReport& step : report.steps) {
    if (step.error.message.empty()) continue;
    ending.error += step.address.text() + ": " + step.error.message + "; ";
    ending.ambiguous = ending.ambiguous || step.error.code == ErrorCode::ambiguous;
  }
  for (const Diagnostic& one : report.errors) ending.error += one.message + "; ";
  co_return ending;
}

}  // namespace jim

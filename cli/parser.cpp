#include "cli/parser.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include "cli/habits.h"
#include "cli/manual.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr const char* kStart = "Start";
constexpr const char* kChange = "Change";
constexpr const char* kLook = "Look";
constexpr const char* kVendors = "Vendors";
constexpr const char* kRest = "Rest";

/// What is wrong with a number from 0 upwards; empty when nothing is.
std::string check_amount(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool good = !text.empty() && *end == '\0' && std::isfinite(number) && number >= 0;
  return good ? "" : "takes a number from 0 upwards, not '" + text + "'";
}

/// The number of a run; 0 for `last`, nullopt for what is neither.
std::optional<std::int64_t> run_number_of(const std::string& text) {
  if (text == "last") return 0;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 1) return std::nullopt;
  return number;
}

/// What is wrong with the name of a run; empty when nothing is.
std::string check_run(const std::string& text) {
  if (run_number_of(text)) return {};
  return "'" + text + "' is no run's number: take one that 'jim history' lists, or 'last'";
}

/// The parser with everything that its flags are read into.
class Parser {
 public:
  Parser() : app_("jim turns a YAML file into machines.", "jim") {
    app_.set_help_flag();
    app_.require_subcommand(0, 1);
    add_globals();
    add_start();
    add_change();
    add_look();
    add_state();
    add_vendors();
    add_rest();
    root_ = describe(app_, "");
  }

  Result<Invocation> parse(int argc, const char* const* argv);
  const CommandNode& root() const { return root_; }

 private:
  using Run = std::function<int(Context&)>;

  void add_globals();
  void add_start();
  void add_change();
  void add_look();
  void add_state();
  void add_vendors();
  void add_rest();

  /// The command also writes JSON, or that and markdown.
  CLI::App* speaks(CLI::App* app, std::vector<Format> formats) {
    formats_[app] = std::move(formats);
    return app;
  }
  std::optional<Diagnostic> wrong_format(const CLI::App* app) const;

  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& summary,
                    const char* group, Run run = {}) {
    CLI::App* made = parent.add_subcommand(name, summary);
    made->group(group);
    made->set_help_flag();
    made->fallthrough();
    made->add_flag("-h,--help", help_, "say more about this command");
    if (run) {
      runs_[made] = std::move(run);
    } else {
      made->require_subcommand(0, 1);
    }
    return made;
  }

  template <class T>
  static CLI::Option* value(CLI::App* app, const std::string& names, T& into,
                            const std::string& what, const std::string& summary) {
    return app->add_option(names, into, summary)->type_name(what)->take_last();
  }
  /// A flag that may come several times, with one value each.
  static CLI::Option* values(CLI::App* app, const std::string& names,
                             std::vector<std::string>& into, const std::string& what,
                             const std::string& summary) {
    return app->add_option(names, into, summary)->type_name(what)->allow_extra_args(false);
  }
  /// A flag that takes one of a few words.
  template <class T>
  static CLI::Option* word(CLI::App* app, const std::string& names, T& into,
                           const std::map<std::string, T>& words, const std::string& order,
                           const std::string& summary) {
    const auto read = [&into, words, names, order](const std::vector<std::string>& given) {
      const auto found = words.find(given.back());
      if (found == words.end())
        throw CLI::ValidationError(names.substr(names.find("--")),
                                   "'" + given.back() + "' is not one of " + order);
      into = found->second;
      return true;
    };
    return app->add_option(names, read, summary)->type_name(order)->take_last();
  }
  /// Building goes along needs, deleting against them.
  void add_selection(CLI::App* app, std::vector<std::string>& targets,
                     std::vector<std::string>& excludes, bool deletes = false) {
    values(app, "--target", targets, "ADDRESS",
           deletes ? "only this resource and what needs it; repeatable"
                   : "only this resource and what it needs; repeatable");
    values(app, "--exclude", excludes, "ADDRESS",
           deletes ? "leave this resource standing, and what it needs; repeatable"
                   : "not this resource nor what needs it; repeatable");
  }

  static CommandNode describe(const CLI::App& app, const std::string& path);
  static Parameter describe(const CLI::Option& option);
  Diagnostic unknown_word(const std::string& word, const std::vector<std::string>& path) const;
  std::string missing_argument(const std::string& said) const;
  std::vector<std::string> path_of(const CLI::App* at) const;
  const CLI::App* deepest() const;

  CLI::App app_;
  bool help_ = false;
  bool version_ = false;
  Globals globals_ = {};
  InitFlags init_ = {};
  PlanFlags plan_ = {};
  ApplyFlags apply_ = {};
  ApplyFlags destroy_ = {};
  DriftFlags drift_ = {};
  AdoptFlags adopt_ = {};
  StateFlags state_ = {};
  HistoryFlags history_ = {};
  ExplainFlags explain_ = {};
  GraphFlags graph_ = {};
  SandboxFlags sandbox_ = {};
  std::string output_name_ = {};
  std::string provider_file_ = {};
  std::string shell_ = {};
  std::vector<std::string> help_path_ = {};
  std::map<const CLI::App*, Run> runs_ = {};
  std::map<const CLI::App*, std::vector<Format>> formats_ = {};  ///< beside text
  CommandNode root_ = {};
};

void Parser::add_globals() {
  app_.add_flag("-h,--help", help_, "say more about a command");
  app_.add_flag("--version", version_, "say which version this is");
  values(&app_, "-f,--file", globals_.files, "FILE",
         "read this instead of jim.yaml; later ones are merged over earlier");
  value(&app_, "-C,--directory", globals_.folder, "DIR", "work in this folder");
  values(&app_, "--var", globals_.vars, "NAME=VALUE", "set a variable of the file; repeatable");
  value(&app_, "--state", globals_.state, "URL", "where state is kept, over what the file says");
  word<Format>(&app_, "-o,--output", globals_.format,
               {{"text", Format::text}, {"json", Format::json}, {"markdown", Format::markdown}},
               "text|json|markdown", "how data is written");
  word<ColourMode>(&app_, "--color", globals_.colour,
                   {{"auto", ColourMode::automatic},
                    {"always", ColourMode::always},
                    {"never", ColourMode::never}},
                   "auto|always|never", "colours; auto: on a terminal");
  app_.add_flag("--yes", globals_.yes, "do it without asking");
  app_.add_flag("--no-input", globals_.no_input, "never ask, even on a terminal");
  app_.add_flag("--sandbox", globals_.sandbox,
                "use the Latitude.sh and Lambda in this program; state is apart");
  value(&app_, "--sandbox-scenario", globals_.sandbox_scenario, "FILE",
        "how the emulated vendors misbehave");
  value(&app_, "--sandbox-pace", globals_.sandbox_pace, "NUMBER",
        "0 (default) without delays, 1 as long as real machines take")
      ->check(&check_amount);
  word<std::string>(&app_, "--log", globals_.log, {{"debug", "debug"}, {"info", "info"}},
                    "debug|info", "tell what is sent, on standard error");
  value(&app_, "--events", globals_.events, "FILE", "write what happens as one JSON object a line");
}

void Parser::add_start() {
  auto* init = command(app_, "init", "write a starter jim.yaml", kStart,
                       [this](Context& context) { return run_init(context, init_); });
  value(init, "--example", init_.example, "NAME",
        "which one: latitude, lambda, own-racks, quickstart");
  speaks(command(app_, "validate", "check the file; nothing is sent", kStart,
                 [](Context& context) { return run_validate(context); }),
         {Format::json});
  auto* explain =
      command(app_, "explain", "say what types, attributes and functions there are", kStart,
              [this](Context& context) { return run_explain(context, explain_); });
  speaks(explain, {Format::json})
      ->add_option("topic", explain_.words,
                   "file, state, types, TYPE, TYPE.ATTRIBUTE, PROVIDER, functions, "
                   "manifest, scenario")
      ->type_name("TOPIC");
}

void Parser::add_change() {
  auto* plan = command(app_, "plan", "show what would change", kChange,
                       [this](Context& context) { return run_plan(context, plan_); });
  speaks(plan, {Format::json, Format::markdown});
  value(plan, "--out", plan_.out, "FILE", "save the plan for 'jim apply FILE'");
  plan->add_flag("--destroy", plan_.destroy, "plan to delete everything");
  add_selection(plan, plan_.targets, plan_.excludes);
  plan->add_flag("--offline", plan_.offline, "ask no vendor; compare with state alone");
  plan->add_flag("--detailed-exitcode", plan_.detailed_exit_code,
                 "end with status 2 when there is something to do");
  auto* apply = command(app_, "apply", "make it so", kChange,
                        [this](Context& context) { return run_apply(context, apply_); });
  speaks(apply, {Format::json});
  apply->add_option("plan", apply_.plan_file, "a saved plan: exactly what it says is done")
      ->type_name("FILE");
  add_selection(apply, apply_.targets, apply_.excludes);
  destroy_.destroy = true;
  auto* destroy = command(app_, "destroy", "delete everything that jim made for this file", kChange,
                          [this](Context& context) { return run_apply(context, destroy_); });
  speaks(destroy, {Format::json});
  add_selection(destroy, destroy_.targets, destroy_.excludes, true);
  auto* adopt = command(app_, "adopt", "take over an object that exists already", kChange,
                        [this](Context& context) { return run_adopt(context, adopt_); });
  adopt->add_option("address", adopt_.address, "the resource in the file: web, web[0], web[\"eu\"]")
      ->type_name("ADDRESS")
      ->required();
  adopt->add_option("id", adopt_.id, "the object's id at the vendor")->type_name("ID")->required();
}

void Parser::add_look() {
  auto* drift = command(app_, "drift", "show what changed outside jim", kLook,
                        [this](Context& context) { return run_drift(context, drift_); });
  speaks(drift, {Format::json, Format::markdown});
  drift->add_flag("--detailed-exitcode", drift_.detailed_exit_code,
                  "end with status 12 when something did");
  auto* output = command(app_, "output", "print the file's outputs as of the last apply", kLook,
                         [this](Context& context) { return run_output(context, output_name_); });
  speaks(output, {Format::json})
      ->add_option("name", output_name_, "only this one, bare")
      ->type_name("NAME");
  auto* graph = command(app_, "graph", "draw what needs what", kLook,
                        [this](Context& context) { return run_graph(context, graph_); });
  speaks(graph, {Format::json});
  word<std::string>(graph, "--format", graph_.kind, {{"dot", "dot"}, {"mermaid", "mermaid"}},
                    "dot|mermaid", "the drawing's language");
}

void Parser::add_state() {
  auto* state = command(app_, "state", "look at and mend what jim remembers", kLook);
  speaks(command(*state, "list", "list all addresses with type and id", "",
                 [](Context& context) { return run_state_list(context); }),
         {Format::json});
  auto* show = command(*state, "show", "show one record", "",
                       [this](Context& context) { return run_state_show(context, state_); });
  speaks(show, {Format::json})
      ->add_option("address", state_.address, "the resource")
      ->type_name("ADDRESS")
      ->required();
  auto* move = command(*state, "mv", "give a record another address", "",
                       [this](Context& context) { return run_state_mv(context, state_); });
  move->add_option("from", state_.address, "its address so far")->type_name("FROM")->required();
  move->add_option("to", state_.to, "its new address")->type_name("TO")->required();
  auto* remove = command(*state, "rm", "forget an object; it goes on existing", "",
                         [this](Context& context) { return run_state_rm(context, state_); });
  remove->add_option("address", state_.address, "the resource")->type_name("ADDRESS")->required();
  auto* exported = command(*state, "export", "print all records and outputs as JSON", "",
                           [this](Context& context) { return run_state_export(context, state_); });
  speaks(exported, {Format::json});
  exported->add_flag("--with-key", state_.with_key, "with the key of the fingerprints");
  command(*state, "pull", "print all records and outputs as JSON, for 'state push'", "",
          [](Context& context) { return run_state_pull(context); });
  auto* push = command(*state, "push", "put an exported state in place of this one", "",
                       [this](Context& context) { return run_state_push(context, state_); });
  push->add_option("file", state_.file, "what 'state pull' printed")->type_name("FILE")->required();
  auto* place = command(*state, "move", "keep the state at another place from now on", "",
                        [this](Context& context) { return run_state_move(context, state_); });
  value(place, "--to", state_.to, "URL", "the new place: a path or a URL, as for --state")
      ->required();
  command(*state, "rebuild", "make a lost state anew from the marks on the objects", "",
          [](Context& context) { return run_state_rebuild(context); });

  const auto run_number = [this](CLI::App* app) {
    app->add_option_function<std::string>(
           "run",
           [this](const std::string& text) { history_.run = run_number_of(text).value_or(0); },
           "its number, from 'jim history', or 'last'")
        ->type_name("RUN")
        ->required()
        ->check(&check_run);
  };
  auto* history = command(app_, "history", "list the runs: who, when, what", kLook);
  history->require_subcommand(0, 1);
  runs_[history] = [](Context& context) { return run_history(context); };
  speaks(history, {Format::json, Format::markdown});
  auto* shown = command(*history, "show", "show each step of a run", "",
                        [this](Context& context) { return run_history_show(context, history_); });
  speaks(shown, {Format::json, Format::markdown});
  run_number(shown);
  auto* undo = command(app_, "undo", "restore what a run changed, as far as possible", kChange,
                       [this](Context& context) { return run_undo(context, history_); });
  speaks(undo, {Format::json, Format::markdown});
  run_number(undo);
}

void Parser::add_vendors() {
  auto* provider = command(app_, "provider", "list and check provider manifests", kVendors);
  speaks(command(*provider, "list", "list the built-in providers and their types", "",
                 [](Context& context) { return run_provider_list(context); }),
         {Format::json});
  auto* check = command(*provider, "check", "check a manifest", "", [this](Context& context) {
    return run_provider_check(context, provider_file_);
  });
  speaks(check, {Format::json})
      ->add_option("file", provider_file_, "the manifest")
      ->type_name("FILE")
      ->required();

  auto* sandbox = command(app_, "sandbox", "emulate vendors on this machine", kVendors);
  auto* serve = command(*sandbox, "serve", "offer them to any client over HTTP", "",
                        [this](Context& context) { return run_sandbox_serve(context, sandbox_); });
  value(serve, "--listen", sandbox_.listen, "HOST:PORT", "where; port 0: any free one");
  value(serve, "--pace", sandbox_.pace, "NUMBER",
        "0 (default) without delays, 1 as long as real machines take")
      ->check(&check_amount);
  serve->add_flag_callback(
      "--no-delays", [this] { sandbox_.pace = 0; }, "the same as --pace 0");
  value(serve, "--latency", sandbox_.latency, "MILLISECONDS", "wait so long before each answer")
      ->check(&check_amount);
  value(serve, "--scenario", sandbox_.scenario, "FILE", "how they misbehave");
  value(serve, "--record", sandbox_.record, "FILE", "write every request and answer, one a line");
  value(serve, "--tls-certificate", sandbox_.tls_certificate, "FILE", "serve HTTPS with this");
  value(serve, "--tls-key", sandbox_.tls_key, "FILE", "and its key");
  auto* reset = command(*sandbox, "reset",
                        "forget all that the emulated vendors hold, and the sandbox's state", "",
                        [this](Context& context) { return run_sandbox_reset(context, sandbox_); });
  auto* drift =
      command(*sandbox, "drift", "change something behind jim's back, to try 'jim drift'", "",
              [this](Context& context) { return run_sandbox_drift(context, sandbox_); });
  for (auto* one : {serve, reset, drift})
    value(one, "--data", sandbox_.data, "DIR", "where they keep it; default .jim/sandbox");
}

void Parser::add_rest() {
  speaks(command(app_, "schema", "print the JSON Schema of jim.yaml for editors", kRest,
                 [](Context& context) { return run_schema(context); }),
         {Format::json});
  auto* completion =
      command(app_, "completion", "print a script that completes words in a shell", kRest,
              [this](Context& context) { return run_completion(context, shell_, root_); });
  completion->add_option("shell", shell_, "which one")->type_name("bash|zsh|fish")->required();
  speaks(command(app_, "version", "say which version this is", kRest,
                 [](Context& context) { return run_version(context); }),
         {Format::json});
  auto* help = command(app_, "help", "say more about a command", kRest, [](Context&) { return 0; });
  help->add_option("command", help_path_, "which one")->type_name("COMMAND");
}

Parameter Parser::describe(const CLI::Option& option) {
  Parameter made = {.summary = option.get_description(), .required = option.get_required()};
  for (const std::string& name : option.get_snames()) made.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) made.names.push_back("--" + name);
  if (made.names.empty()) made.names.push_back(option.get_name());
  if (option.get_items_expected_max() > 0) made.value = option.get_type_name();
  made.repeated = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll &&
                  option.get_items_expected_max() > 1;
  return made;
}

CommandNode Parser::describe(const CLI::App& app, const std::string& path) {
  CommandNode node = {
      .name = app.get_name(), .summary = app.get_description(), .group = app.get_group()};
  for (const CLI::Option* option : app.get_options())
    (option->get_positional() ? node.arguments : node.flags).push_back(describe(*option));
  if (const ManualPage* page = manual_page(path)) {
    node.more = page->more;
    node.examples = page->examples;
  }
  for (const CLI::App* below : app.get_subcommands({}))
    node.commands.push_back(
        describe(*below, path.empty() ? below->get_name() : path + " " + below->get_name()));
  return node;
}

const CLI::App* Parser::deepest() const {
  const CLI::App* at = &app_;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return at;
}

std::vector<std::string> Parser::path_of(const CLI::App* at) const {
  std::vector<std::string> path;
  for (; at != nullptr && at != &app_; at = at->get_parent())
    path.insert(path.begin(), at->get_name());
  return path;
}

Diagnostic Parser::unknown_word(const std::string& word,
                                const std::vector<std::string>& path) const {
  std::vector<const CommandNode*> nodes = {&root_};
  for (const std::string& name : path)
    if (const CommandNode* next = nodes.back()->find(name)) nodes.push_back(next);
  const std::string spoken = path.empty() ? "jim" : "jim " + join(path, " ");
  std::vector<std::string> known;
  std::string what = "argument";
  std::string bare = word;
  if (word.starts_with("-")) {
    if (!word.starts_with("--"))
      if (auto habit = habit_of_other_tools(word)) return *std::move(habit);
    what = "flag";
    bare = word.substr(0, word.find('='));
    for (const CommandNode* node : nodes)
      for (const Parameter& flag : node->flags)
        known.insert(known.end(), flag.names.begin(), flag.names.end());
  } else if (!nodes.back()->commands.empty()) {
    what = "command";
    for (const CommandNode& below : nodes.back()->commands) known.push_back(below.name);
  }
  if (path.empty() && what == "command")
    if (auto ours = command_of_other_tools(bare))
      return {.code = ErrorCode::invalid_config,
              .message = "jim: unknown command '" + bare + "'",
              .hint = *std::move(ours)};
  const auto near = did_you_mean(bare, known);
  if (near == bare)  // the command at the end of the path has it, which was not reached yet
    return {
        .code = ErrorCode::invalid_config,
        .message = "'" + escape_control(bare) + "' stands before the command that it belongs to",
        .hint = "write it behind: jim " + (path.empty() ? "COMMAND" : join(path, " ")) + " " +
                escape_control(bare)};
  if (!near)
    if (auto habit = habit_of_other_tools(word)) return *std::move(habit);
  return {.code = ErrorCode::invalid_config,
          .message = spoken + ": unknown " + what + " '" + escape_control(bare) + "'",
          .hint = near ? "did you mean '" + *near + "'?" : "'" + spoken + " --help' lists all"};
}

/// CLI11 says `id is required`; people know the argument by what `--help` calls it.
std::string Parser::missing_argument(const std::string& said) const {
  const CommandNode* node = &root_;
  for (const std::string& name : path_of(deepest())) node = node->find(name);
  for (const Parameter& argument : node->arguments)
    if (said.starts_with(argument.names.front() + " "))
      return argument.value + " is missing: " + argument.summary;
  return said;
}

std::optional<Diagnostic> Parser::wrong_format(const CLI::App* app) const {
  if (globals_.format == Format::text) return std::nullopt;
  const auto found = formats_.find(app);
  std::vector<std::string> words = {"text"};
  if (found != formats_.end()) {
    for (const Format one : found->second) {
      if (one == globals_.format) return std::nullopt;
      words.emplace_back(one == Format::json ? "json" : "markdown");
    }
  }
  return Diagnostic{.code = ErrorCode::invalid_config,
                    .message = "jim " + join(path_of(app), " ") + ": it does not write " +
                               (globals_.format == Format::json ? "json" : "markdown"),
                    .hint = words.size() == 1 ? "leave -o out: it writes text alone"
                                              : "-o takes " + join(words, " or ") + " here"};
}

Result<Invocation> Parser::parse(int argc, const char* const* argv) {
  const auto usage = [&](const std::string& message) {
    const std::vector<std::string> path = path_of(deepest());
    const std::string spoken = path.empty() ? "jim" : "jim " + join(path, " ");
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = spoken + ": " + escape_control(message),
                      .hint = "'" + spoken + " --help' says more"};
  };
  std::string wrong;
  bool required = false;
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    const std::vector<std::string> left = app_.remaining(true);
    if (!help_ && !left.empty()) return unknown_word(left.front(), path_of(deepest()));
  } catch (const CLI::RequiredError& error) {
    wrong = missing_argument(error.what());
    required = true;
  } catch (const CLI::ArgumentMismatch& error) {
    // `--target: 1 required ADDRESS missing`
    wrong = split(error.what(), ":").front() + " needs a value";
  } catch (const CLI::ParseError& error) {
    wrong = error.what();
  }
  const std::vector<std::string> path = path_of(deepest());
  if (help_) return Invocation{.help = help_text(root_, path)};
  if (!wrong.empty()) {
    // `--help` beside a missing argument is read before anything is found missing, so this is a
    // real lack.
    const std::vector<std::string> left = app_.remaining(true);
    if (required && !left.empty()) return unknown_word(left.front(), path);
    // `-out=plan.json` was taken for `-o ut=plan.json`.
    for (int i = 1; i < argc; ++i)
      if (!std::string_view(argv[i]).starts_with("--"))
        if (auto habit = habit_of_other_tools(argv[i])) return *std::move(habit);
    return usage(wrong);
  }
  if (version_)
    return Invocation{.globals = globals_, .run = [](Context& c) { return run_version(c); }};
  if (path.empty()) return Invocation{.help = overview_text(root_)};
  if (path.front() == "help") {
    const CommandNode* at = &root_;
    std::vector<std::string> found;
    for (const std::string& word : help_path_) {
      at = at->find(word);
      if (at == nullptr) return unknown_word(word, found);
      found.push_back(word);
    }
    return Invocation{.help = help_text(root_, help_path_)};
  }
  const auto run = runs_.find(deepest());
  if (run == runs_.end()) return Invocation{.help = help_text(root_, path)};
  if (auto other = wrong_format(deepest())) return *std::move(other);
  for (const char* flag : {"--sandbox-scenario", "--sandbox-pace"})
    if (!globals_.sandbox && app_.count(flag) > 0)
      return usage(std::string(flag) + " is about the vendors of --sandbox, which is not there");
  if (!apply_.plan_file.empty() && (!apply_.targets.empty() || !apply_.excludes.empty()))
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message =
                          "jim apply: a saved plan is done as a whole, so --target and "
                          "--exclude have no place beside it",
                      .hint = "give them to 'jim plan --out'"};
  return Invocation{.globals = globals_, .run = run->second};
}

}  // namespace

CommandNode command_tree() { return Parser().root(); }

Result<Invocation> parse_command_line(int argc, const char* const* argv) {
  const auto parser = std::make_shared<Parser>();
  auto invocation = parser->parse(argc, argv);
  // The function looks into the parser, so it keeps it.
  if (invocation && invocation->run)
    invocation->run = [parser, run = std::move(invocation->run)](Context& context) {
      return run(context);
    };
  return invocation;
}

}  // namespace jim

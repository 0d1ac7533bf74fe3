#include "cli/state_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/base/conceal.h"
#include "core/base/text.h"
#include "core/config/file_scope.h"

namespace jim {

namespace {

/// Reads the map below `state`, key by key.
class Reader {
 public:
  Reader(const Config& config, const Files& files, const Scope& scope, KeyUse keys,
         Diagnostics& diagnostics)
      : config_(config), files_(files), scope_(scope), keys_(keys), diagnostics_(diagnostics) {}

  StoreSettings run() {
    settings_.root = config_.root;
    if (!config_.state) return std::move(settings_);
    const ConfigValue& state = *config_.state;
    settings_.where = state.where;
    if (state.kind == ConfigValue::Kind::map) {
      for (std::size_t i = 0; i < state.entries.size(); ++i)
        read(state.entries[i].first, state.key_places[i], state.entries[i].second);
      const bool has_key = has(state, "key");
      if (!has_key && has(state, "old_keys"))
        fail(state.where, "'old_keys' needs a 'key' to seal with",
             "to keep state in clear again, write it out with 'jim state pull' and put it into "
             "another place, without keys, with 'jim state push'");
      else if (!has_key && settings_.sealing.required)
        fail(
            state.where, "'encryption: required' needs a 'key'",
            R"(key: { passphrase: "${env.JIM_PASSPHRASE}" }, or { file: PATH }, or { command: [...] })");
    } else if (const auto url = text(state, "'state'")) {
      settings_.url = *url;
    }
    return std::move(settings_);
  }

 private:
  static bool has(const ConfigValue& map, const std::string& key) {
    return std::any_of(map.entries.begin(), map.entries.end(),
                       [&](const auto& entry) { return entry.first == key; });
  }

  void fail(const SourceLocation& where, std::string message, std::string hint = {}) {
    diagnostics_.push_back({.code = ErrorCode::invalid_config,
                            .message = std::move(message),
                            .hint = std::move(hint),
                            .where = where});
  }

  std::optional<Value> evaluate(const ConfigValue& value) {
    auto result = value.evaluate(scope_);
    if (!result) diagnostics_.push_back(result.error());
    if (!result || result->has_unknown()) return std::nullopt;
    return std::move(*result);
  }

  std::optional<std::string> text(const ConfigValue& value, const std::string& what) {
    const auto result = evaluate(value);
    if (!result) return std::nullopt;
    if (result->is_string() && !result->as_string().empty()) return result->as_string();
    if (result->is_string()) {
      fail(value.where, what + " is an empty text",
           value.is_constant() ? ""
                               : "look at what the expression makes of variables and environment");
      return std::nullopt;
    }
    fail(value.where, what + " takes a text" + (what == "'state'" ? ": a path or a URL" : ""),
         what == "'state'" ? "or a map with 'url', 'key' and more" : "");
    return std::nullopt;
  }

  std::optional<bool> flag(const ConfigValue& value, const std::string& what) {
    const auto result = evaluate(value);
    if (!result) return std::nullopt;
    if (result->kind() == Value::Kind::boolean) return result->as_bool();
    fail(value.where, what + " takes true or false");
    return std::nullopt;
  }

  std::string below_root(const std::string& path) const {
    return (std::filesystem::path(config_.root) / path).string();
  }

  void read(const std::string& name, const SourceLocation& where, const ConfigValue& value) {
    const std::string what = "'" + name + "' of 'state'";
    const std::map<std::string, std::string*> texts = {{"url", &settings_.url},
                                                       {"user", &settings_.user},
                                                       {"endpoint", &settings_.endpoint},
                                                       {"region", &settings_.region},
                                                       {"profile", &settings_.profile},
                                                       {"lock_url", &settings_.lock_url},
                                                       {"unlock_url", &settings_.unlock_url},
                                                       {"update_method", &settings_.update_method},
                                                       {"lock_method", &settings_.lock_method},
                                                       {"unlock_method", &settings_.unlock_method}};
    const std::map<std::string, std::string*> paths = {{"ca_file", &settings_.ca_file},
                                                       {"cert_file", &settings_.client_certificate},
                                                       {"key_file", &settings_.client_key}};
    if (const auto found = texts.find(name); found != texts.end()) {
      if (const auto given = text(value, what)) *found->second = *given;
      if (name == "url") settings_.where = value.where;
    } else if (const auto file = paths.find(name); file != paths.end()) {
      if (const auto given = text(value, what)) *file->second = below_root(*given);
    } else if (name == "password" && keys_ == KeyUse::looked_at) {
      return;
    } else if (name == "password") {
      if (const auto given = text(value, what)) settings_.password = Secret(*given);
    } else if (name == "path_style") {
      settings_.path_style = flag(value, what);
    } else if (name == "unconditional") {
      settings_.unconditional = flag(value, what).value_or(false);
    } else if (name == "encryption") {
      read_encryption(value);
    } else if (name == "key") {
      // It seals; the old ones, wherever they stand in the file, only open.
      if (auto key = read_key(value, what))
        settings_.sealing.keys.insert(settings_.sealing.keys.begin(), std::move(*key));
    } else if (name == "old_keys") {
      read_old_keys(value);
    } else {
      std::vector<std::string> known = {"password",   "path_style", "unconditional",
                                        "encryption", "key",        "old_keys"};
      for (const auto& [key, unused] : texts) known.push_back(key);
      for (const auto& [key, unused] : paths) known.push_back(key);
      const auto near = did_you_mean(name, known);
      fail(where, fmt::format("unknown key '{}' of 'state'", escape_control(name)),
           near ? fmt::format("did you mean '{}'?", *near) : "known here: " + join(known, ", "));
    }
  }

  void read_encryption(const ConfigValue& value) {
    const auto word = text(value, "'encryption' of 'state'");
    if (!word) return;
    settings_.sealing.required = *word == "required";
    if (*word != "required" && *word != "optional")
      fail(value.where,
           fmt::format("'encryption' is required or optional, not '{}'", escape_control(*word)));
  }

  void read_old_keys(const ConfigValue& value) {
    if (value.kind != ConfigValue::Kind::list)
      return fail(value.where, "'old_keys' of 'state' takes a list of keys",
                  R"(old_keys: [{ passphrase: "${env.OLD_PASSPHRASE}" }])");
    for (std::size_t i = 0; i < value.items.size(); ++i)
      if (auto key = read_key(value.items[i], fmt::format("'old_keys[{}]' of 'state'", i)))
        settings_.sealing.keys.push_back(std::move(*key));
  }

  std::optional<KeySource> read_key(const ConfigValue& value, const std::string& what) {
    const bool shaped = value.kind == ConfigValue::Kind::map && value.entries.size() == 1;
    const std::string name = shaped ? value.entries.front().first : "";
    if (name != "passphrase" && name != "file" && name != "command") {
      fail(value.where, what + " takes one of passphrase, file and command",
           R"(such as { passphrase: "${env.JIM_PASSPHRASE}" })");
      return std::nullopt;
    }
    if (keys_ == KeyUse::looked_at) return KeySource{.origin = what};
    const ConfigValue& inner = value.entries.front().second;
    if (name == "passphrase") {
      const auto word = text(inner, "'passphrase' of " + what);
      if (!word) return std::nullopt;
      return KeySource{.passphrase = Secret(*word), .origin = what};
    }
    std::optional<Secret> content;
    if (name == "file") {
      const auto path = text(inner, "'file' of " + what);
      if (!path) return std::nullopt;
      constexpr std::size_t kLongestKey = 4096;
      const auto read = files_.read(below_root(*path), kLongestKey);
      if (!read) {
        // A path from the environment may be the key itself, put in the wrong place.
        const bool shown = !inner.evaluate(scope_)->has_secret();
        fail(inner.where,
             shown ? read.error().message
                   : conceal(read.error().message, {*path, escape_control(*path)}),
             "'openssl rand -hex 32 > FILE' makes a key");
        return std::nullopt;
      }
      content = Secret(*read);
    } else {
      const auto words = words_of(inner, what);
      if (!words) return std::nullopt;
      auto said = output_of(*words);
      if (!said) {
        fail(inner.where, said.error().message, said.error().hint);
        return std::nullopt;
      }
      content = std::move(*said);
    }
    auto bytes = key_bytes(content->reveal(), "what the " + name + " of " + what + " gives");
    if (!bytes) {
      fail(inner.where, bytes.error().message, bytes.error().hint);
      return std::nullopt;
    }
    return KeySource{.bytes = std::move(*bytes), .origin = what};
  }

  std::optional<std::vector<std::string>> words_of(const ConfigValue& value,
                                                   const std::string& what) {
    const auto list = evaluate(value);
    if (!list) return std::nullopt;
    std::vector<std::string> words;
    if (list->is_list())
      for (const Value& word : list->as_list())
        if (word.is_string()) words.push_back(word.as_string());
    if (!words.empty() && words.size() == list->as_list().size()) return words;
    fail(value.where, "'command' of " + what + " takes a list of words",
         "command: [pass, show, jim-state]; it is run without a shell");
    return std::nullopt;
  }

  const Config& config_;
  const Files& files_;
  const Scope& scope_;
  KeyUse keys_;
  Diagnostics& diagnostics_;
  StoreSettings settings_ = {};
};

}  // namespace

std::optional<StoreSettings> state_settings(const Config& config, const Files& files,
                                            const Surroundings& surroundings, KeyUse keys,
                                            Diagnostics& diagnostics) {
  Diagnostics told;
  const FileScope scope(config, files, surroundings, told);
  const std::size_t before = diagnostics.size();
  StoreSettings settings = Reader(config, files, scope, keys, diagnostics).run();
  if (diagnostics.size() > before) return std::nullopt;
  settings.environment = [&surroundings](const std::string& name) -> std::optional<std::string> {
    const auto found = surroundings.environment.find(name);
    if (found == surroundings.environment.end()) return std::nullopt;
    return found->second;
  };
  return settings;
}

}  // namespace jim

#include "core/provider/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/provider/value_template.h"

namespace jim {
namespace {

const WrittenSetting* find(const std::vector<WrittenSetting>& written, std::string_view name) {
  for (const WrittenSetting& setting : written) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

/// From the file, else from the environment, else the default.
Value value_of(const ConfigKey& key, const std::vector<WrittenSetting>& written,
               const Environment& environment) {
  if (const WrittenSetting* setting = find(written, key.name)) {
    const bool empty = setting->value.is_string() && setting->value.as_string().empty();
    if (!setting->value.is_null() && !empty) return setting->value;
  }
  for (const std::string& variable : key.env) {
    const auto value = environment(variable);
    if (value && !value->empty()) return Value(*value);
  }
  return key.default_value.value_or(Value());
}

void report_unknown(const Manifest& manifest, const std::string& name,
                    const WrittenSetting& setting, Diagnostics& diagnostics) {
  std::vector<std::string> known = common_settings();
  for (const ConfigKey& key : manifest.config) known.push_back(key.name);
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const auto likely = did_you_mean(setting.name, known);
  diagnostics.push_back(
      {.code = ErrorCode::invalid_config,
       .message = fmt::format("{}: unknown setting '{}'", name, escape_control(setting.name)),
       .hint = likely ? fmt::format("did you mean '{}'?", *likely)
                      : fmt::format("known here: {}", join(known, ", ")),
       .where = setting.where});
}

std::string how_to_set(const std::string& name, const ConfigKey& key) {
  const std::string in_file = fmt::format("providers.{}.{}", name, key.name);
  if (key.env.empty()) return fmt::format("set {} in the file", in_file);
  return fmt::format("set {} in the environment or {} in the file", join(key.env, " or "), in_file);
}

void take_common(const std::vector<WrittenSetting>& written, ProviderSettings& settings,
                 Diagnostics& diagnostics) {
  const auto wrong = [&](const WrittenSetting& setting, const char* wanted) {
    diagnostics.push_back(
        {.code = ErrorCode::invalid_config,
         .message = fmt::format("{}.{} must be {}", settings.name, setting.name, wanted),
         .where = setting.where});
  };
  const auto text = [&](const char* key, std::string& out) {
    const Value* declared = settings.config.find(key);
    if (declared != nullptr) out = plain_text(*declared);
    const WrittenSetting* setting = find(written, key);
    if (setting == nullptr || setting->value.is_null()) return;
    if (!setting->value.is_string()) return wrong(*setting, "text");
    out = setting->value.as_string();
  };
  text("endpoint", settings.endpoint);
  text("ca_file", settings.ca_file);
  if (const WrittenSetting* setting = find(written, "page_size")) {
    const bool fits = setting->value.is_integer() && setting->value.as_integer() > 0 &&
                      setting->value.as_integer() <= 100'000;
    if (fits) {
      settings.page_size = static_cast<int>(setting->value.as_integer());
    } else {
      wrong(*setting, "a whole number from 1 to 100000");
    }
  }
  if (const WrittenSetting* setting = find(written, "time_scale")) {
    const bool fits = setting->value.is_number() && setting->value.as_number() >= 0 &&
                      setting->value.as_number() <= 100;
    if (fits) {
      settings.time_scale = setting->value.as_number();
    } else {
      wrong(*setting, "a number from 0 to 100");
    }
  }
}

}  // namespace

const std::vector<std::string>& common_settings() {
  static const std::vector<std::string> kNames = {"ca_file", "endpoint", "manifest", "page_size",
                                                  "time_scale"};
  return kNames;
}

const char* common_setting_text(std::string_view name) {
  if (name == "ca_file") return "file of certificates that are trusted instead of the system's";
  if (name == "endpoint") return "base URL, instead of the vendor's own";
  if (name == "manifest") return "path of a manifest that says how the API works";
  if (name == "page_size") return "objects per page of a list";
  if (name == "time_scale") return "factor for the waits between looks; below 1 for tests";
  return "";
}

std::optional<ProviderSettings> resolve_settings(const Manifest& manifest, const std::string& name,
                                                 const std::vector<WrittenSetting>& written,
                                                 const Environment& environment,
                                                 const SourceLocation& where,
                                                 Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  ProviderSettings settings;
  settings.name = name;
  for (const WrittenSetting& setting : written) {
    const auto& common = common_settings();
    const bool known = manifest.config_key(setting.name) != nullptr ||
                       std::find(common.begin(), common.end(), setting.name) != common.end();
    if (!known) report_unknown(manifest, name, setting, diagnostics);
    if (setting.value.has_unknown()) {
      diagnostics.push_back(
          {.code = ErrorCode::invalid_config,
           .message = fmt::format("{}.{} is known only after apply", name, setting.name),
           .hint = "a provider's settings must be known before anything is made",
           .where = setting.where});
    }
  }
  for (const ConfigKey& key : manifest.config) {
    Value value = value_of(key, written, environment);
    if (value.is_null() && key.required) {
      diagnostics.push_back({.code = ErrorCode::invalid_config,
                             .message = fmt::format("{}: '{}' is not set", name, key.name),
                             .hint = how_to_set(name, key),
                             .where = where});
    }
    // An address or a file is no secret though it came from the environment: errors name it.
    const auto& common = common_settings();
    const bool open = !key.secret && value.is_string() &&
                      std::find(common.begin(), common.end(), key.name) != common.end();
    if (open) value = Value(value.as_string());
    settings.config.set(key.name, key.secret ? value.as_secret() : std::move(value));
  }
  take_common(written, settings, diagnostics);
  if (diagnostics.size() != before) return std::nullopt;
  return settings;
}

}  // namespace jim

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/provider/manifest.h"
#include "core/value/value.h"

namespace jim {

/// One account of a provider as the user's file and the environment give it.
struct ProviderSettings {
  std::string name = {};  ///< of the block; resource types are called NAME.TYPE
  ValueMap config = {};   ///< every key of the manifest's `config`; null where nothing was given
  std::string endpoint = {};  ///< replaces the manifest's base_url; empty: it does not
  std::string ca_file = {};
  std::vector<std::string> secrets = {};  ///< of the whole file: texts that no error may show
  int page_size = 0;                      ///< replaces the manifest's; 0: it does not
  double time_scale = 1.0;  ///< of waits between polls; below 1 for a sandbox that hurries
};

/// Gives an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// One key of a provider block with its place.
struct WrittenSetting {
  std::string name = {};
  Value value = {};
  SourceLocation where = {};
};

/// Keys that every provider block may have, whatever its manifest says.
const std::vector<std::string>& common_settings();
/// What one of them is for, in a few words.
const char* common_setting_text(std::string_view name);

/// Holds a provider block against its manifest: unknown keys, and keys that are required and given
/// neither in the file nor by the environment. Every mistake is added; nullopt when there was one.
std::optional<ProviderSettings> resolve_settings(const Manifest& manifest, const std::string& name,
                                                 const std::vector<WrittenSetting>& written,
                                                 const Environment& environment,
                                                 const SourceLocation& where,
                                                 Diagnostics& diagnostics);

}  // namespace jim

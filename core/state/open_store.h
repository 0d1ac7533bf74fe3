#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/net/event_loop.h"
#include "core/net/http.h"
#include "core/state/seal.h"
#include "core/state/state_store.h"

namespace jim {

/// Where state is kept when nobody says otherwise, from the config's folder.
inline constexpr const char* kDefaultState = ".jim/state.db";

/// What `state` of the file says: where, and how to get in.
struct StoreSettings {
  std::string url = kDefaultState;  ///< a path, `sqlite:PATH`, or a URL
  SourceLocation where = {};        ///< of the URL, for messages
  std::string root = {};            ///< the config's folder: paths start there
  Sealing sealing = {};
  std::string ca_file = {};  ///< these three are PEM files; empty: the host's store, no certificate
  std::string client_certificate = {};
  std::string client_key = {};
  std::string user = {};
  Secret password = {};
  std::string endpoint = {};            ///< s3: another server than AWS
  std::string region = {};              ///< s3
  std::string profile = {};             ///< s3: of the shared credentials file
  std::optional<bool> path_style = {};  ///< s3: bucket in the path; not set: as the server needs it
  bool unconditional = false;  ///< s3: also a server that ignores conditions; then two runs at once
                               ///< may overwrite each other's state
  std::string lock_url = {};   ///< https: empty: the URL itself with `/lock`
  std::string unlock_url = {};
  std::string update_method = "POST";
  std::string lock_method = "LOCK";
  std::string unlock_method = "UNLOCK";
  /// The process's environment: nullopt when a variable is not set.
  std::function<std::optional<std::string>(const std::string&)> environment = {};
  /// Hears what a person should know though nothing failed; may be empty.
  std::function<void(const Diagnostic&)> tell = {};
};

/// The store that `settings.url` names. Fails with `invalid_config` on what it does not know.
/// Nothing is opened, made or sent yet. `http` must not give up when the run is asked to stop: what
/// was done must be written all the same.
Result<std::unique_ptr<StateStore>> open_store(EventLoop& loop, Http& http,
                                               const StoreSettings& settings);

}  // namespace jim

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/state_settings.h"
#include "core/base/files.h"
#include "core/config/config.h"
#include "core/config/expand.h"
#include "core/provider/manifest.h"
#include "core/provider/settings.h"

namespace jim {

/// One provider of the file: its manifest and its account.
struct Account {
  std::string name = {};  ///< of the block
  std::shared_ptr<const Manifest> manifest = {};
  std::optional<ProviderSettings> settings = {};  ///< empty: not all that it needs is given
};

/// The user's file with the manifests that it uses, read and checked. Nothing here meets a network.
class Workspace {
 public:
  explicit Workspace(const Globals& globals);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// No vendor will be asked: credentials may be missing.
  void stay_offline() { offline_ = true; }
  /// What a saved plan was made with: it holds where --var is silent. A secret is there as its
  /// fingerprint, and has to be given again.
  void set_planned_vars(ValueMap vars) { planned_vars_ = std::move(vars); }
  /// Reads the file alone, without its providers.
  bool load_file(Diagnostics& diagnostics);
  /// Reads the file and its providers' manifests; adds every mistake, also of the accounts'
  /// settings.
  bool load(Diagnostics& diagnostics);
  /// Evaluates the file; adds every mistake.
  bool expand(Diagnostics& diagnostics);
  /// Brings in a provider that the file no longer names, for records that are left of it. False
  /// when there is none.
  bool add_provider(const std::string& name, Diagnostics& diagnostics);

  DiskFiles& files() { return files_; }
  const DiskFiles& files() const { return files_; }
  bool has_config() const { return config_.has_value(); }
  const Config& config() const { return *config_; }
  const Expansion& expansion() const { return *expansion_; }
  const std::deque<Account>& accounts() const { return accounts_; }
  const std::map<std::string, const ResourceType*>& types() const { return types_; }
  const Account* account(const std::string& name) const;
  /// Names of the types that the file's resources have, sorted.
  std::set<std::string> used_types() const;
  /// Keys of the file whose values are secret: attributes, settings of accounts, variables, and
  /// the variables that go into those.
  std::set<std::string> secret_keys() const;
  /// Looks for mistakes in `state` of the file; neither opens it nor reads a key.
  bool check_state(Diagnostics& diagnostics) const;
  /// Where state is kept and how to get in, as flag and file say it. Adds every mistake.
  std::optional<StoreSettings> state_settings(Diagnostics& diagnostics) const;
  /// The variables that come from outside the file, converted, with secrets marked. After `expand`.
  ValueMap given_vars() const;
  /// A path of the file's folder: `.jim/state.db`.
  std::string below_root(const std::string& path) const;
  /// The manifest that a provider of the file means; null with the mistake added.
  std::shared_ptr<const Manifest> find_manifest(const ProviderBlock& block,
                                                Diagnostics& diagnostics) const;

 private:
  bool find_files(std::vector<std::string>& paths, Diagnostics& diagnostics) const;
  /// Adds the variables that values under `keys` are made of.
  void add_sources(std::set<std::string>& keys) const;
  void set_vars(Diagnostics& diagnostics);
  void use_planned_vars(Diagnostics& diagnostics);
  void add_dummies(const ProviderBlock& block);
  bool add_account(const ProviderBlock& block, Diagnostics& diagnostics);

  const Globals& globals_;
  bool offline_ = false;
  DiskFiles files_ = {};
  Surroundings surroundings_ = {};
  ValueMap planned_vars_ = {};
  std::optional<Config> config_ = {};
  std::deque<Account> accounts_ = {};
  std::deque<ResourceType> owned_types_ = {};
  std::map<std::string, const ResourceType*> types_ = {};
  std::optional<Expansion> expansion_ = {};
};

/// The manifest compiled into the binary under this name; null when there is none. Compiled on
/// demand.
std::shared_ptr<const Manifest> built_in_manifest(const std::string& name,
                                                  Diagnostics& diagnostics);
/// Names of all built-in manifests, sorted.
std::vector<std::string> built_in_names();

}  // namespace jim

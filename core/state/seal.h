#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/state/entry_store.h"

namespace jim {

/// One key that state may be sealed with: a passphrase, or 32 bytes.
struct KeySource {
  Secret passphrase = {};   ///< scrypt makes the key of it
  Secret bytes = {};        ///< exactly 32; used when there is no passphrase
  std::string origin = {};  ///< for messages: `state.key`, `state.old_keys[0]`
};

/// How a state is sealed. The first key seals, all of them open.
struct Sealing {
  std::vector<KeySource> keys = {};
  bool required = false;  ///< a state that holds anything in clear is refused
};

/// The key bytes of a file or a command's output: 32 bytes, or their hexadecimal or base64 text.
/// Fails with invalid_config naming `origin`, never the content.
Result<Secret> key_bytes(std::string_view content, const std::string& origin);

/// Seals and opens entries: AES-256-GCM, a random nonce each, with key and serial as associated
/// data, so that a sealed entry cannot be passed off as another one or an older one.
class Seal {
 public:
  /// What scrypt makes keys of passphrases with; kept in clear beside the state.
  struct Derivation {
    std::string salt = {};  ///< base64
    std::int64_t n = 1 << 15;
    std::int64_t r = 8;
    std::int64_t p = 1;
  };

  /// A seal for a new state, with a fresh salt.
  static Result<Seal> make(const Sealing& sealing);
  /// For a state whose derivation is known. Fails with `io` when that makes no sense.
  static Result<Seal> of(const Sealing& sealing, const Derivation& derivation);
  static Derivation fresh_derivation();

  const Derivation& derivation() const { return derivation_; }
  /// The first key, as messages name it.
  const std::string& name() const { return keys_.front().id; }
  /// The whole body of an entry.
  std::string close(std::string_view key, std::int64_t serial, std::string_view text) const;
  /// The text of a sealed entry. Fails with `unauthorized` when no key fits, with `io` when it is
  /// not as it was written.
  Result<std::string> open(const Entry& entry) const;
  /// Whether a body was sealed with the first key.
  bool is_current(std::string_view body) const;

 private:
  struct Key {
    std::string id = {};  ///< 8 hexadecimal digits, in every entry it sealed
    Secret bytes = {};
    std::string origin = {};
  };
  std::vector<Key> keys_ = {};
  Derivation derivation_ = {};
};

}  // namespace jim

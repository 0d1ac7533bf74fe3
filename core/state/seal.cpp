#include "core/state/seal.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <array>
#include <memory>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/state/entry_text.h"

namespace jim {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kIdSize = 8;
constexpr int kSaltSize = 16;
/// Above it scrypt would take more memory than a state is worth.
constexpr std::int64_t kMostMemory = 512LL << 20;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string associated(std::string_view key, std::int64_t serial) {
  return std::string(key) + "\n" + std::to_string(serial);
}

bool from_hex(std::string_view text, std::string& bytes) {
  if (text.size() != 2 * kKeySize) return false;
  bytes.clear();
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::string pair(text.substr(i, 2));
    char* end = nullptr;
    const long value = std::strtol(pair.c_str(), &end, 16);
    if (end != pair.c_str() + 2 || pair.front() == '-' || pair.front() == '+' ||
        pair.front() == ' ')
      return false;
    bytes += static_cast<char>(value);
  }
  return true;
}

Result<Secret> scrypt(const KeySource& source, const Seal::Derivation& how) {
  std::string salt;
  const bool sound = how.n >= 1024 && how.n <= (1 << 24) && (how.n & (how.n - 1)) == 0 &&
                     how.r >= 1 && how.r <= 64 && how.p >= 1 && how.p <= 16 &&
                     128 * how.n * how.r <= kMostMemory && base64_decode(how.salt, salt);
  std::string key(kKeySize, '\0');
  const std::string& word = source.passphrase.reveal();
  if (!sound ||
      EVP_PBE_scrypt(word.data(), word.size(), bytes_of(salt), salt.size(),
                     static_cast<std::uint64_t>(how.n), static_cast<std::uint64_t>(how.r),
                     static_cast<std::uint64_t>(how.p), static_cast<std::uint64_t>(2 * kMostMemory),
                     bytes_of(key), key.size()) != 1)
    return Diagnostic{.code = ErrorCode::io,
                      .message = "what the state says about its key's derivation makes no sense"};
  return Secret(key);
}

Diagnostic not_as_written(const Entry& entry) {
  return {
      .code = ErrorCode::io,
      .message = fmt::format("the entry '{}' is not as jim sealed it", escape_control(entry.key))};
}

}  // namespace

Result<Secret> key_bytes(std::string_view content, const std::string& origin) {
  std::string bytes(content);
  if (bytes.size() == kKeySize) return Secret(bytes);
  const std::string_view text = trim(content);
  if (from_hex(text, bytes)) return Secret(bytes);
  if (base64_decode(text, bytes) && bytes.size() == kKeySize) return Secret(bytes);
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = origin + " is no key of 32 bytes, nor its hexadecimal or base64 text",
      .hint = "'openssl rand -hex 32' makes one"};
}

Seal::Derivation Seal::fresh_derivation() {
  return {.salt = base64_encode(random_bytes(kSaltSize))};
}

Result<Seal> Seal::make(const Sealing& sealing) { return of(sealing, fresh_derivation()); }

Result<Seal> Seal::of(const Sealing& sealing, const Derivation& derivation) {
  Seal seal;
  seal.derivation_ = derivation;
  for (const KeySource& source : sealing.keys) {
    Secret bytes = source.bytes;
    if (!source.passphrase.empty()) {
      auto made = scrypt(source, derivation);
      if (!made) return made.error();
      bytes = std::move(*made);
    }
    const std::string id = sha256_hex("jim key " + bytes.reveal()).substr(0, kIdSize);
    seal.keys_.push_back({.id = id, .bytes = bytes, .origin = source.origin});
  }
  return seal;
}

std::string Seal::close(std::string_view key, std::int64_t serial, std::string_view text) const {
  const Key& with = keys_.front();
  std::string sealed = random_bytes(kNonceSize);
  const std::string also = associated(key, serial);
  std::string hidden(text.size(), '\0');
  std::array<unsigned char, kTagSize> tag = {};
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  const bool done =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(with.bytes.reveal()),
                         bytes_of(std::string_view(sealed))) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(also),
                        static_cast<int>(also.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes_of(hidden), &length, bytes_of(text),
                        static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), nullptr, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) == 1;
  if (!done) std::abort();  // no memory; nothing may be written in clear instead
  sealed += hidden;
  sealed.append(reinterpret_cast<const char*>(tag.data()), tag.size());
  return fmt::format("s1 {} {}", with.id, base64_encode(sealed));
}

Result<std::string> Seal::open(const Entry& entry) const {
  const std::string_view body = entry.body;
  std::string sealed;
  if (!is_sealed(body) || body.size() < 3 + kIdSize + 1 || body[3 + kIdSize] != ' ' ||
      !base64_decode(body.substr(3 + kIdSize + 1), sealed) || sealed.size() < kNonceSize + kTagSize)
    return not_as_written(entry);
  const std::string_view id = body.substr(3, kIdSize);
  const Key* with = nullptr;
  for (const Key& key : keys_)
    if (key.id == id) with = &key;
  if (with == nullptr)
    return Diagnostic{
        .code = ErrorCode::unauthorized,
        .message = fmt::format("the state was sealed with key {}, which is not the one given",
                               escape_control(id)),
        .hint = "name that key by 'key' or 'old_keys' of 'state'"};
  const std::string also = associated(entry.key, entry.serial);
  std::string text(sealed.size() - kNonceSize - kTagSize, '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  const bool done =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(with->bytes.reveal()),
                         bytes_of(std::string_view(sealed))) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(also),
                        static_cast<int>(also.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(text), &length,
                        bytes_of(std::string_view(sealed)) + kNonceSize,
                        static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize,
                          sealed.data() + sealed.size() - kTagSize) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), nullptr, &length) == 1;
  if (!done) return not_as_written(entry);
  return text;
}

bool Seal::is_current(std::string_view body) const {
  return is_sealed(body) && body.substr(3, kIdSize) == keys_.front().id;
}

}  // namespace jim

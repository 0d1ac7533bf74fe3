#include "core/base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

namespace jim {

namespace {

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string digest_hex(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result = {};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, algorithm, nullptr);
  return hex(result.data(), length);
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return digest_hex(EVP_sha256(), bytes); }
std::uint64_t sha256_prefix(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result = {};
  EVP_Digest(bytes.data(), bytes.size(), result.data(), nullptr, EVP_sha256(), nullptr);
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | result[i];
  return prefix;
}

std::string sha1_hex(std::string_view bytes) { return digest_hex(EVP_sha1(), bytes); }
std::string sha512_hex(std::string_view bytes) { return digest_hex(EVP_sha512(), bytes); }
std::string md5_hex(std::string_view bytes) { return digest_hex(EVP_md5(), bytes); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       reinterpret_cast<unsigned char*>(result.data()), &length);
  result.resize(length);
  return result;
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
  const std::string result = hmac_sha256(key, bytes);
  return hex(reinterpret_cast<const unsigned char*>(result.data()), result.size());
}

std::string base64_encode(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

bool base64_decode(std::string_view text, std::string& bytes) {
  if (text.empty()) {
    bytes.clear();
    return true;
  }
  if (text.size() % 4 != 0) return false;
  std::string decoded(3 * (text.size() / 4), '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return false;
  std::size_t kept = static_cast<std::size_t>(length);
  if (text.back() == '=') --kept;  // EVP_DecodeBlock counts the padding as bytes
  if (text[text.size() - 2] == '=') --kept;
  decoded.resize(kept);
  bytes = std::move(decoded);
  return true;
}

std::string random_bytes(int bytes) {
  std::string random(static_cast<std::size_t>(bytes), '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), bytes) != 1)
    std::abort();  // no randomness: nothing safe can be made
  return random;
}

std::string random_hex(int bytes) {
  const std::string random = random_bytes(bytes);
  return hex(reinterpret_cast<const unsigned char*>(random.data()), random.size());
}

}  // namespace jim

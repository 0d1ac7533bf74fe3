#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jim {

/// Digests of bytes, as lower-case hexadecimal text (OpenSSL does the work).
std::string sha256_hex(std::string_view bytes);
/// The first 8 bytes of it as a number, the first byte the highest.
std::uint64_t sha256_prefix(std::string_view bytes);
std::string sha1_hex(std::string_view bytes);
std::string sha512_hex(std::string_view bytes);
std::string md5_hex(std::string_view bytes);
/// HMAC-SHA256 of `bytes` under `key`, hexadecimal.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);
/// The same as 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

std::string base64_encode(std::string_view bytes);
/// False when `text` is not base64; `bytes` is then left alone.
bool base64_decode(std::string_view text, std::string& bytes);

/// `bytes` random bytes from the system's generator; as they are, and hexadecimal.
std::string random_bytes(int bytes);
std::string random_hex(int bytes);

}  // namespace jim

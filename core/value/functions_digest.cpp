#include <charconv>

#include "core/base/digest.h"
#include "core/value/arguments.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

template <std::string (*digest)(std::string_view)>
Result<Value> digest_of(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  return Value(digest(text));
}

bool bytes_of_hex(std::string_view hex, std::string& out) {
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    const auto read = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (read.ec != std::errc() || read.ptr != hex.data() + i + 2) return false;
    out += static_cast<char>(byte);
  }
  return hex.size() % 2 == 0;
}

/// The 16 bytes of a UUID in its usual form, or of one of RFC 4122's four namespaces; empty for
/// anything else.
std::string namespace_bytes(const std::string& name) {
  const std::string tail = "9dad11d180b400c04fd430c8";
  std::string hex;
  if (name == "dns") hex = "6ba7b810" + tail;
  if (name == "url") hex = "6ba7b811" + tail;
  if (name == "oid") hex = "6ba7b812" + tail;
  if (name == "x500") hex = "6ba7b814" + tail;
  if (name.size() == 36 && name[8] == '-' && name[13] == '-' && name[18] == '-' && name[23] == '-')
    hex = name.substr(0, 8) + name.substr(9, 4) + name.substr(14, 4) + name.substr(19, 4) +
          name.substr(24);
  std::string bytes;
  return hex.size() == 32 && bytes_of_hex(hex, bytes) ? bytes : std::string();
}

Result<Value> uuid_v5(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string space = in.text(0);
  const std::string name = in.text(1);
  if (!in) return in.error();
  const std::string bytes = namespace_bytes(space);
  if (bytes.empty())
    return function_error("\"" + space + "\" is no namespace", "use dns, url, oid, x500 or a UUID");
  std::string hex = sha1_hex(bytes + name).substr(0, 32);
  hex[12] = '5';  // the version
  const std::size_t digit = std::string_view("0123456789abcdef").find(hex[16]);
  hex[16] = "89ab"[digit & 3];  // the variant
  return Value(hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
               hex.substr(16, 4) + "-" + hex.substr(20));
}

}  // namespace

void add_digest_functions(Functions& all) {
  all.push_back({"md5", "md5(text)", "The MD5 digest of a text, hexadecimal.", R"(md5("a"))",
                 R"("0cc175b9c0f1b6a831c399e269772661")", 1, 1, digest_of<md5_hex>});
  all.push_back({"sha1", "sha1(text)", "The SHA-1 digest of a text, hexadecimal.", R"(sha1("a"))",
                 R"("86f7e437faa5a7fce15d1ddcb9eaeaea377667b8")", 1, 1, digest_of<sha1_hex>});
  all.push_back({"sha256", "sha256(text)", "The SHA-256 digest of a text, hexadecimal.",
                 R"(sha256("a"))",
                 R"("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")", 1, 1,
                 digest_of<sha256_hex>});
  all.push_back({"sha512", "sha512(text)", "The SHA-512 digest of a text, hexadecimal.",
                 R"(substr(sha512("a"), 0, 16))", R"("1f40fc92da241694")", 1, 1,
                 digest_of<sha512_hex>});
  all.push_back({"uuidv5", "uuidv5(namespace, name)",
                 "The UUID that a name has in a namespace: dns, url, oid, x500 or a UUID.",
                 R"(uuidv5("dns", "www.example.com"))", R"("2ed6657d-e927-568b-95e1-2665a8aea6a2")",
                 2, 2, uuid_v5});
}

}  // namespace jim::detail

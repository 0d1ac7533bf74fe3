#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "core/value/arguments.h"
#include "core/value/limits.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

/// A network such as 10.0.0.0/8: the address in network order, its size in bits, the bits of the
/// prefix.
struct Network {
  std::array<unsigned char, 16> bytes = {};
  int bits = 0;
  int prefix = 0;

  bool is_set(int bit) const {
    return ((bytes[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8)) & 1) != 0;
  }
  void put(int bit, bool one) {
    auto& byte = bytes[static_cast<std::size_t>(bit / 8)];
    const auto mask = static_cast<unsigned char>(1u << (7 - bit % 8));
    byte = static_cast<unsigned char>(one ? byte | mask : byte & ~mask);
  }
  /// Writes a number into the bits from `first` up to but not including `end`; false when it does
  /// not fit.
  bool write(std::uint64_t number, int first, int end) {
    for (int bit = end - 1; bit >= first; --bit, number >>= 1) put(bit, (number & 1) != 0);
    return number == 0;
  }
  /// Adds one to the number that ends before `end`; false when that overflows.
  bool increment(int first, int end) {
    for (int bit = end - 1; bit >= first; --bit) {
      const bool was = is_set(bit);
      put(bit, !was);
      if (!was) return true;
    }
    return false;
  }
  std::string address() const {
    std::array<char, INET6_ADDRSTRLEN> text = {};
    inet_ntop(bits == 32 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
    return text.data();
  }
  std::string text() const { return fmt::format("{}/{}", address(), prefix); }
};

Result<Network> parse_network(const std::string& text) {
  const Diagnostic wrong = function_error(fmt::format("\"{}\" is not a network", text),
                                          "write it as 10.0.0.0/8 or fd00::/8");
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return wrong;
  Network network;
  const std::string address = text.substr(0, slash);
  if (inet_pton(AF_INET, address.c_str(), network.bytes.data()) == 1)
    network.bits = 32;
  else if (inet_pton(AF_INET6, address.c_str(), network.bytes.data()) == 1)
    network.bits = 128;
  else
    return wrong;
  const char* const first = text.data() + slash + 1;
  const char* const last = text.data() + text.size();
  const auto read = std::from_chars(first, last, network.prefix);
  if (read.ec != std::errc() || read.ptr != last || network.prefix < 0 ||
      network.prefix > network.bits)
    return wrong;
  for (int bit = network.prefix; bit < network.bits; ++bit) network.put(bit, false);
  return network;
}

Diagnostic does_not_fit(const Network& network, std::int64_t number, std::string_view what) {
  return function_error(fmt::format("{} has no {} {}", network.text(), what, number));
}

Result<Value> host(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::int64_t number = in.integer(1);
  if (!in) return in.error();
  auto network = parse_network(text);
  if (!network) return network.error();
  Network address = *network;
  // A negative number counts from the end: all ones is -1, so its complement is written inverted.
  const bool from_end = number < 0;
  const auto count = static_cast<std::uint64_t>(from_end ? ~number : number);
  if (!address.write(count, address.prefix, address.bits))
    return does_not_fit(*network, number, "host");
  if (from_end)
    for (int bit = address.prefix; bit < address.bits; ++bit)
      address.put(bit, !address.is_set(bit));
  return Value(address.address());
}

Result<Value> netmask(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  auto network = parse_network(text);
  if (!network) return network.error();
  if (network->bits != 32) return function_error("only IPv4 networks have a netmask");
  for (int bit = 0; bit < 32; ++bit) network->put(bit, bit < network->prefix);
  return Value(network->address());
}

Result<Value> subnet(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::int64_t new_bits = in.integer(1);
  const std::int64_t number = in.integer(2);
  if (!in) return in.error();
  auto network = parse_network(text);
  if (!network) return network.error();
  Network part = *network;
  if (new_bits < 0 || new_bits > part.bits - part.prefix)
    return function_error(fmt::format("{} has no room for {} more bits", part.text(), new_bits));
  part.prefix += static_cast<int>(new_bits);
  if (number < 0 || !part.write(static_cast<std::uint64_t>(number), network->prefix, part.prefix))
    return does_not_fit(*network, number, "subnet");
  return Value(part.text());
}

Result<Value> subnets(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  auto network = parse_network(text);
  if (!in) return in.error();
  if (!network) return network.error();
  ValueList out;
  Network next = *network;
  bool full = false;
  for (std::size_t i = 1; i < in.size(); ++i) {
    const std::int64_t new_bits = in.integer(i);
    if (!in) return in.error();
    if (new_bits < 0 || new_bits > network->bits - network->prefix)
      return function_error(
          fmt::format("{} has no room for {} more bits", network->text(), new_bits));
    const int prefix = network->prefix + static_cast<int>(new_bits);
    // The next free address, up to the next border of a network of this size.
    bool rest = false;
    for (int bit = prefix; bit < next.bits; ++bit) {
      rest = rest || next.is_set(bit);
      next.put(bit, false);
    }
    if (rest && !next.increment(network->prefix, prefix)) full = true;
    if (full)
      return function_error(
          fmt::format("{} has no room for all of these subnets", network->text()));
    next.prefix = prefix;
    out.emplace_back(next.text());
    full = !next.increment(network->prefix, prefix);
  }
  return Value(std::move(out));
}

}  // namespace

void add_network_functions(Functions& all) {
  all.push_back({"cidrhost", "cidrhost(network, number)",
                 "The address of a host in a network; a negative number counts from the end.",
                 R"(cidrhost("10.0.0.0/8", 2))", R"("10.0.0.2")", 2, 2, host});
  all.push_back({"cidrnetmask", "cidrnetmask(network)", "The netmask of an IPv4 network.",
                 R"(cidrnetmask("172.16.0.0/12"))", R"("255.240.0.0")", 1, 1, netmask});
  all.push_back({"cidrsubnet", "cidrsubnet(network, bits, number)",
                 "One of the networks inside a network, with so many more bits in its prefix.",
                 R"(cidrsubnet("10.0.0.0/8", 8, 3))", R"("10.3.0.0/16")", 3, 3, subnet});
  all.push_back({"cidrsubnets", "cidrsubnets(network, bits, ...)",
                 "Networks inside a network, one after another, each with so many more bits.",
                 R"(cidrsubnets("10.1.0.0/16", 4, 8))", R"(["10.1.0.0/20","10.1.16.0/24"])", 1, -1,
                 subnets});
}

}  // namespace jim::detail

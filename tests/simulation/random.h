#pragma once

#include <cstdint>

namespace jim {

/// Makes all randomness of the program (OpenSSL's generator) follow a seed from now on.
void seed_randomness(std::uint64_t seed);

}  // namespace jim

#include "tests/simulation/random.h"

#include <openssl/rand.h>

#include <random>

namespace jim {

namespace {

std::mt19937_64 generator;

int give(unsigned char* out, int count) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<unsigned char>(generator());
  return 1;
}

}  // namespace

void seed_randomness(std::uint64_t seed) {
  generator.seed(seed);
  static const RAND_METHOD method = {.seed = nullptr,
                                     .bytes = give,
                                     .cleanup = nullptr,
                                     .add = nullptr,
                                     .pseudorand = give,
                                     .status = [] { return 1; }};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  RAND_set_rand_method(&method);
#pragma GCC diagnostic pop
}

}  // namespace jim

#include "tests/fakes/mutation.h"

namespace jim {

Mutation::Mutation(std::uint32_t seed, std::vector<std::string> texts,
                   std::vector<std::string> words)
    : random_(seed), texts_(std::move(texts)), words_(std::move(words)) {}

// The distributions of the standard library differ from one to the next; this does not.
std::size_t Mutation::below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

std::string Mutation::piece(const std::string& text) {
  const std::size_t from = below(text.size() + 1);
  return text.substr(from, 1 + below(12));
}

void Mutation::damage(std::string& text) {
  const std::size_t at = below(text.size() + 1);
  switch (below(6)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    case 1:
      text.erase(at, 1 + below(5));
      break;
    case 2:
      text.insert(at, any(words_));
      break;
    case 3:
      text.insert(at, piece(text));
      break;
    case 4:
      text.insert(at, piece(any(texts_)));
      break;
    default:
      text.resize(at);
  }
}

std::string Mutation::next() {
  std::string text = any(texts_);
  for (std::size_t i = 1 + below(4); i > 0; --i) damage(text);
  return text;
}

}  // namespace jim

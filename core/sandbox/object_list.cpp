#include "core/sandbox/object_list.h"

namespace jim::sandbox {
namespace {

constexpr std::size_t kBlock = 512;

bool older(const Object* left, const Object* right) { return left->number < right->number; }

}  // namespace

std::vector<ObjectList::Block>::iterator ObjectList::block_of(const Object* object) {
  auto next = std::upper_bound(
      blocks_.begin(), blocks_.end(), object,
      [](const Object* wanted, const Block& block) { return older(wanted, block.front()); });
  return next == blocks_.begin() ? next : next - 1;
}

void ObjectList::insert(Object* object) {
  ++size_;
  if (blocks_.empty()) {
    blocks_.push_back({object});
    return;
  }
  const auto block = block_of(object);
  block->insert(std::upper_bound(block->begin(), block->end(), object, older), object);
  if (block->size() <= kBlock) return;
  // Growth is at the end nearly always, so a full last block stays full.
  const auto keep = block + 1 == blocks_.end() ? kBlock : kBlock / 2;
  const auto middle = block->begin() + static_cast<std::ptrdiff_t>(keep);
  Block rest(middle, block->end());
  block->erase(middle, block->end());
  blocks_.insert(block + 1, std::move(rest));
}

void ObjectList::erase(const Object* object) {
  if (blocks_.empty()) return;
  const auto block = block_of(object);
  const auto place = std::lower_bound(block->begin(), block->end(), object, older);
  if (place == block->end() || *place != object) return;
  block->erase(place);
  if (block->empty()) blocks_.erase(block);
  --size_;
}

}  // namespace jim::sandbox

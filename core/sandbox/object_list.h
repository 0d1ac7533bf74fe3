#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/sandbox/object.h"

namespace jim::sandbox {

/// Objects in the order they were made. Any page of it is found without walking over the objects
/// before it: they are kept in blocks, and only the blocks' sizes are added up.
class ObjectList {
 public:
  void insert(Object* object);
  void erase(const Object* object);
  std::size_t size() const { return size_; }

  /// Calls `visitor` with up to `count` objects from the `offset`th on.
  template <class Visitor>
  void page(std::size_t offset, std::size_t count, Visitor visitor) const {
    for (const auto& block : blocks_) {
      if (count == 0) return;
      if (offset >= block.size()) {
        offset -= block.size();
        continue;
      }
      const std::size_t end = std::min(block.size(), offset + count);
      for (std::size_t i = offset; i < end; ++i) visitor(*block[i]);
      count -= end - offset;
      offset = 0;
    }
  }
  template <class Visitor>
  void each(Visitor visitor) const {
    page(0, size_, visitor);
  }

 private:
  using Block = std::vector<Object*>;
  std::vector<Block>::iterator block_of(const Object* object);

  std::vector<Block> blocks_ = {};
  std::size_t size_ = 0;
};

}  // namespace jim::sandbox

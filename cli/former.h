#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/undoing.h"

namespace jim {

/// A block for one instance, whose shape its key tells. `like` is that of the file, whose words on
/// how to treat the resource hold on; null: the file has none.
ResourceBlock block_like(const Address& address, const std::string& type,
                         const ResourceBlock* like);

/// Resources as they were before a run, so that they can be made again: a value that is the id of
/// another object refers to whatever has that object's address now.
class Former {
 public:
  /// `steps`: of what is to be as it was; `vanish`: what is not to exist; `present`: all that is
  /// going to exist. Blocks that are made go to `blocks`. All outlive it.
  Former(const UndoInput& input, const std::map<Address, const RunStep*>& steps,
         const std::set<Address>& vanish, const std::set<Address>& present,
         std::deque<ResourceBlock>& blocks);

  struct Restored {
    Desired desired = {};
    std::set<std::string> needs = {};     ///< of its block, as far as values refer to it
    std::set<std::string> wants = {};     ///< what its block is to come after all the same
    std::vector<std::string> notes = {};  ///< what of it is not restored
    std::string cannot = {};              ///< why it cannot be restored at all
  };
  Restored restore(const RunStep& step) const;

 private:
  /// Both sides of a value that may hold ids: as far as it is known now, and how to know it later.
  struct Resolved {
    Value value = {};
    ConfigValue written = {};
  };

  void find_standing();
  const Desired* of_file(const RunStep& step) const;
  const ResourceBlock* block_of(const std::string& name) const;
  /// Whether the file asks for what there was. What it refers to must exist, or be restored too.
  bool agrees(const RunStep& step, const Desired& desired, const ValueMap& given) const;
  bool agrees_where_unknown(const RunStep& step, const Desired& desired,
                            const std::string& name) const;
  bool is_or_comes(const std::string& block) const;
  void take(const RunStep& step, const Desired* desired, const ValueMap& given,
            ResourceBlock& block, Restored& restored) const;
  Resolved resolve(const RunStep& step, const Value& value, Restored& restored) const;
  Resolved resolve_text(const RunStep& step, const std::string& text, Restored& restored) const;
  std::string reference_to(const Address& address) const;
  /// What the block of a restored resource needs beside what its values refer to.
  void add_wants(const RunStep& step, Restored& restored) const;
  const std::string& key() const { return input_.state.head.fingerprint_key; }

  const UndoInput& input_;
  const std::map<Address, const RunStep*>& steps_;
  const std::set<Address>& vanish_;
  const std::set<Address>& present_;
  std::deque<ResourceBlock>& blocks_;
  std::map<std::string, Address> ids_ = {};     ///< of objects that stand
  std::map<std::string, Value> standing_ = {};  ///< blocks of which everything stands and stays
  std::map<Address, const Desired*> file_ = {};
};

}  // namespace jim

#include "tests/simulation/scenario.h"

#include <fmt/format.h>

namespace jim {

namespace {

/// One block of the file. Names of objects are unique, so that it can be seen what is whose.
struct Block {
  std::string name = {};
  std::string kind = {};  ///< key, machine, server, disk, rack
  int count = 0;          ///< 0: a single one
  std::string label = {};
  std::string image = {};
  std::string plan = {};
  std::string key = {};     ///< name of the key's block
  std::string object = {};  ///< the object's name; stays when the block is renamed
};

const char* plural(const std::string& kind) {
  if (kind == "key") return "keys";
  if (kind == "machine") return "machines";
  if (kind == "server") return "servers";
  return kind == "disk" ? "disks" : "racks";
}

std::string word(Dice& dice, const char* stem, int of) {
  return fmt::format("{}{}", stem, dice.under(of));
}

Version written(const std::vector<Block>& blocks) {
  Version version = {.text = "project: p\nproviders: { sim: {} }\n"};
  if (blocks.empty()) return version;
  version.text += "resources:\n";
  for (const Block& block : blocks) {
    version.text += fmt::format("  {}:\n    type: sim.{}\n", block.name, block.kind);
    const bool many = block.count > 0;
    if (many) version.text += fmt::format("    count: {}\n", block.count);
    const char* own = block.kind == "rack" ? "serial" : "name";
    version.text += fmt::format("    {}: {}{}\n", own, block.object, many ? "-${index}" : "");
    const bool machine = block.kind == "machine" || block.kind == "server";
    if (!block.label.empty()) version.text += fmt::format("    label: {}\n", block.label);
    if (machine)
      version.text += fmt::format("    image: {}\n    plan: {}\n", block.image, block.plan);
    if (!block.key.empty()) version.text += fmt::format("    key: ${{{}.id}}\n", block.key);
    if (block.kind == "key") version.text += fmt::format("    text: {}\n", block.image);
    if (block.kind == "disk") version.text += fmt::format("    size: {}\n", block.plan);
    for (int i = 0; i < (many ? block.count : 1); ++i) {
      Wanted one = {.kind = plural(block.kind),
                    .address = many ? fmt::format("{}[{}]", block.name, i) : block.name};
      one.fields.set(own, many ? fmt::format("{}-{}", block.object, i) : block.object);
      if (!block.label.empty()) one.fields.set("label", block.label);
      if (machine) {
        one.fields.set("image", block.image);
        one.fields.set("plan", block.plan);
      }
      if (block.kind == "key") one.fields.set("text", block.image);
      if (block.kind == "disk") one.fields.set("size", std::int64_t{std::stoi(block.plan)});
      version.wanted.push_back(std::move(one));
    }
  }
  return version;
}

Block made(Dice& dice, const std::string& kind, int number, const std::string& key) {
  Block block = {.name = fmt::format("{}{}", kind, number),
                 .kind = kind,
                 .object = fmt::format("o{}", number)};
  if (kind != "rack" && kind != "key" && dice.rolls(50)) block.count = 1 + dice.under(3);
  if (kind == "machine" || kind == "server") {
    if (dice.rolls(50)) block.label = word(dice, "l", 3);
    block.image = word(dice, "i", 3);
    block.plan = word(dice, "p", 3);
    if (dice.rolls(70)) block.key = key;
  }
  if (kind == "key") block.image = word(dice, "t", 3);
  if (kind == "disk") block.plan = fmt::format("{}", 1 + dice.under(3));
  if (kind == "rack") block.label = word(dice, "l", 3);
  return block;
}

void change(Dice& dice, std::vector<Block>& blocks, int& next) {
  const int steps = 1 + dice.under(3);
  for (int step = 0; step < steps && !blocks.empty(); ++step) {
    const auto at = static_cast<std::size_t>(dice.under(static_cast<int>(blocks.size())));
    Block& block = blocks[at];
    const bool machine = block.kind == "machine" || block.kind == "server";
    switch (dice.under(8)) {
      case 0:
        if (machine || block.kind == "rack") block.label = word(dice, "l", 3);
        break;
      case 1:
        if (machine || block.kind == "key") block.image = word(dice, "i", 3);
        break;
      case 2:
        if (machine) block.plan = word(dice, "p", 3);
        if (block.kind == "disk") block.plan = fmt::format("{}", 1 + dice.under(3));
        break;
      case 3:
        if (block.count > 0) block.count = 1 + dice.under(4);
        break;
      case 4:
        // A rename, told from an end and a beginning by the object's name.
        if (machine) block.name = fmt::format("{}{}", block.kind, next++);
        break;
      case 5:
        if (block.kind != "key") blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 6:
        blocks.push_back(made(dice, dice.rolls(50) ? "machine" : "server", next++, ""));
        break;
      default:
        break;
    }
  }
}

}  // namespace

Scenario make_scenario(Dice& dice) {
  Scenario scenario;
  std::vector<Block> blocks;
  int next = 1;
  std::string key;
  if (dice.rolls(70)) {
    blocks.push_back(made(dice, "key", next++, ""));
    key = blocks.back().name;
  }
  for (int i = 1 + dice.under(2); i > 0; --i)
    blocks.push_back(made(dice, dice.rolls(50) ? "machine" : "server", next++, key));
  if (dice.rolls(15)) {
    blocks.push_back(made(dice, "disk", next++, ""));
    scenario.has_disks = true;
  }
  if (dice.rolls(30)) {
    blocks.push_back(made(dice, "rack", next++, ""));
    scenario.racks.push_back(blocks.back().object);
  }
  scenario.versions.push_back(written(blocks));
  for (int i = dice.under(3); i > 0; --i) {
    change(dice, blocks, next);
    scenario.versions.push_back(written(blocks));
  }
  if (dice.rolls(40)) scenario.versions.push_back(written({}));
  return scenario;
}

}  // namespace jim

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/core/plan/workbench.h"

namespace jim {

inline const char* const kMachine = "  a: { type: fake.machine, name: a, size: s, image: i }\n";
inline const char* const kSame = R"({"name":"a","size":"s","image":"i","ip":"10.0.0.1"})";

inline Record record_of(const std::string& address, const std::string& id, const std::string& json,
                        const std::string& type = "fake.machine") {
  return {
      .address = *parse_address(address), .type = type, .id = id, .attributes = attributes(json)};
}

/// A workbench with resources that stand already.
class PlanTest : public testing::Test {
 protected:
  /// A resource that jim made earlier and that stands as it was made.
  void standing(const std::string& address, const std::string& id, const std::string& json,
                const std::string& type = "fake.machine", std::vector<std::string> needs = {}) {
    Record record = record_of(address, id, json, type);
    record.needs = std::move(needs);
    bench.record(record);
    bench.vendor.put(type, id, attributes(json), Workbench::mark(address));
  }
  /// A key `k` that a machine `a` needs, both standing.
  void standing_pair() {
    standing("k", "k1", R"({"name":"k"})", "fake.key");
    standing("a", "m1", R"({"name":"a","size":"s","key":"k1"})", "fake.machine", {"k"});
    bench.write(
        "  k: { type: fake.key, name: k }\n"
        "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n");
  }
  std::string drift() {
    std::string all;
    for (const Drift& one : bench.plan().drift)
      all += one.address.text() + " " + one.id + (one.gone ? " gone" : "") + shown(one.attributes) +
             "\n";
    return all;
  }
  Workbench bench;
};

}  // namespace jim

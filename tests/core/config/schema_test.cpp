#include "core/config/schema.h"

#include <gtest/gtest.h>

#include "core/config/reserved.h"
#include "core/value/json.h"
#include "tests/core/config/check.h"

namespace jim {
namespace {

/// The part of the schema at these keys, as JSON.
std::string part(const std::vector<std::string>& keys) {
  const Value schema = config_schema(test_types());
  const Value* at = &schema;
  for (const std::string& key : keys) {
    at = at->get(key);
    if (at == nullptr) return "no " + key;
  }
  return to_json(*at);
}

TEST(SchemaTest, ItHasEveryTopLevelKeyAndNoOther) {
  for (const char* key :
       {"project", "vars", "providers", "state", "resources", "outputs", "include"})
    EXPECT_EQ(part({"properties", key}).find("no "), std::string::npos) << key;
  EXPECT_EQ(part({"additionalProperties"}), "false");
  EXPECT_EQ(part({"required"}), R"(["project"])");
}

TEST(SchemaTest, EveryAttributeAndReservedKeyOfATypeIsInIt) {
  const std::string all = to_json(config_schema(test_types()));
  for (const auto& [name, type] : test_types()) {
    EXPECT_NE(all.find("\"" + name + "\""), std::string::npos) << name;
    for (const Attribute& attribute : type->attributes) {
      const bool there = all.find("\"" + attribute.name + "\":{") != std::string::npos;
      EXPECT_TRUE(there || attribute.computed) << attribute.name;
    }
  }
  for (const ReservedKey& key : kReservedKeys)
    EXPECT_NE(all.find("\"" + std::string(key.name) + "\":{"), std::string::npos) << key.name;
}

}  // namespace
}  // namespace jim

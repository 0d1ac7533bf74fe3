#include <gtest/gtest.h>

#include "core/config/check_attributes.h"
#include "core/config/schema.h"
#include "core/value/json.h"
#include "tests/core/config/check.h"

namespace jim {
namespace {

/// `test.server`, whose `plan` is one of two that are known, or of others that are not.
ResourceType server() {
  ResourceType type = {.name = "test.server", .provider = "test"};
  type.attributes.push_back({.name = "plan",
                             .type = *parse_attribute_type("string"),
                             .allowed = {"c3-small-x86", "c3-large-x86"},
                             .allowed_open = true});
  return type;
}

/// All findings about a file with one server, or "clean".
std::string found(const std::string& block) {
  const MemoryFiles files({{"jim.yaml", "project: p\nresources:\n  web: " + block}});
  const ResourceType type = server();
  Diagnostics diagnostics;
  const auto config = load_config(files, {"jim.yaml"}, diagnostics);
  if (!config) return "broken: " + shown(diagnostics);
  const auto expansion = expand(*config, {{type.name, &type}}, files, Surroundings{}, diagnostics);
  for (const Diagnostic& one : diagnostics) EXPECT_EQ(one.severity, Severity::warning);
  EXPECT_TRUE(expansion) << shown(diagnostics);
  return diagnostics.empty() ? "clean" : shown(diagnostics);
}

TEST(OpenValuesTest, AKnownValueIsFine) {
  EXPECT_EQ(found("{ type: test.server, plan: c3-small-x86 }"), "clean");
}

TEST(OpenValuesTest, AnUnknownOneIsDoubtedAndTaken) {
  EXPECT_EQ(found("{ type: test.server, plan: c3-smal-x86 }"),
            "jim.yaml:3:35: web: jim knows of no 'plan' \"c3-smal-x86\" | did you mean "
            "'c3-small-x86'? known: c3-small-x86, c3-large-x86\n");
  EXPECT_EQ(found("{ type: test.server, plan: z9 }"),
            "jim.yaml:3:35: web: jim knows of no 'plan' \"z9\" | known: c3-small-x86, "
            "c3-large-x86\n");
}

TEST(OpenValuesTest, AThousandAlikeAreDoubtedOnce) {
  EXPECT_EQ(found("{ type: test.server, count: 1000, plan: 'z${9 + 0 * index}' }"),
            "jim.yaml:3:48: web[0]: jim knows of no 'plan' \"z9\" | known: c3-small-x86, "
            "c3-large-x86\n");
}

TEST(OpenValuesTest, ASecretIsNotDoubted) {
  EXPECT_FALSE(doubt("web", server().attributes.front(), Value("z9").as_secret(), {}));
  EXPECT_FALSE(doubt("web", server().attributes.front(), Value::unknown(), {}));
}

TEST(OpenValuesTest, EditorsProposeTheKnownOnesAndTakeOthers) {
  const ResourceType type = server();
  const std::string schema = to_json(config_schema({{type.name, &type}}));
  EXPECT_NE(schema.find(R"({"anyOf":[{"enum":["c3-small-x86","c3-large-x86"]},{"type":)"),
            std::string::npos);
}

}  // namespace
}  // namespace jim

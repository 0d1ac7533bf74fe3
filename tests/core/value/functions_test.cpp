#include "core/value/functions.h"

#include <gtest/gtest.h>

#include "core/value/json.h"

namespace jim {
namespace {

TEST(FunctionsTest, EveryExampleGivesWhatTheDocumentationSays) {
  for (const Function& function : functions()) {
    SCOPED_TRACE(function.name);
    const auto parsed = Template::parse_expression(function.example, {"f", 1, 1});
    ASSERT_TRUE(parsed) << parsed.error().message;
    const auto value = parsed->evaluate(MapScope({}));
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(to_json(*value), function.result);
    EXPECT_NE(function.example.find(function.name + "("), std::string::npos);
    EXPECT_EQ(function.signature.rfind(function.name + "(", 0), 0u);
    EXPECT_EQ(function.summary.back(), '.');
  }
}

TEST(FunctionsTest, ThereAreAtLeastFortyAndTheyAreSorted) {
  ASSERT_GE(functions().size(), 40u);
  for (std::size_t i = 1; i < functions().size(); ++i)
    EXPECT_LT(functions()[i - 1].name, functions()[i].name);
}

}  // namespace
}  // namespace jim

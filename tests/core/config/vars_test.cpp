#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "core/value/json.h"
#include "tests/core/config/check.h"

namespace jim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ResultOf;

/// The value of output `o` in a file with these `vars`, or the mistakes.
std::string output(const std::string& vars, const std::string& expression,
                   Surroundings surroundings = {}) {
  const Checked checked("vars: " + vars + "\noutputs: { o: '${" + expression + "}' }",
                        std::move(surroundings));
  if (std::string mistakes = checked.text(); !mistakes.empty()) return mistakes;
  const auto outputs = checked.expansion().outputs({});
  if (!outputs) return outputs.error().message;
  const Value& value = *outputs->find("o");
  return to_json(value, {.reveal_secrets = true}) + (value.is_secret() ? " (secret)" : "");
}

TEST(VarsTest, AVariableIsAValueOrADeclaration) {
  EXPECT_EQ(output("{ r: eu }", "var.r"), R"("eu")");
  EXPECT_EQ(output("{ m: { a: [1, 2] } }", "var.m.a[1]"), "2");
  EXPECT_EQ(output("{ n: { type: integer, default: '5', description: how many } }", "var.n"), "5");
  EXPECT_EQ(output("{ s: { default: x, secret: true } }", "var.s"), R"("x" (secret))");
  EXPECT_EQ(output("{ a: 1, b: '${var.a + 1}' }", "var.b"), "2");
  EXPECT_EQ(output("{ my-region: eu }", "var.my-region"), R"("eu")");
}

TEST(VarsTest, AValueFromOutsideWinsAndIsConverted) {
  const Surroundings given = {.vars = ValueMap::from_entries({{"n", Value("7")}})};
  EXPECT_EQ(output("{ n: { type: integer, default: 5 } }", "var.n", given), "7");
  EXPECT_EQ(output("{ n: { type: integer } }", "var.n", given), "7");
  EXPECT_EQ(output("{ n: { type: boolean } }", "var.n", given),
            ":0:0: variable 'n' takes boolean, not a string\n");
}

TEST(VarsTest, TheEnvironmentIsSecret) {
  EXPECT_EQ(output("{ t: '${env.T}' }", "var.t", {.environment = {{"T", "x"}}}), R"("x" (secret))");
  EXPECT_EQ(output("{}", "env.NONE ?? \"d\""), R"("d")");
  EXPECT_EQ(output("{}", "env.NONE"),
            "jim.yaml:3:22: the environment variable 'NONE' is not set | set it, or give a default "
            "by env.NONE ?? \"...\"\n");
}

TEST(VarsTest, MistakesAreSaidOnce) {
  EXPECT_EQ(output("{ n: { type: integer } }", "var.n"),
            "jim.yaml:2:9: variable 'n' has no value | give it with --var n=..., or add a "
            "'default'\n");
  EXPECT_EQ(output("{ n: { type: integer, default: x } }", "var.n + 1"),
            "jim.yaml:2:38: variable 'n' takes a whole number, not a string\n");
  EXPECT_EQ(output("{ n: { type: intger, default: 1 } }", "var.n"),
            "jim.yaml:2:20: variable 'n' has a type that does not exist | such as string, integer, "
            "boolean, list(string) or map(any)\n");
  EXPECT_EQ(output("{ n: { type: integer, defualt: 1 } }", "var.n"),
            "jim.yaml:2:29: variable 'n' has an unknown key 'defualt' | did you mean 'default'?\n"
            "jim.yaml:2:9: variable 'n' has no value | give it with --var n=..., or add a "
            "'default'\n");
  EXPECT_EQ(output("{ n: { default: 1, secret: yes } }", "var.n"),
            "jim.yaml:2:34: variable 'n': 'secret' takes true or false, not a string | write true, "
            "without quotes\n");
  EXPECT_EQ(output("{ a: '${var.c}', b: 1 }", "var.a"),
            "jim.yaml:2:19: there is no variable \"c\" | declare it under 'vars'\n");
}

TEST(VarsTest, AVariableMayUseOnesFurtherDown) {
  EXPECT_EQ(output("{ a: '${var.b + 1}', b: '${var.c + 1}', c: 1 }", "var.a"), "3");
}

TEST(VarsTest, AVariableMayBePickedByAComputedName) {
  const std::string vars = "{ eu: 1, us: 2, which: us, n: '${var[var.which]}', ";
  EXPECT_EQ(output(vars + "m: '${var.n + 1}' }", "var.m"), "3");
  EXPECT_EQ(output(vars + "all: '${join(\",\", keys(var))}' }", "var.all"), R"("eu,n,us,which")");
}

TEST(VarsTest, AVariableThatIsNotThereMayBeMeantAsAnother) {
  EXPECT_EQ(output("{ region: eu, a: '${var.regon}' }", "var.a"),
            "jim.yaml:2:31: there is no variable \"regon\" | did you mean \"region\"?\n");
}

TEST(VarsTest, ACircleOfVariablesIsToldOnce) {
  EXPECT_EQ(output("{ a: '${var.b}', b: '${var.a}', c: '${var.a}' }", "var.c"),
            "jim.yaml:2:9: these variables use each other in a circle: a -> b -> a | give one of "
            "them a value of its own\n");
  EXPECT_EQ(output("{ a: '${var.a}' }", "var.a"),
            "jim.yaml:2:9: variable 'a' uses itself | give one of them a value of its own\n");
  const Surroundings given = {.vars = ValueMap::from_entries({{"a", Value("7")}})};
  EXPECT_EQ(output("{ a: '${var.b}', b: '${var.a}' }", "var.b", given), R"("7")");
}

TEST(VarsTest, SharedValuesDoNotMultiplyWithoutBound) {
  std::string vars = "{ v0: [1, 2]";
  for (int i = 1; i < 60; ++i)
    vars += fmt::format(", v{0}: ['${{var.v{1}}}', '${{var.v{1}}}']", i, i - 1);
  EXPECT_THAT(output(vars + " }", "length(var.v59)"), HasSubstr("too many values"));
}

TEST(VarsTest, AllExpressionsTogetherAreBoundedAndThatIsToldOnce) {
  std::string vars = "{ a: '${range(100000)}'";
  for (int i = 0; i < 300; ++i) vars += fmt::format(", v{}: '${{flatten(var.a)[0]}}'", i);
  EXPECT_THAT(
      output(vars + " }", "var.v299"),
      AllOf(HasSubstr("the expressions of the file walk through too many values together"),
            ResultOf(
                [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); },
                1)));
}

TEST(VarsTest, AVariableFromOutsideMustBeDeclared) {
  EXPECT_EQ(
      output("{ region: eu }", "1", {.vars = ValueMap::from_entries({{"regon", Value("us")}})}),
      ":0:0: --var regon: the file has no such variable | did you mean 'region'?\n");
  EXPECT_EQ(output("{}", "1", {.vars = ValueMap::from_entries({{"x", Value("us")}})}),
            ":0:0: --var x: the file has no such variable | declare it under 'vars'\n");
}

}  // namespace
}  // namespace jim

#include "core/value/expression.h"

#include <gtest/gtest.h>

#include "tests/core/value/evaluate.h"

namespace jim {
namespace {

struct Case {
  const char* text;
  const char* result;
};

void check(const std::vector<Case>& cases) {
  for (const auto& [text, result] : cases) EXPECT_EQ(show(text), result) << text;
}

TEST(ExpressionTest, ALoneExpressionKeepsItsTypeAndTextIsInterpolated) {
  check({{"plain", R"("plain")"},
         {"", R"("")"},
         {"${1 + 1}", "2"},
         {"n=${1.50} ${true} ${word}", R"("n=1.5 true txt")"},
         {"a $${b} $c", R"("a ${b} $c")"},
         {"${m}", R"({"a":1,"b":{"c":[1,2]}})"},
         {R"(${"${"nested } ${1 + 1}"}"})", R"("nested } 2")"},
         {R"(${"{"}${'}'})", R"("{}")"}});
}

TEST(ExpressionTest, PathsReachIntoListsAndMaps) {
  check({{"${web[0].ipv4}", R"("1.2.3.4")"},
         {"${web[n - 2].id}", "2"},
         {"${m[\"b\"]['c'][1]}", "2"},
         {"${web[*].id}", "[1,2]"},
         {"${web.*.id}", "[1,2]"},
         {"${none[*].id}", "[]"},
         {"${m.b[*][0]}", "[1]"},
         {"${trainer-key.id}", "7"},
         {"${trainer-key.id-2 ?? n -1}", "2"},
         {"${word[*]}", R"(["txt"])"}});
}

TEST(ExpressionTest, OperatorsBindAsPeopleExpect) {
  check({{"${1 + 2 * 3}", "7"},
         {"${(1 + 2) * 3}", "9"},
         {"${10 - 3 - 2}", "5"},
         {"${-2 - -3}", "1"},
         {"${1 + 2 * 3 == 7 && !false || false}", "true"},
         {"${1 < 2 == true}", "true"},
         {"${\"a\" < \"b\"}", "true"},
         {"${7 / 2}", "3.5"},
         {"${6 / 2}", "3"},
         {"${-7 % 3}", "-1"},
         {"${1 == 1.0}", "true"},
         {"${[1, {a: null}] == [1.0, {a: null}]}", "true"},
         {"${\"1\" == 1}", "false"},
         {"${false ? 1 : true ? 2 : 3}", "2"},
         {"${none ?? 1 + 1}", "2"},
         {"${m.zz ?? \"d\"}", R"("d")"},
         {"${web[9] ?? none ?? 4}", "4"}});
}

TEST(ExpressionTest, ForMakesListsAndMaps) {
  check({{"${[for x in web : x.id * 10]}", "[10,20]"},
         {"${[for x in web : x.id if x.id > 1]}", "[2]"},
         {"${[for i, x in web : \"${i}:${x.id}\"]}", R"(["0:1","1:2"])"},
         {"${[for k, v in m : k]}", R"(["a","b"])"},
         {"${{for x in web : x.ipv4 => x.id}}", R"({"1.2.3.4":1,"5.6.7.8":2})"},
         {"${{for k, v in m : upper(k) => 1 if k != \"b\"}}", R"({"A":1})"},
         {"${[for x in [1, 2] : [for y in [10, 20] : x + y]]}", "[[11,21],[12,22]]"},
         {"${{for x in [1, 1] : \"k\" => x}}", "jim.yaml:3:27: two elements give the key \"k\""}});
}

TEST(ExpressionTest, LiteralsAreRead) {
  check(
      {{"${[1, 2.5, \"a\", 'b', true, null,]}", R"([1,2.5,"a","b",true,null])"},
       {"${{a: 1, \"b c\": 2, d = 3, 4: 5, (word): 6}}", R"({"4":5,"a":1,"b c":2,"d":3,"txt":6})"},
       {R"(${"\n\t\"\\\u00e9\ud83d\ude00"})", "\"\\n\\t\\\"\\\\\u00e9\U0001F600\""},
       {R"(${'a\n${b}\''})", R"("a\\n${b}'")"},
       {"${1e3}", "1000"},
       {"${9223372036854775807}", "9223372036854775807"}});
}

TEST(ExpressionTest, SecretsSpread) {
  check({{"a${secret}b", R"("ahushb" (secret))"},
         {"${upper(secret)}", R"("HUSH" (secret))"},
         {"${secret == \"x\"}", "false (secret)"},
         {"${yes ? 1 : 2}", "1 (secret)"},
         {"${mixed[0]}", R"("open")"},
         {"${mixed[1]}", R"("hush" (secret))"},
         {"${mixed == []}", "false (secret)"},
         {"${length(mixed)}", "2 (secret)"},
         {"${hidden[0]}", "1 (secret)"},
         {"${hidden[*]}", "[1,2] (secret)"},
         {"${[for x in hidden : x]}", "[1,2] (secret)"},
         {"${[for x in [1] : x if yes]}", "[1] (secret)"},
         {"${{(secret): 1}}", R"({"hush":1} (secret))"},
         {"${false && yes}", "false"},
         {"${none ?? secret}", R"("hush" (secret))"},
         {"${-length(secret)}", "-4 (secret)"},
         {"${later == secret}", "unknown (secret)"},
         {"${issensitive(mixed)}", "true"},
         {"${nonsensitive(mixed)[1]}", R"("hush")"}});
}

TEST(ExpressionTest, UnknownSpreadsButNotFurtherThanItMust) {
  check({{"a${later}", "unknown"},
         {"${later.ipv4[0]}", "unknown"},
         {"${later[*].id}", "unknown"},
         {"${later + 1}", "unknown"},
         {"${upper(later)}", "unknown"},
         {"${later ? 1 : 2}", "unknown"},
         {"${later && false}", "false"},
         {"${false && later}", "false"},
         {"${later || true}", "true"},
         {"${later && true}", "unknown"},
         {"${later ?? 1}", "unknown"},
         {"${half[0]}", "1"},
         {"${half[1]}", "unknown"},
         {"${half == half}", "unknown"},
         {"${length(half)}", "2"},
         {"${concat(half, [3])[2]}", "3"},
         {"${join(\",\", half)}", "unknown"},
         {"${[for x in later : x]}", "unknown"},
         {"${[for x in half : x if x == 1]}", "unknown"}});
}

TEST(ExpressionTest, ReferencesNameRootsAndLiteralSteps) {
  const auto parsed = Template::parse(
      "${web[0].ipv4}${m[\"k\"][*].x}${[for x in a.b : x.y + z]}${c[i].d}", {"jim.yaml", 3, 5});
  ASSERT_TRUE(parsed);
  std::string all;
  for (const Reference& reference : parsed->references()) {
    all += reference.root;
    for (const std::string& step : reference.steps) all += "." + step;
    all += "@" + std::to_string(reference.where.column) + " ";
  }
  EXPECT_EQ(all, "web.0.ipv4@7 m.k.*.x@21 a.b@45 z@57 c@62 i@64 ");
}

TEST(ExpressionTest, TextWithoutExpressionsIsConstant) {
  EXPECT_TRUE(Template::parse("plain $${x}", {})->is_constant());
  EXPECT_EQ(Template::parse("plain $${x}", {})->constant(), Value("plain ${x}"));
  EXPECT_FALSE(Template::parse("${x}", {})->is_constant());
  EXPECT_TRUE(Template().constant().is_null());
}

TEST(ExpressionTest, AnInnerScopeHidesTheOuterOne) {
  const ExampleScope outer;
  MapScope inner({}, &outer);
  inner.set("word", "inner");
  const auto value = Template::parse_expression("[word, n]", {})->evaluate(inner);
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, Value(ValueList{Value("inner"), Value(3)}));
}

}  // namespace
}  // namespace jim

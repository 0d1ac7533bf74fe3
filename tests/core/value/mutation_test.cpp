#include "tests/fakes/mutation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/value/functions.h"
#include "core/value/json.h"
#include "tests/core/value/evaluate.h"

namespace jim {
namespace {

/// Expressions that work, to be damaged.
std::vector<std::string> expressions() {
  std::vector<std::string> all = {"plain text, $${literal} and ${word}",
                                  "${web[0].ipv4}:${web[1].id + 8000}\n${upper(word)}",
                                  "${[for i, x in web : \"${i}-${x.ipv4}\" if x.id > 1]}",
                                  "${{for k, v in m : upper(k) => [v, later, 'a']}}",
                                  "${n > 2 && !false ? m.b.c[*] : none ?? [1, 2.5, true, null]}",
                                  "${secret} ${yes ? -n % 2 : 1e3 / 4}",
                                  "${half[1]} ${templatefile(\"hello.tpl\", {name: word})}"};
  for (const Function& function : functions()) all.push_back("${" + function.example + "}");
  return all;
}

const std::vector<std::string>& words() {
  static const std::vector<std::string> kWords = {
      "${", "}",   "(",  ")",   "[",    "]",       "\"",    "'",   "\\",   ".",    ",",  "?",
      ":",  "??",  "&&", "==",  "[*]",  " for x ", " in ",  " if", "=>",   "web",  "m",  "later",
      "-",  "1e9", "0",  "\\u", "none", "secret",  "9e999", "\n",  "\xff", "\xc3", "$$", "%"};
  return kWords;
}

/// The error is about a place inside the text, which starts at 3:5 of jim.yaml.
bool is_located(const Diagnostic& error, const std::string& text) {
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  const SourceLocation& where = error.where;
  return where.file == "jim.yaml" && where.line >= 3 && where.line <= 3 + lines &&
         where.column >= 1 && where.column <= static_cast<int>(text.size()) + 5 &&
         !error.message.empty();
}

TEST(MutationTest, DamagedExpressionsGiveAValueOrALocatedError) {
  const ExampleScope scope;
  Mutation mutation(20261120, expressions(), words());
  int values = 0;
  int errors = 0;
  for (int run = 0; run < 4000; ++run) {
    const std::string text = mutation.next();
    SCOPED_TRACE(text);
    const auto parsed = Template::parse(text, {"jim.yaml", 3, 5});
    const auto value = parsed ? parsed->evaluate(scope) : parsed.error();
    if (value) {
      ++values;
      continue;
    }
    ++errors;
    EXPECT_EQ(value.error().message.find("hush"), std::string::npos);
    ASSERT_TRUE(is_located(value.error(), text)) << value.error().message;
  }
  // Both happen often, or the damage would be too small or too great to test anything.
  EXPECT_GT(values, 400);
  EXPECT_GT(errors, 400);
}

TEST(MutationTest, DamagedJsonGivesAValueThatRoundTripsOrALocatedError) {
  Mutation mutation(7,
                    {R"({"a": [1, -2.5e3, "x\u00e9\n"], "b": {"c": null, "d": true}})", "[[], {}]"},
                    {"[", "]", "{", "}", "\"", ":", ",", "\\u", "\\ud800", "1e999", "-", "\xff"});
  for (int run = 0; run < 4000; ++run) {
    const std::string text = mutation.next();
    SCOPED_TRACE(text);
    const auto value = parse_json(text);
    if (value) {
      const auto again = parse_json(to_json(*value));
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_EQ(*again, *value);
    } else {
      EXPECT_GE(value.error().where.line, 1);
      EXPECT_GE(value.error().where.column, 1);
    }
  }
}

}  // namespace
}  // namespace jim

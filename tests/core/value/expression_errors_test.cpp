#include <gtest/gtest.h>

#include <random>

#include "core/value/functions.h"
#include "tests/core/value/evaluate.h"

namespace jim {
namespace {

TEST(ExpressionErrorsTest, SayPlaceFoundExpectedAndHint) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"${wbe}", "jim.yaml:3:7: unknown name 'wbe' | did you mean 'web'?"},
      {"${n-1}", "jim.yaml:3:7: unknown name 'n-1' | to subtract, put spaces around '-'"},
      {"${env.TOKEN}",
       "jim.yaml:3:11: the environment variable 'TOKEN' is not set | set it, or give a default by "
       "env.TOKEN ?? \"...\""},
      {"a\nbé ${wbe}", "jim.yaml:4:6: unknown name 'wbe' | did you mean 'web'?"},
      {"${web[0].ipv5}",
       "jim.yaml:3:14: web[0] has no attribute \"ipv5\" | did you mean \"ipv4\"?"},
      {"${m.zzz}", "jim.yaml:3:9: m has no attribute \"zzz\" | it has a, b"},
      {"${m.zz.q ?? 1}", "jim.yaml:3:9: m has no attribute \"zz\" | it has a, b"},
      {"${web[5]}", "jim.yaml:3:11: web[5] does not exist: the list has 2 elements"},
      {"${web.ipv4}",
       "jim.yaml:3:11: web is a list, so it has no attribute \"ipv4\" | take one by web[0].ipv4, "
       "or all by web[*].ipv4"},
      {"${none.x}", "jim.yaml:3:12: none is null, so it has no attribute \"x\""},
      {"${word.x}", "jim.yaml:3:12: word is a string, so it has no attribute \"x\""},
      {"${m[secret]}", "jim.yaml:3:9: m has no element at this secret key"},
      {"${1 / 0}", "jim.yaml:3:9: division by zero"},
      {"${9223372036854775807 + 1}", "jim.yaml:3:27: the result is too big for an integer"},
      {"${-9223372036854775807 - 2}", "jim.yaml:3:28: the result is too big for an integer"},
      {"${\"a\" + \"b\"}",
       "jim.yaml:3:11: '+' adds numbers, not strings | join texts by \"${a}${b}\""},
      {"${1 < \"a\"}",
       "jim.yaml:3:9: '<' needs two numbers or two strings, found an integer and a string"},
      {"${secret * 2}", "jim.yaml:3:14: '*' cannot work on this secret"},
      {"${!1}", "jim.yaml:3:8: '!' needs true or false, found an integer"},
      {"${1 ? 2 : 3}", "jim.yaml:3:7: '?' needs true or false, found an integer"},
      {"a ${none}",
       "jim.yaml:3:9: none is null, which cannot be part of a text | give a default by ?? \"...\""},
      {"a ${m}",
       "jim.yaml:3:9: m is a map, which cannot be part of a text | turn it into text by "
       "jsonencode() or join()"},
      {"${joinn([])}", "jim.yaml:3:7: unknown function 'joinn' | did you mean 'join'?"},
      {"${join()}",
       "jim.yaml:3:7: join takes at least 2 arguments, found 0 | its form is join(separator, list, "
       "...)"},
      {"${join(1, 2)}", "jim.yaml:3:7: join: argument 2 must be a list, found an integer"},
      {"${tonumber(secret)}", "jim.yaml:3:7: tonumber: cannot work on this secret"},
      {"${file(\"x\")}", "jim.yaml:3:7: file: no file 'x'"},
      {"${}", "jim.yaml:3:7: expected an expression after '${', found '}'"},
      {"${a",
       "jim.yaml:3:8: expected '}', found the end of the text | close '${' with '}', or write "
       "'$${' for the text itself"},
      {"${1 +}", "jim.yaml:3:10: expected a value, found '}'"},
      {"${a = b}", "jim.yaml:3:9: expected '}', found '=' | compare with =="},
      {"${a & b}", "jim.yaml:3:9: expected '}', found '&' | 'and' is &&"},
      {"${[1 2]}", "jim.yaml:3:10: expected ',' or ']', found 2"},
      {"${{a 1}}", "jim.yaml:3:10: expected ':' after the key, found 1"},
      {"${[for x web : x]}", "jim.yaml:3:14: expected 'in', found 'web'"},
      {"${1e999}", "jim.yaml:3:7: expected a value, found the number 1e999, which is too big"},
      {"${\"abc}", "jim.yaml:3:7: the string that starts here does not end | close it with \""},
      {R"(${"a\q"})",
       R"(jim.yaml:3:9: unknown escape in a string | known are \n \r \t \" \\ and \u with 4 digits)"},
      {"${range(1000000)}", "jim.yaml:3:7: range: more than 100000 elements"},
      {"${regex(\"(a)\\\\1\", \"aa\")}",
       "jim.yaml:3:7: regex: back references are not supported in a pattern"},
      {"${try(wbe, 1 / 0)}",
       "jim.yaml:3:7: try: every argument fails; the last one: division by zero"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(show(text), error) << text;
}

std::string repeated(std::string_view part, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += part;
  return out;
}

TEST(ExpressionErrorsTest, DepthIsBounded) {
  for (const char* const open :
       {"(", "[", "!", "-", "1+", "{a:", "a.", "[*].", "\"${", "true?1:", "[for x in "}) {
    const std::string error = show("${" + repeated(open, 50000));
    EXPECT_EQ(error.rfind("jim.yaml:3:", 0), 0u) << open;
  }
  EXPECT_NE(show("${" + repeated("(", 50000)).find("more than 120 levels deep"), std::string::npos);
  EXPECT_NE(show("${1" + repeated("+1", 50000) + "}").find("more than 120 levels deep"),
            std::string::npos);
}

TEST(ExpressionErrorsTest, WorkAndSizeAreBounded) {
  std::string doubled = "[1]";
  for (int i = 0; i < 35; ++i) doubled = "[for x in [" + doubled + "] : [x, x]]";
  const std::string text = "join(\"\", [for i in range(60000) : \"0123456789\"])";
  const std::string many_steps = "[for t in [" + text + "] : [for i in range(90000) : sha256(t)]]";
  const std::vector<std::pair<std::string, std::string>> all = {
      {doubled, "the expression makes too many values"},
      {"[for a in range(30000) : [for b in range(30000) : 1 if false]]",
       "the expression takes too many steps"},
      {"[for t in [" + text + "] : [for i in range(90000) : t]]",
       "the expression makes too much text"},
      {many_steps, "the expression takes too many steps"},
      {"try(" + many_steps + ", 1)", "the expression takes too many steps"},
      {"[for t in [" + text + "] : setproduct([t], range(30000))]",
       "setproduct: the texts get too long"},
      {"[for t in [" + text + "] : replace(t, \"0\", t)]", "replace: the text gets too long"},
      {"[for l in [range(90000)] : [for i in l : contains(l, -1)]]",
       "the expression takes too many steps"},
      {"regex(\"(a|aa)*b\", join(\"\", [for i in range(60000) : \"a\"]))",
       "regex: the text is longer than 16 KiB"},
  };
  for (const auto& [hostile, error] : all) {
    const std::string shown = show("${" + hostile + "}");
    EXPECT_TRUE(shown.starts_with("jim.yaml:3:")) << hostile;
    EXPECT_NE(shown.find(": " + error), std::string::npos) << hostile << "\n" << shown;
  }
}

TEST(ExpressionErrorsTest, RandomTextsNeverCrash) {
  const std::vector<std::string> parts = {
      "${",    "}",      "(",      ")",    "[",
      "]",     "{",      "}",      "web",  "m",
      ".",     ",",      ":",      "?",    "??",
      "&&",    "||",     "!",      "-",    "+",
      "*",     "/",      "%",      "==",   "<",
      "\"",    "'",      "\\",     "1",    "2.5",
      "none",  "secret", "later",  "half", "for ",
      "x",     " in ",   " if ",   "=>",   "true",
      "[*]",   "\n",     "\xff",   "$${",  "0",
      "\"a\"", "[1, 2]", "{a: 1}", "try(", "9223372036854775807",
      " "};
  std::mt19937 random(20261124);
  std::vector<std::string> words = parts;
  for (const Function& function : functions()) words.push_back(function.name + "(");
  const auto below = [&random](std::size_t count) { return random() % count; };
  for (int round = 0; round < 5000; ++round) {
    std::string text = round % 2 == 0 ? "${" : "";
    for (std::size_t i = below(14); i > 0; --i) text += words[below(words.size())];
    if (round % 2 == 0) text += "}";
    EXPECT_FALSE(show(text).empty()) << text;
  }
}

TEST(ExpressionErrorsTest, EveryFunctionSurvivesEveryKindOfArgument) {
  const std::vector<std::string> values = {"null",        "true",
                                           "-1",          "0",
                                           "2.5",         "9223372036854775807",
                                           "1e300",       "\"\"",
                                           "\"a%\"",      "\"10.0.0.0/8\"",
                                           "\"\\u0000\"", "[]",
                                           "[[]]",        "[1, \"a\"]",
                                           "{}",          "{a: [1]}",
                                           "m",           "-9223372036854775807 - 1"};
  std::mt19937 random(7);
  for (const Function& function : functions()) {
    for (int round = 0; round < 40; ++round) {
      const int most =
          function.max_arguments < 0 ? function.min_arguments + 2 : function.max_arguments;
      const int count =
          function.min_arguments +
          static_cast<int>(random() % static_cast<unsigned>(most - function.min_arguments + 1));
      std::string text = "${" + function.name + "(";
      for (int i = 0; i < count; ++i)
        text += (i > 0 ? ", " : "") + values[random() % values.size()];
      EXPECT_FALSE(show(text + ")}").empty()) << text;
    }
  }
}

}  // namespace
}  // namespace jim

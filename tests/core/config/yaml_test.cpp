#include "core/config/yaml.h"

#include <gtest/gtest.h>

#include "core/value/functions.h"
#include "core/value/json.h"
#include "tests/core/config/check.h"

namespace jim {
namespace {

/// The value as JSON, or the mistakes.
std::string read(const std::string& text) {
  YamlNode root;
  Diagnostics found;
  return read_yaml(text, "a.yaml", root, found) ? to_json(to_value(root)) : shown(found);
}

struct Case {
  std::string text;
  std::string result;
};

void check_all(const std::vector<Case>& cases) {
  for (const auto& [text, result] : cases) EXPECT_EQ(read(text), result) << text;
}

TEST(YamlTest, OnlyTheBooleansOfYaml12AreBooleans) {
  check_all({{"[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]"},
             {"[no, yes, on, off, y, n, NO, Off, tRUE]",
              R"(["no","yes","on","off","y","n","NO","Off","tRUE"])"},
             {R"(["true", 'false'])", R"(["true","false"])"}});
}

TEST(YamlTest, NumbersAreDecimalUnlessTheySayOtherwise) {
  check_all({{"[010, 0o10, 0x1F, 1_000, 190:20:30, 0b11, +5, -0]",
              R"([10,8,31,"1_000","190:20:30","0b11",5,0])"},
             {"[1.5, .5, 1e3, -1.5e-3, 1., 1.2.3, ., e3, +, -]",
              R"([1.5,0.5,1000,-0.0015,1,"1.2.3",".","e3","+","-"])"},
             {"9223372036854775807", "9223372036854775807"},
             {"9223372036854775808",
              "a.yaml:1:1: the number 9223372036854775808 is out of range | put it in quotes if it "
              "is meant as text\n"},
             {"x: .inf",
              "a.yaml:1:4: .inf is a number that no vendor takes | put it in quotes if it is meant "
              "as text\n"}});
}

TEST(YamlTest, DatesAndVersionsStayText) {
  check_all({{"[2026-11-04, 2026-11-04T10:00:00Z, 12:30, 22.04.1, 1.10.0]",
              R"(["2026-11-04","2026-11-04T10:00:00Z","12:30","22.04.1","1.10.0"])"},
             {"[null, Null, ~, , \"null\"]", R"([null,null,null,null,"null"])"}});
}

TEST(YamlTest, TextsOfManyLinesAreRead) {
  check_all({{"a: |\n  one\n  two\nb: >-\n  one\n  two\n", R"({"a":"one\ntwo\n","b":"one two"})"},
             {"a: 'it''s'\nb: \"tab\\t\\u00e9\"", "{\"a\":\"it's\",\"b\":\"tab\\té\"}"},
             {"\xef\xbb\xbf"
              "a: 1\r\nb: 2\r\n",
              R"({"a":1,"b":2})"}});
}

TEST(YamlTest, EqualKeysAreRefusedAndBothPlacesNamed) {
  check_all({{"a: 1\nb: 2\na: 3",
              "a.yaml:3:1: 'a' is here twice; the first is at a.yaml:1:1 | keep one of them\n"},
             {"m: {x: 1, \"x\": 2}\nn: {y: 1, y: 1}",
              "a.yaml:1:11: 'x' is here twice; the first is at a.yaml:1:5 | keep one of them\n"
              "a.yaml:2:11: 'y' is here twice; the first is at a.yaml:2:5 | keep one of them\n"}});
}

TEST(YamlTest, AnchorsAndMergeKeysAreApplied) {
  check_all(
      {{"a: &x [1, 2]\nb: *x", R"({"a":[1,2],"b":[1,2]})"},
       {"d: &d {x: 1, y: 2}\ne: {<<: *d, y: 3}", R"({"d":{"x":1,"y":2},"e":{"x":1,"y":3}})"},
       {"a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}",
        R"({"a":{"x":1},"b":{"x":2,"y":2},"c":{"x":1,"y":2,"z":3}})"},
       {"a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}",
        R"({"a":{"x":1},"b":{"x":1,"y":2},"c":{"x":1,"y":2}})"},
       {"\"<<\": 1", R"({"<<":1})"},
       {"a: {<<: 5}",
        "a.yaml:1:9: '<<' takes a map or a list of maps, not an integer | point it at the anchor "
        "of "
        "a map: <<: *defaults\n"},
       {"a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a",
        "a.yaml:4:3: '<<' is here twice; the first is at a.yaml:3:3 | merge several maps by a "
        "list: "
        "<<: [*a, *b]\n"},
       {"a: *b",
        "a.yaml:1:4: this alias has no anchor | write '&name' before the value that '*name' "
        "repeats\n"},
       {"a: &a [*a]",
        "a.yaml:1:8: this alias points into itself | an alias can only repeat what stands complete "
        "before it\n"}});
}

TEST(YamlTest, AnAliasBombIsRefusedQuickly) {
  std::string bomb = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string name = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + name + ", " + name + "," +
            name + ", " + name + ", " + name + ", " + name + ", " + name + ", " + name + "]\n";
  }
  const std::string error = read(bomb);
  EXPECT_NE(error.find("with its aliases written out, the file has more than 1000000 values"),
            std::string::npos)
      << error;
}

TEST(YamlTest, DepthIsBounded) {
  const std::string flat = std::string(64, '[') + std::string(64, ']');
  EXPECT_EQ(read(flat), flat);
  EXPECT_EQ(read("[" + flat + "]"), "a.yaml:1:65: values are nested more than 64 levels deep\n");
  EXPECT_NE(read(std::string(100'000, '[')).find(": values are nested more than 64 levels deep"),
            std::string::npos);
  std::string steps;
  for (int i = 0; i < 100; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(read(steps), "a.yaml:64:64: values are nested more than 64 levels deep\n");
  EXPECT_EQ(read("a: &a " + std::string(40, '[') + std::string(40, ']') +
                 "\nb: " + std::string(40, '[') + "*a" + std::string(40, ']')),
            "a.yaml:2:44: values are nested more than 64 levels deep\n");
}

TEST(YamlTest, SizeIsBounded) {
  EXPECT_EQ(read("a: " + std::string((16u << 20) + 1, 'x')),
            "a.yaml:1:1: the file is larger than 16 MiB | use 'count' and 'for_each', or split it "
            "with 'include'\n");
}

TEST(YamlTest, SlipsOfYamlAreSaidPlainly) {
  check_all(
      {{"a:\n\tb: 1",
        "a.yaml:2:1: a tab stands in the indentation | YAML indents with spaces only\n"},
       {"a: b: c",
        "a.yaml:1:5: a ':' stands where none can be | put text that holds ': ' in quotes, and "
        "indent the keys of one map equally\n"},
       {"a: [1, 2",
        "a.yaml:1:4: ',' or ']' is missing in the list that starts here | between braces and "
        "brackets an expression stands in quotes: { name: \"${var.name}\" }\n"},
       {"a: \"b",
        "a.yaml:1:6: a text in quotes has no end | close it with the quote that it starts "
        "with\n"},
       {"a: \"b\nc: d\n",
        "a.yaml:1:4: a text in quotes has no end | close it with the quote that it starts with\n"},
       {"a: {{ x }}",
        "a.yaml:1:5: a key must be plain text, not a map | an expression needs quotes: "
        "\"${...}\"\n"},
       {"a: 1\n--- \nb: 2",
        "a.yaml:3:1: the file holds more than one YAML document | keep one; several files go "
        "together by 'include' or '-f'\n"},
       {"", "a.yaml:1:1: the file is empty\n"},
       {"# only this\n", "a.yaml:1:1: the file is empty\n"},
       {"a: !!python/object 1",
        "a.yaml:1:4: the tag 'tag:yaml.org,2002:python/object' means nothing here | take it away; "
        "plain values need no tag\n"},
       {"a: \xff", "a.yaml:1:4: the file is not UTF-8 text here | save it as UTF-8\n"},
       {"a: \x01",
        "a.yaml:1:4: a control character (\\x01) stands in the file | in a text write it as an "
        "escape: \"\\x1b\"\n"}});
}

TEST(YamlTest, ADoubleQuoteInsideAnExpressionInDoubleQuotesIsNamed) {
  const std::string said =
      ": this double quote ends the text in the middle of its ${...} | use single quotes inside, "
      "\"${file('a.txt')}\", or around the whole text\n";
  check_all({{R"(t: ["${file("nope.txt")}"])", "a.yaml:1:13" + said},
             {R"(ä: "${file("nope.txt")}")", "a.yaml:1:12" + said},
             {"a: 1\nt: { a: \"x${f(\"y\")}\" }\nb: 2", "a.yaml:2:15" + said},
             {R"(t: ["${join(",", ["a"])}"])", "a.yaml:1:13" + said},
             {R"(t: ["${join(',', ['a'])}"])", R"({"t":["${join(',', ['a'])}"]})"},
             {R"(t: it's "${x("y")}")", R"({"t":"it's \"${x(\"y\")}\""})"}});
}

TEST(YamlTest, PlacesCountCharactersFromOne) {
  YamlNode root;
  Diagnostics found;
  ASSERT_TRUE(read_yaml("é: [ü, \"x${y}\"]\nt: |\n   block", "a.yaml", root, found));
  const YamlNode& list = root.entries[0].value;
  EXPECT_EQ(list.where, (SourceLocation{"a.yaml", 1, 4}));
  EXPECT_EQ(list.items[1].where, (SourceLocation{"a.yaml", 1, 8}));
  EXPECT_EQ(list.items[1].text_where, (SourceLocation{"a.yaml", 1, 9}));
  EXPECT_EQ(root.entries[1].value.text_where, (SourceLocation{"a.yaml", 3, 4}));
}

TEST(YamlTest, YamldecodeReadsYamlByTheSameRules) {
  set_yaml_decoder(decode_yaml);
  const auto decoded = [](const std::string& text) {
    const auto parsed = Template::parse_expression("yamldecode(t)", {"f", 1, 1});
    const auto value = parsed->evaluate(MapScope(ValueMap::from_entries({{"t", Value(text)}})));
    return value ? to_json(*value) : value.error().message;
  };
  EXPECT_EQ(decoded("a: no\nb:\n  - 010\n  - 2026-11-04\n"), R"({"a":"no","b":[10,"2026-11-04"]})");
  EXPECT_EQ(decoded(""), "null");
  EXPECT_EQ(decoded("a: 1\na: 2"),
            "yamldecode: line 2, column 1: 'a' is here twice; the first is at :1:1");
  set_yaml_decoder(nullptr);
}

}  // namespace
}  // namespace jim

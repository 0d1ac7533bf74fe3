#include "cli/parser.h"

#include <gmock/gmock.h>

#include "cli/render/columns.h"
#include "core/base/text.h"

namespace jim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Invocation> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv = {"jim"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

/// What is wrong with a command line: `message | hint`.
std::string wrong(const std::vector<std::string>& words) {
  const auto parsed = parse(words);
  if (parsed) return "nothing is wrong";
  EXPECT_EQ(parsed.error().code, ErrorCode::invalid_config);
  return parsed.error().message + " | " + parsed.error().hint;
}

std::string help(const std::vector<std::string>& words) {
  const auto parsed = parse(words);
  if (!parsed || parsed->run) return "no help";
  return parsed->help;
}

TEST(ParserTest, FlagsOfEveryCommandMayStandBeforeOrAfterIt) {
  for (const auto& words : {std::vector<std::string>{"--sandbox", "-o", "json", "plan"},
                            std::vector<std::string>{"plan", "--sandbox", "--output=json"}}) {
    const auto parsed = parse(words);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_TRUE(parsed->run);
    EXPECT_TRUE(parsed->globals.sandbox);
    EXPECT_EQ(parsed->globals.format, Format::json);
  }
}

TEST(ParserTest, RepeatedFlagsGatherAndOthersTakeTheLast) {
  const auto parsed = parse({"plan", "--var", "a=1", "-f", "x.yaml", "--var", "b=2", "-f", "y.yaml",
                             "--state", "one", "--state", "two"});
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->globals.vars, ElementsAre("a=1", "b=2"));
  EXPECT_THAT(parsed->globals.files, ElementsAre("x.yaml", "y.yaml"));
  EXPECT_EQ(parsed->globals.state, "two");
}

TEST(ParserTest, NothingIsLeftOfAnEarlierCommandLine) {
  ASSERT_TRUE(parse({"plan", "--sandbox", "--help"}));
  const auto parsed = parse({"plan"});
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->globals.sandbox);
  EXPECT_TRUE(parsed->run);
}

TEST(ParserTest, AnUnknownWordGetsTheNearestKnownOne) {
  EXPECT_EQ(wrong({"plna"}), "jim: unknown command 'plna' | did you mean 'plan'?");
  EXPECT_EQ(wrong({"state", "lst"}), "jim state: unknown command 'lst' | did you mean 'list'?");
  EXPECT_EQ(wrong({"plan", "--tagret=web"}),
            "jim plan: unknown flag '--tagret' | did you mean '--target'?");
  EXPECT_EQ(wrong({"--target", "web", "plan"}),
            "'--target' stands before the command that it belongs to | write it behind: jim plan "
            "--target");
  EXPECT_EQ(wrong({"plan", "--sandbx"}),
            "jim plan: unknown flag '--sandbx' | did you mean '--sandbox'?");
  EXPECT_EQ(wrong({"help", "state", "lst"}),
            "jim state: unknown command 'lst' | did you mean 'list'?");
}

TEST(ParserTest, AnUnknownWordWithNothingNearIsToldWhereAllAre) {
  EXPECT_EQ(wrong({"plan", "everything"}),
            "jim plan: unknown argument 'everything' | 'jim plan --help' lists all");
}

TEST(ParserTest, WhatIsMissingIsCalledAsTheHelpCallsIt) {
  EXPECT_EQ(
      wrong({"adopt", "web"}),
      "jim adopt: ID is missing: the object's id at the vendor | 'jim adopt --help' says more");
  EXPECT_EQ(wrong({"plan", "--out"}),
            "jim plan: --out needs a value | 'jim plan --help' says more");
}

TEST(ParserTest, AValueThatIsNoneOfTheWordsIsRefused) {
  EXPECT_EQ(wrong({"plan", "-o", "yaml"}),
            "jim plan: --output: 'yaml' is not one of text|json|markdown | 'jim plan --help' says "
            "more");
}

TEST(ParserTest, APaceIsANumberFromZeroUpwards) {
  for (const char* pace : {"-1", "x", "", "inf", "1x"})
    EXPECT_THAT(wrong({"plan", "--sandbox-pace", pace}),
                HasSubstr(std::string("takes a number from 0 upwards, not '") + pace + "'"));
  const auto parsed = parse({"--sandbox", "plan", "--sandbox-pace", "0.01"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->globals.sandbox_pace, 0.01);
}

TEST(ParserTest, ARunIsNamedByItsNumberOrAsTheLast) {
  for (const char* run : {"1", "12", "last"}) {
    EXPECT_EQ(wrong({"undo", run}), "nothing is wrong") << run;
    EXPECT_EQ(wrong({"history", "show", run}), "nothing is wrong") << run;
  }
  for (const std::string run : {"0", "abc", "1.5", "3x", "", "99999999999999999999"})
    EXPECT_EQ(wrong({"undo", run}),
              "jim undo: run: '" + run +
                  "' is no run's number: take one that 'jim history' lists, or 'last' | 'jim undo "
                  "--help' says more");
}

TEST(ParserTest, AWordFromOutsideIsEscapedInTheError) {
  EXPECT_THAT(wrong({"pl\x1b[2Jan"}), HasSubstr("'pl\\x1b[2Jan'"));
}

TEST(ParserTest, HelpIsTheSameByFlagAndByCommand) {
  EXPECT_EQ(help({"state", "mv", "--help"}), help({"help", "state", "mv"}));
  EXPECT_EQ(help({"adopt", "-h"}), help({"help", "adopt"}));
  EXPECT_EQ(help({"state"}), help({"state", "--help"}));
  EXPECT_THAT(help({}), HasSubstr("jim COMMAND --help"));
}

/// Calls `check` with the words of every command.
template <class Check>
void each_command(const CommandNode& node, std::vector<std::string> path, const Check& check) {
  if (!path.empty()) check(node, path);
  for (const CommandNode& below : node.commands) {
    path.push_back(below.name);
    each_command(below, path, check);
    path.pop_back();
  }
}

TEST(HelpTest, EveryCommandHasAnExampleAndFitsTheScreen) {
  const CommandNode root = command_tree();
  each_command(root, {}, [&](const CommandNode& node, const std::vector<std::string>& path) {
    const std::string text = help_text(root, path);
    EXPECT_NE(node.examples, "") << join(path, " ");
    EXPECT_THAT(node.examples, HasSubstr("jim ")) << join(path, " ");
    for (const std::string& line : split(text, "\n")) EXPECT_LE(columns(line), 100u) << line;
  });
  for (const std::string& line : split(help_text(root, {}), "\n"))
    EXPECT_LE(columns(line), 100u) << line;
}

TEST(HelpTest, EveryExampleIsACommandLineThatIsUnderstood) {
  each_command(command_tree(), {}, [&](const CommandNode& node, const std::vector<std::string>&) {
    for (const std::string& line : split(node.examples, "\n")) {
      if (!line.starts_with("jim ")) continue;
      const std::string command = line.substr(4, line.find_first_of(">|&") - 4);
      std::vector<std::string> words;
      for (const std::string& word : split(trim(command), " ")) words.push_back(word);
      const auto parsed = parse(words);
      EXPECT_TRUE(parsed) << line << ": " << parsed.error().message;
    }
  });
}

TEST(HelpTest, APageHasItsPartsInOrder) {
  EXPECT_EQ(
      help({"state", "rm", "--help"}),
      "jim state rm ADDRESS [flags]\n"
      "\n"
      "Forget an object; it goes on existing.\n"
      "\n"
      "It goes on costing, too. Asks first, and takes jim's mark off the object. The bare name of "
      "a\nresource with 'count' or 'for_each' means all of its objects.\n"
      "\n"
      "Arguments\n"
      "  ADDRESS  the resource\n"
      "\n"
      "Examples\n"
      "  jim state rm 'web[2]'\n"
      "  jim state rm web\n"
      "\n"
      "Flags for every command ('jim --help' says more)\n"
      "  -h|--help --version -f|--file -C|--directory --var --state -o|--output --color --yes\n"
      "  --no-input --sandbox --sandbox-scenario --sandbox-pace --log --events\n");
}

}  // namespace
}  // namespace jim

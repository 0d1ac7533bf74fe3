#include "core/config/load.h"

#include <gtest/gtest.h>

#include "tests/core/config/check.h"

namespace jim {
namespace {

using Texts = std::map<std::string, std::string>;

std::string check_files(Texts files, const std::vector<std::string>& paths = {"jim.yaml"}) {
  return Checked(std::move(files), paths).text();
}

TEST(LoadTest, ALaterFileIsMergedOverAnEarlierOneMapByMap) {
  EXPECT_EQ(
      check_files({{"jim.yaml",
                    "project: p\nresources:\n  a: { type: test.machine, plan: small, tags: "
                    "[x], labels: { k: 1, l: 2 } }"},
                   {"prod.yaml",
                    "resources:\n  a: { plan: large, tags: [y], labels: { l: 3 } }\n  b: { "
                    "type: test.key, name: n }"}},
                  {"jim.yaml", "prod.yaml"}),
      R"(a test.machine {"image":"debian","labels":{"k":"1","l":"3"},"plan":"large","tags":["y"]}
b test.key {"name":"n"}
)");
}

TEST(LoadTest, WhatAFileIncludesLiesBelowIt) {
  EXPECT_EQ(
      check_files(
          {{"jim.yaml",
            "project: p\ninclude: [base/net.yaml, 'racks/*.yaml']\nresources:\n  a: { "
            "name: mine }"},
           {"base/net.yaml", "include: more.yaml\nresources:\n  a: { type: test.key, name: base }"},
           {"base/more.yaml", "resources:\n  m: { type: test.key, name: more }"},
           {"racks/r1.yaml", "resources:\n  r1: { type: test.key, name: r1 }"},
           {"racks/r2.yaml", "resources:\n  r2: { type: test.key, name: r2 }"},
           {"racks/notes.txt", "no: [yaml"}}),
      "m test.key {\"name\":\"more\"}\na test.key {\"name\":\"mine\"}\n"
      "r1 test.key {\"name\":\"r1\"}\nr2 test.key {\"name\":\"r2\"}\n");
}

TEST(LoadTest, AResourceInTwoIncludedFilesIsRefused) {
  EXPECT_EQ(check_files({{"jim.yaml", "project: p\ninclude: [a.yaml, b.yaml]"},
                         {"a.yaml", "resources:\n  x: { type: test.key, name: a }"},
                         {"b.yaml", "resources:\n  x: { type: test.key, name: b }"}}),
            "b.yaml:2:3: two included files have a resource 'x'; the first is at a.yaml:2 | rename "
            "one; a file named later by -f changes resources of earlier ones\n");
}

TEST(LoadTest, AFileThatTwoOthersIncludeCountsOnce) {
  EXPECT_EQ(check_files({{"jim.yaml", "project: p\ninclude: [a.yaml, b.yaml]"},
                         {"a.yaml", "include: c.yaml"},
                         {"b.yaml", "include: c.yaml"},
                         {"c.yaml", "resources:\n  x: { type: test.key, name: c }"}}),
            "x test.key {\"name\":\"c\"}\n");
}

TEST(LoadTest, FilesThatIncludeEachOtherAreNamedInFull) {
  EXPECT_EQ(check_files({{"jim.yaml", "project: p\ninclude: a.yaml"},
                         {"a.yaml", "include: sub/b.yaml"},
                         {"sub/b.yaml", "include: ../jim.yaml"}}),
            "sub/b.yaml:1:10: these files include each other: jim.yaml -> a.yaml -> sub/b.yaml -> "
            "jim.yaml | take one 'include' away\n");
}

TEST(LoadTest, WhatCannotBeIncludedIsSaidWhereItIsAskedFor) {
  EXPECT_EQ(
      check_files({{"jim.yaml",
                    "project: p\ninclude:\n  - none.yaml\n  - 'x/*.yaml'\n  - 5\n  - '*/a.yaml'"}}),
      "jim.yaml:5:5: 'include' takes a path or a list of paths | include: [network.yaml, "
      "racks/*.yaml]\n"
      "jim.yaml:3:5: cannot read none.yaml: No such file or directory | paths here start at the "
      "folder of the file that includes\n"
      "jim.yaml:4:5: no file matches 'x/*.yaml' | take it away, or check the folder's name\n"
      "jim.yaml:6:5: '*/a.yaml': one '*' may stand in the last part of a path\n");
}

TEST(LoadTest, AMissingOrWrongFileIsSaid) {
  EXPECT_EQ(check_files({}, {"x.yaml"}),
            ":0:0: cannot read x.yaml: No such file or directory | name another file with -f, or "
            "write one with 'jim init'\n");
  EXPECT_EQ(check_files({{"jim.yaml", "- a"}}),
            "jim.yaml:1:1: expected a map with 'project', 'providers' and 'resources' | 'jim init' "
            "writes a file to start from\n");
  EXPECT_EQ(check_files({{"jim.yaml", "resources: {}"}}),
            "jim.yaml:1:1: 'project' is missing | add a line such as 'project: my-project'\n");
}

TEST(LoadTest, MistakesOfAllFilesAreShownInOneRun) {
  EXPECT_EQ(
      check_files(
          {{"jim.yaml", "projet: p\ninclude: a.yaml\nresources:\n  x: { type: test.key, nme: y }"},
           {"a.yaml", "vars: [1]\nresources:\n  z: { type: test.keyy, name: 1, name: 2 }"}}),
      "a.yaml:3:34: 'name' is here twice; the first is at a.yaml:3:25 | keep one of them\n"
      "a.yaml:1:7: 'vars' takes a map of names to values, not a list | vars: { name: ... }\n"
      "jim.yaml:1:1: unknown key 'projet' | did you mean 'project'?\n"
      "jim.yaml:1:1: 'project' is missing | add a line such as 'project: my-project'\n"
      "a.yaml:3:14: z: unknown type 'test.keyy' | did you mean 'test.key'?\n"
      "jim.yaml:4:24: x: test.key has no attribute 'nme' | did you mean 'name'?\n"
      "jim.yaml:4:3: x: 'name' is missing, and every test.key needs one | 'jim explain "
      "test.key.name' says what goes there\n");
}

struct Case {
  const char* text;
  const char* result;
};

TEST(LoadTest, WrongShapesAreSaidWithWhatWasFoundAndWhatFits) {
  const std::vector<Case> cases = {
      {"vrs: {}", "jim.yaml:2:1: unknown key 'vrs' | did you mean 'vars'?\n"},
      {"qqqqqq: {}",
       "jim.yaml:2:1: unknown key 'qqqqqq' | known here: project, vars, providers, state, "
       "resources, "
       "outputs, include\n"},
      {"resources: [a]",
       "jim.yaml:2:12: 'resources' takes a map of names to resources, not a list | resources: { "
       "name: ... }\n"},
      {"resources: { a: hi }",
       "jim.yaml:2:17: resource 'a' takes a map with a 'type', not a string | a: { type: "
       "PROVIDER.TYPE, ... }\n"},
      {"resources: { a: { name: x } }",
       "jim.yaml:2:14: resource 'a' has no 'type' | such as 'type: latitude.server'; 'jim explain' "
       "lists all types\n"},
      {"resources: { a: { type: 5 } }",
       "jim.yaml:2:25: 'type' takes a name such as latitude.server, not an integer\n"},
      {"resources: { 1a: { type: test.key, name: x } }",
       "jim.yaml:2:14: '1a' cannot be the name of a resource | letters, digits, '_' and single '-' "
       "between them, a letter first\n"},
      {"resources: { a--b: { type: test.key, name: x } }",
       "jim.yaml:2:14: 'a--b' cannot be the name of a resource | letters, digits, '_' and single "
       "'-' between them, a letter first\n"},
      {"resources: { var: { type: test.key, name: x } }",
       "jim.yaml:2:14: 'var' cannot be the name of a resource: expressions use it | choose another "
       "name\n"},
      {"resources: { a: { type: test.key, name: x, needs: { b: 1 } } }",
       "jim.yaml:2:51: 'needs' takes a list of resource names, not a map | needs: [name]\n"},
      {"resources: { a: { type: test.key, name: x, was: [b] } }",
       "jim.yaml:2:49: 'was' takes the resource's old name, not a list\n"},
      {"resources: { a: { type: test.key, name: x, timeouts: { crate: 5m, update: soon, delete: [] "
       "} } }",
       "jim.yaml:2:56: unknown timeout 'crate' | known here: create, update, delete\n"
       "jim.yaml:2:75: 'soon' is no duration | such as 90s, 20m or 1h30m\n"
       "jim.yaml:2:89: a timeout takes a duration, not a list | such as 90s, 20m or 1h30m\n"},
      {"resources: { a: { type: test.key, name: x, create_before_destroy: no } }",
       "jim.yaml:2:67: 'create_before_destroy' takes true or false, not a string | write false, "
       "without quotes\n"},
      {"resources: { a: { type: test.key, name: x, count: 1, for_each: [b] } }",
       "jim.yaml:2:64: resource 'a' has both 'count' and 'for_each' | keep one of them\n"},
      {"resources: { a: { type: test.key, name: '${1 +}' } }",
       "jim.yaml:2:47: expected a value, found '}'\n"},
      {"providers: { test: 5 }",
       "jim.yaml:2:20: provider 'test' takes a map of settings, not an integer | test: {}\n"},
      {"providers: { test: { manifest: [x] } }",
       "jim.yaml:2:32: 'manifest' takes the path of a YAML file | manifest: ./test.yaml\n"},
      {"outputs: text",
       "jim.yaml:2:10: 'outputs' takes a map of names to values, not a string | outputs: { name: "
       "... "
       "}\n"},
  };
  for (const auto& [text, result] : cases) EXPECT_EQ(check(text), result) << text;
}

TEST(LoadTest, AProjectIsANameThatFitsIntoMarks) {
  const auto named = [](const std::string& name) {
    return check_files({{"jim.yaml", "project: " + name}});
  };
  EXPECT_EQ(named("web-2"), "");
  EXPECT_EQ(named(std::string(32, 'a')), "");
  const std::string rule =
      "' cannot be a project's name | up to 32 lower-case letters, digits and '-', a letter "
      "first\n";
  for (const std::string& bad : {std::string("Web"), std::string("2web"), std::string("we_b"),
                                 std::string("no way"), std::string(33, 'a')})
    EXPECT_EQ(named(bad), "jim.yaml:1:10: '" + bad + rule);
  EXPECT_EQ(named("[]"),
            "jim.yaml:1:10: 'project' takes a name, not a list | such as 'project: my-project'\n");
}

TEST(LoadTest, KeysOfTheBlockReachTheConfig) {
  const Checked checked(
      "resources:\n  a: { type: test.key, name: x, needs: b, ignore: name, was: old, timeouts: { "
      "create: 1h30m }, create_before_destroy: true }\n  b: { type: test.key, name: y }\n"
      "providers: { test: { manifest: ./t.yaml, token: t } }");
  const ResourceBlock& a = checked.config().resources[0];
  EXPECT_EQ(a.needs, std::vector<std::string>{"b"});
  EXPECT_EQ(a.ignore, std::vector<std::string>{"name"});
  EXPECT_EQ(a.was, "old");
  EXPECT_EQ(a.timeouts.at("create"), std::chrono::minutes(90));
  EXPECT_TRUE(a.create_before_destroy);
  EXPECT_EQ(a.type_where, (SourceLocation{"jim.yaml", 3, 14}));
  EXPECT_EQ(checked.config().providers[0].manifest, "./t.yaml");
  EXPECT_EQ(checked.config().providers[0].settings[0].name, "token");
  EXPECT_EQ(checked.config().root, ".");
}

}  // namespace
}  // namespace jim

#include <gtest/gtest.h>

#include "tests/core/config/check.h"

namespace jim {
namespace {

struct Case {
  std::string text;
  std::string result;
};

void check_all(const std::vector<Case>& cases) {
  for (const auto& [text, result] : cases) EXPECT_EQ(check(text), result) << text;
}

/// One machine with these attributes besides its plan, on line 3.
std::string machine(const std::string& attributes) {
  return "resources:\n  a: { type: test.machine, plan: small, " + attributes + " }";
}

TEST(ExpandErrorsTest, AttributesThatDoNotFitAreSaidWithPlaceAndHint) {
  check_all(
      {{machine("sise: 5"),
        "jim.yaml:3:41: a: test.machine has no attribute 'sise' | did you mean 'size'?\n"},
       {machine("cuont: 5"),
        "jim.yaml:3:41: a: test.machine has no attribute 'cuont' | did you mean 'count'?\n"},
       {machine("qqqq: 5"),
        "jim.yaml:3:41: a: test.machine has no attribute 'qqqq' | 'jim explain test.machine' lists "
        "them all\n"},
       {machine("ip: 1.2.3.4"),
        "jim.yaml:3:41: a: 'ip' is set by the vendor, not by the file | take it away; use it "
        "elsewhere as ${a.ip}\n"},
       {machine("size: big"), "jim.yaml:3:47: a: 'size' takes integer, not a string (\"big\")\n"},
       {machine("size: [1]"), "jim.yaml:3:47: a: 'size' takes integer, not a list\n"},
       {machine("spot: no"),
        "jim.yaml:3:47: a: 'spot' takes boolean, not a string (\"no\") | write false, without "
        "quotes\n"},
       {machine("password: [hush]"), "jim.yaml:3:51: a: 'password' takes string, not a list\n"},
       {machine("tags: { x: 1 }"), "jim.yaml:3:47: a: 'tags' takes list(string), not a map\n"},
       {machine("ignore: [tgs]"),
        "jim.yaml:3:50: a: 'ignore' names 'tgs', which test.machine does not have | did you mean "
        "'tags'?\n"},
       {"resources:\n  a: { type: test.machine, plan: smal }",
        "jim.yaml:3:34: a: 'plan' cannot be \"smal\" | did you mean 'small'? allowed: small, "
        "large\n"},
       {"resources:\n  a: { type: test.machine, plan: tiny-9 }",
        "jim.yaml:3:34: a: 'plan' cannot be \"tiny-9\" | allowed: small, large\n"},
       {"resources:\n  a: { type: test.machine, plan: null }",
        "jim.yaml:3:34: a: 'plan' is null, and every resource of this type needs one | give it a "
        "value\n"},
       {"resources:\n  a: { type: test.machine }",
        "jim.yaml:3:3: a: 'plan' is missing, and every test.machine needs one | such as 'plan: "
        "small'\n"}});
}

TEST(ExpandErrorsTest, UnknownTypesAreSaid) {
  check_all({{"resources: { a: { type: test.machin } }",
              "jim.yaml:2:25: a: unknown type 'test.machin' | did you mean 'test.machine'?\n"},
             {"resources: { a: { type: acme.server } }",
              "jim.yaml:2:25: a: unknown type 'acme.server' | add 'acme' to 'providers'; 'jim "
              "provider list' shows all\n"},
             {"resources: { a: { type: server } }",
              "jim.yaml:2:25: a: unknown type 'server' | a type is written PROVIDER.TYPE, such as "
              "latitude.server\n"}});
}

/// A second resource that looks at machine `a` or at list `l`, on line 5.
std::string looking(const std::string& expression) {
  return "resources:\n  a: { type: test.machine, plan: small }\n  l: { type: test.key, count: 2, "
         "name: "
         "x }\n  b: { type: test.key, name: '${" +
         expression + "}' }";
}

TEST(ExpandErrorsTest, ReferencesThatLeadNowhereAreSaidOnce) {
  check_all(
      {{looking("aa.ip"), "jim.yaml:5:33: nothing here is called 'aa' | did you mean 'a'?\n"},
       {looking("web.ip"),
        "jim.yaml:5:33: nothing here is called 'web' | expressions can use var, env and the names "
        "of resources\n"},
       {looking("l-1"),
        "jim.yaml:5:33: nothing here is called 'l-1' | to subtract, put spaces around '-'\n"},
       {looking("a.ipp"),
        "jim.yaml:5:33: a (test.machine) has no attribute 'ipp' | did you mean 'ip'?\n"},
       {looking("a[0].ip"),
        "jim.yaml:5:33: 'a' has neither 'count' nor 'for_each', so it has no [0] | write "
        "a.ATTRIBUTE\n"},
       {looking("l.name"),
        "jim.yaml:5:33: 'l' has 'count', so it is a list: 'name' needs an index before it | write "
        "l[0].name, or l[*].name for all of them\n"},
       {looking("l[5].name"), "jim.yaml:5:35: l[5] does not exist: the list has 2 elements\n"},
       {looking("index"),
        "jim.yaml:5:33: 'index' has a meaning only in a resource with 'count' | add 'count', or "
        "take it away\n"},
       {looking("each.key"),
        "jim.yaml:5:33: 'each' has a meaning only in a resource with 'for_each' | add 'for_each', "
        "or take it away\n"},
       {looking("var.x"), "jim.yaml:5:37: there is no variable \"x\" | declare it under 'vars'\n"},
       {"resources: { a: { type: test.key, name: x, needs: [bb] }, b: { type: test.key, name: y } "
        "}",
        "jim.yaml:2:52: a: 'needs' names 'bb', which is no resource of this file | did you mean "
        "'b'?\n"},
       {"resources: { a: { type: test.key, for_each: [x], name: '${each.kye}' } }",
        "jim.yaml:2:59: 'each' has no 'kye' | it has each.key and each.value\n"},
       {"outputs: { o: '${web.ip}' }",
        "jim.yaml:2:18: nothing here is called 'web' | expressions can use var, env and the names "
        "of resources\n"}});
}

TEST(ExpandErrorsTest, OneMistakeIsToldOnceWhateverHangsOnIt) {
  check_all(
      {{"resources:\n  a: { type: test.machine, count: '${1 +}', plan: small }\n  b: { type: "
        "test.key, "
        "name: '${a[0].ip}' }\noutputs: { o: '${a[*].ip}' }",
        "jim.yaml:3:41: expected a value, found '}'\n"},
       {"resources:\n  a: { type: acme.nothing }\n  b: { type: test.key, name: '${a[0].x}' "
        "}\noutputs: "
        "{ o: '${b.name}' }",
        "jim.yaml:3:14: a: unknown type 'acme.nothing' | add 'acme' to 'providers'; 'jim provider "
        "list' shows all\n"},
       {"resources:\n  a: 5\n  b: { type: test.key, name: '${a.x}' }",
        "jim.yaml:3:6: resource 'a' takes a map with a 'type', not an integer | a: { type: "
        "PROVIDER.TYPE, ... }\n"},
       {"vars: { n: '${nope}' }\nresources: { a: { type: test.key, count: '${var.n}', name: "
        "'${var.n}' } }",
        "jim.yaml:2:15: unknown name 'nope'\n"},
       {"resources:\n  a: { type: test.key, count: 50, name: '${wbe.x}' }\n  b: { type: test.key, "
        "name: "
        "'${a[49].name}' }",
        "jim.yaml:3:44: nothing here is called 'wbe' | expressions can use var, env and the names "
        "of resources\n"},
       {"resources:\n  a: { type: test.machine, count: 50, plan: small, size: 'x${index}' }",
        "jim.yaml:3:58: a[0]: 'size' takes integer, not a string (\"x0\")\n"}});
}

/// As `looking`, but it is the attribute `name` of a machine that looks.
std::string setting(const std::string& attribute) {
  return "resources:\n  a: { type: test.machine, plan: small }\n  l: { type: test.machine, count: "
         "2, "
         "plan: small }\n  b: { type: test.machine, plan: small, count: 2, " +
         attribute + " }";
}

TEST(ExpandErrorsTest, WhatIsKnownOnlyAfterApplyHasATypeThatMustFit) {
  check_all(
      {{setting("tags: '${a.id}'"),
        "jim.yaml:5:57: b: 'tags' takes list(string), not a string | put it into a list: 'tags: "
        "[...]'\n"},
       {setting("tags: 'x-${a.ip}'"),
        "jim.yaml:5:57: b: 'tags' takes list(string), not a string | put it into a list: 'tags: "
        "[...]'\n"},
       {setting("tags: '${l[index].zone}'"),
        "jim.yaml:5:57: b[0]: 'tags' takes list(string), not a string | put it into a list: "
        "'tags: [...]'\n"},
       {setting("labels: '${a.ip}'"),
        "jim.yaml:5:59: b: 'labels' takes map(string), not a string\n"},
       {setting("hostname: '${l[*].ip}'"),
        "jim.yaml:5:61: b: 'hostname' takes string, not a list\n"},
       {setting("tags: ['${l[*].ip}']"),
        "jim.yaml:5:57: b: 'tags' takes list(string), not a list that holds a list\n"}});
}

TEST(ExpandErrorsTest, WhatAnExpressionMakesOfAnUnknownMayBeOfAnyType) {
  for (const std::string attribute :
       {"tags: ['${a.id}']", "tags: '${l[*].ip}'", "tags: '${split(\",\", a.ip)}'",
        "tags: '${a.ip == \"x\" ? [] : [a.ip]}'", "tags: '${a.tags ?? [a.ip]}'", "size: '${a.ip}'",
        "spot: '${a.ip == \"\"}'", "tags: '${[for x in l : x.ip]}'"})
    EXPECT_TRUE(check(setting(attribute)).starts_with("a test.machine"))
        << check(setting(attribute));
}

TEST(ExpandErrorsTest, AMistakeInWhatOrHowManyHidesNoneInTheAttributes) {
  check_all({{"resources: { a: { type: acme.thing, x: '${var.n}' } }",
              "jim.yaml:2:25: a: unknown type 'acme.thing' | add 'acme' to 'providers'; 'jim "
              "provider list' shows all\njim.yaml:2:47: there is no variable \"n\" | declare it "
              "under 'vars'\n"},
             {machine("count: many, size: big"),
              "jim.yaml:3:48: a: 'count' takes a whole number from 0 to 200000, not a string\n"
              "jim.yaml:3:60: a: 'size' takes integer, not a string (\"big\")\n"},
             {machine("for_each: 5, size: big"),
              "jim.yaml:3:51: a: 'for_each' takes a map or a list of texts, not an integer\n"
              "jim.yaml:3:60: a: 'size' takes integer, not a string (\"big\")\n"}});
}

TEST(ExpandErrorsTest, ATypeOfAProviderWhoseManifestIsLackingIsNotCalledUnknown) {
  EXPECT_EQ(check("providers: { acme: {} }\nresources: { a: { type: acme.server } }"), "");
}

TEST(ExpandErrorsTest, AllMistakesOfOneBlockAreShown) {
  EXPECT_EQ(
      check(
          "resources:\n  a:\n    type: test.machine\n    plan: huge\n    size: big\n    hostname: "
          "'${wbe.x}'\n    nme: x\n    ignore: [zzzzzz]\n    needs: [qqqq]"),
      "jim.yaml:7:18: nothing here is called 'wbe' | expressions can use var, env and the "
      "names of resources\n"
      "jim.yaml:10:13: a: 'needs' names 'qqqq', which is no resource of this file\n"
      "jim.yaml:8:5: a: test.machine has no attribute 'nme' | 'jim explain test.machine' lists "
      "them all\n"
      "jim.yaml:9:14: a: 'ignore' names 'zzzzzz', which test.machine does not have\n"
      "jim.yaml:5:11: a: 'plan' cannot be \"huge\" | allowed: small, large\n"
      "jim.yaml:6:11: a: 'size' takes integer, not a string (\"big\")\n");
}

TEST(ExpandErrorsTest, CountAndKeysMustBeKnownAndFit) {
  const std::string tail = ", name: x }\n  m: { type: test.machine, plan: small }";
  const auto one = [&tail](const std::string& key) {
    return "resources:\n  a: { type: test.key, " + key + tail;
  };
  check_all(
      {{one("count: -1"),
        "jim.yaml:3:31: a: 'count' takes a whole number from 0 to 200000, not -1\n"},
       {one("count: 200001"),
        "jim.yaml:3:31: a: 'count' takes a whole number from 0 to 200000, not 200001\n"},
       {one("count: many"),
        "jim.yaml:3:31: a: 'count' takes a whole number from 0 to 200000, not a string\n"},
       {one("count: '${m.size}'"),
        "jim.yaml:3:31: a: 'count' takes a whole number from 0 to 200000, not null\n"},
       {one("count: '${length(m.ip)}'"),
        "jim.yaml:3:31: a: 'count' takes a whole number from 0 to 200000, not a value known only "
        "after apply | it must "
        "be known from the file alone\n"},
       {one("count: 2, if: '${index == 1}'"),
        "jim.yaml:3:38: a: 'if' cannot look at 'index', or the list would have holes | use "
        "for_each "
        "with a list: [for x in xs : x if ...]\n"},
       {one("for_each: 3"),
        "jim.yaml:3:34: a: 'for_each' takes a map or a list of texts, not an integer\n"},
       {one("for_each: [1]"),
        "jim.yaml:3:34: a: 'for_each' takes a map or a list of texts; this list holds an integer | "
        "use tostring(), or 'count'\n"},
       {one("for_each: ['${m.ip}']"),
        "jim.yaml:3:34: a: 'for_each' takes a map or a list of texts; this list holds a value "
        "known only after apply | "
        "keys must be known from the file alone\n"},
       {one("for_each: '${m.ip}'"),
        "jim.yaml:3:34: a: 'for_each' takes a map or a list of texts, not a value known only after "
        "apply | it must be "
        "known from the file alone\n"},
       {one("for_each: [x, y, x]"),
        "jim.yaml:3:34: a: 'for_each' has \"x\" twice | use distinct()\n"},
       {one("for_each: ['${sensitive(\"k\")}']"),
        "jim.yaml:3:34: a: the keys of 'for_each' are secret, and addresses show them | use "
        "nonsensitive() if they may be seen\n"},
       {one("if: off"),
        "jim.yaml:3:28: a: 'if' takes true or false, not a string | write false, without quotes\n"},
       {one("if: '${m.ip == \"x\"}'"),
        "jim.yaml:3:28: a: 'if' takes true or false, not a value known only after apply | it must "
        "be known from the "
        "file alone\n"},
       {one("protect: 1"), "jim.yaml:3:33: a: 'protect' takes true or false, not an integer\n"},
       {one("keep: yes"),
        "jim.yaml:3:30: a: 'keep' takes true or false, not a string | write true, without "
        "quotes\n"}});
}

TEST(ExpandErrorsTest, OldNamesMustBeFree) {
  check_all(
      {{"resources: { a: { type: test.key, name: x, was: b }, b: { type: test.key, name: y } }",
        "jim.yaml:2:49: a: 'was' names 'b', which this file still has | take 'was' away, or "
        "the resource that bears the old name\n"},
       {"resources: { a: { type: test.key, name: x, was: o }, b: { type: test.key, name: y, was: "
        "o } }",
        "jim.yaml:2:89: b: 'was' names 'o', and so does 'a' | only one resource can go on "
        "under a new name\n"}});
}

}  // namespace
}  // namespace jim

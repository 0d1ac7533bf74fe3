#include "core/config/expand.h"

#include <gtest/gtest.h>

#include "core/value/json.h"
#include "tests/core/config/check.h"

namespace jim {
namespace {

TEST(ExpandTest, AttributesAreConvertedAndDefaultsFilledIn) {
  EXPECT_EQ(check("resources:\n  a: { type: test.machine, plan: small, size: '5', spot: 'true', "
                  "hostname: 7, labels: { n: 010, v: 1.5 } }"),
            R"(a test.machine {"hostname":"7","image":"debian","labels":{"n":"10","v":"1.5"},)"
            R"("plan":"small","size":5,"spot":true})"
            "\n");
  EXPECT_EQ(check("resources:\n  a: { type: test.machine, plan: small, image: null }"),
            "a test.machine {\"image\":\"debian\",\"plan\":\"small\"}\n");
}

TEST(ExpandTest, CountMakesAListThatKnowsItsIndex) {
  EXPECT_EQ(check("vars: { n: '2' }\nresources:\n  a: { type: test.key, count: '${var.n}', name: "
                  "'k${index + 1}' }\n  b: { type: test.key, name: '${a[1].name}-${length(a)}' }\n"
                  "  c: { type: test.key, name: '${join(\",\", a[*].name)}' }"),
            "a[0] test.key {\"name\":\"k1\"}\na[1] test.key {\"name\":\"k2\"}\n"
            "b test.key {\"name\":\"k2-2\"}\nc test.key {\"name\":\"k1,k2\"}\n");
  EXPECT_EQ(check("resources:\n  a: { type: test.key, count: 0, name: x }"), "");
}

TEST(ExpandTest, ForEachMakesAMapThatKnowsKeyAndValue) {
  EXPECT_EQ(
      check("resources:\n  a: { type: test.key, for_each: { eu: 1, us: 2 }, name: "
            "'${each.key}${each.value}' }\n  b: { type: test.key, name: '${a[\"us\"].name}' "
            "}\n  c: { type: test.key, for_each: [y, x], name: '${each.value}' }\n"
            "  d: { type: test.key, for_each: '${{for k in [\"p\", \"q\"] : k => upper(k)}}', "
            "name: '${each.value}' }"),
      "a[\"eu\"] test.key {\"name\":\"eu1\"}\na[\"us\"] test.key {\"name\":\"us2\"}\n"
      "b test.key {\"name\":\"us2\"}\n"
      "c[\"x\"] test.key {\"name\":\"x\"}\nc[\"y\"] test.key {\"name\":\"y\"}\n"
      "d[\"p\"] test.key {\"name\":\"P\"}\nd[\"q\"] test.key {\"name\":\"Q\"}\n");
}

TEST(ExpandTest, IfSaysWhetherItExists) {
  EXPECT_EQ(check("vars: { prod: false }\nresources:\n  a: { type: test.key, name: x, if: "
                  "'${var.prod}' }\n  b: { type: test.key, name: y, if: '${!var.prod}' }\n"
                  "  c: { type: test.key, for_each: [p, q], if: '${each.key != \"p\"}', name: z }\n"
                  "  d: { type: test.key, name: '${a.name ?? \"none\"}' }"),
            "b test.key {\"name\":\"y\"}\nc[\"q\"] test.key {\"name\":\"z\"}\n"
            "d test.key {\"name\":\"none\"}\n");
}

TEST(ExpandTest, WhatOnlyTheVendorKnowsIsUnknown) {
  EXPECT_EQ(
      check("resources:\n  a: { type: test.machine, plan: small }\n  b: { type: test.key, name: "
            "'${a.ip}' }\n  c: { type: test.key, name: '${a.image}-${a.hostname ?? \"h\"}' }\n"
            "  d: { type: test.key, name: '${a.id}' }\n  e: { type: test.key, name: "
            "'${a.zone}' }"),
      "a test.machine {\"image\":\"debian\",\"plan\":\"small\"}\n"
      "b test.key {\"name\":\"?\"}\nc test.key {\"name\":\"debian-h\"}\n"
      "d test.key {\"name\":\"?\"}\ne test.key {\"name\":\"?\"}\n");
}

TEST(ExpandTest, SecretsComeFromTheEnvironmentVariablesAndAttributes) {
  EXPECT_EQ(
      check("vars: { t: { default: s, secret: true } }\nresources:\n  a: { type: test.machine, "
            "plan: small, password: open, hostname: '${env.HOST}', tags: ['${var.t}', x] }",
            {.environment = {{"HOST", "h"}}}),
      "a test.machine {\"hostname\":\"(sensitive)\",\"image\":\"debian\",\"password\":"
      "\"(sensitive)\",\"plan\":\"small\",\"tags\":[\"(sensitive)\",\"x\"]}\n");
}

TEST(ExpandTest, EverythingComesAfterWhatItNeeds) {
  const Checked checked(
      "resources:\n  a: { type: test.key, name: '${c.name}' }\n  b: { type: test.key, name: x, "
      "needs: "
      "[a] }\n  c: { type: test.key, name: y }\n  d: { type: test.key, name: z }");
  EXPECT_EQ(checked.expansion().order(), (std::vector<std::string>{"c", "a", "b", "d"}));
  EXPECT_EQ(checked.expansion().needs("b"), std::vector<std::string>{"a"});
  EXPECT_EQ(checked.expansion().needs("a"), std::vector<std::string>{"c"});
  EXPECT_TRUE(checked.expansion().needs("d").empty());
}

TEST(ExpandTest, CirclesAreNamedInFullWithTheirPlaces) {
  EXPECT_EQ(
      check("resources:\n  a: { type: test.key, name: '${b.id}' }\n  b: { type: test.key, name: x, "
            "needs: [c] }\n  c: { type: test.key, name: '${a.name}', nmae: 1 }"),
      "jim.yaml:3:33: these resources need each other in a circle: a -> b -> c -> a | a needs b "
      "(jim.yaml:3), b needs c (jim.yaml:4), c needs a (jim.yaml:5); one of them has to go\n"
      "jim.yaml:5:43: c: test.key has no attribute 'nmae' | did you mean 'name'?\n");
  EXPECT_EQ(check("resources:\n  a: { type: test.key, name: '${a.id}' }"),
            "jim.yaml:3:33: resource 'a' needs itself | take the reference to itself away\n");
}

TEST(ExpandTest, ProtectKeepIgnoreAndWasAreRead) {
  const Checked checked(
      "vars: { safe: true }\nresources:\n  a: { type: test.machine, plan: small, protect: "
      "'${var.safe}', keep: true, ignore: [tags], was: old }");
  EXPECT_TRUE(checked.resource("a").protect);
  EXPECT_TRUE(checked.resource("a").keep);
  EXPECT_EQ(checked.resource("a").block->ignore, std::vector<std::string>{"tags"});
  EXPECT_EQ(checked.resource("a").block->was, "old");
}

TEST(ExpandTest, FilesAreReadFromTheConfigsFolder) {
  EXPECT_EQ(
      Checked({{"/r/jim.yaml",
                "project: p\nresources:\n  a: { type: test.key, name: '${file(\"k/ops.pub\")}' }"},
               {"/r/k/ops.pub", "ssh-ed25519 AAA"}},
              {"/r/jim.yaml"})
          .text(),
      "a test.key {\"name\":\"ssh-ed25519 AAA\"}\n");
}

TEST(ExpandTest, AMissingFileIsAMistakeOfTheFileUnlessAskedFor) {
  EXPECT_EQ(
      check("resources:\n  a: { type: test.key, name: '${fileexists(\"no.txt\")}' }\n  b: { type: "
            "test.key, name: '${fileexists(\"hello.txt\")}' }"),
      "a test.key {\"name\":\"false\"}\nb test.key {\"name\":\"true\"}\n");
  EXPECT_EQ(
      check("resources:\n  a: { type: test.key, name: '${file(\"no.txt\")}' }"),
      "jim.yaml:3:33: file: cannot read no.txt: No such file or directory | paths start at the "
      "folder of the file\n");
}

TEST(ExpandTest, WhatWasUnknownIsEvaluatedAgainWhenObjectsAreKnown) {
  const Checked checked(
      "resources:\n  a: { type: test.machine, count: 2, plan: small }\n  b: { type: test.key, "
      "name: "
      "'${join(\",\", a[*].ip)}' }\noutputs: { ips: '${a[*].ip}', n: '${length(a)}' }");
  const auto objects = parse_json(R"([{"ip": "1.1.1.1"}, {"ip": "2.2.2.2"}])");
  const auto attributes = checked.expansion().evaluate(checked.resource("b"), {{"a", *objects}});
  ASSERT_TRUE(attributes) << attributes.error().message;
  EXPECT_EQ(*attributes->find("name"), Value("1.1.1.1,2.2.2.2"));
  const auto outputs = checked.expansion().outputs({{"a", *objects}});
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ(to_json(Value(*outputs)), R"({"ips":["1.1.1.1","2.2.2.2"],"n":2})");
}

TEST(ExpandTest, ProviderSettingsUseVariablesAndTheEnvironment) {
  const MemoryFiles files(std::map<std::string, std::string>{
      {"jim.yaml",
       "project: p\nvars: { r: eu }\nproviders: { test: { token: '${env.T}', "
       "region: '${var.r}-1' } }"}});
  Diagnostics found;
  const auto config = load_config(files, {"jim.yaml"}, found);
  ASSERT_TRUE(config);
  const auto settings =
      provider_settings(*config, config->providers[0], files, {.environment = {{"T", "x"}}}, found);
  ASSERT_TRUE(settings);
  EXPECT_EQ(*settings->find("region"), Value("eu-1"));
  EXPECT_TRUE(settings->find("token")->is_secret());
  EXPECT_EQ(shown(found), "");
  EXPECT_FALSE(provider_settings(*config, config->providers[0], files, {}, found));
  EXPECT_EQ(shown(found),
            "jim.yaml:3:36: the environment variable 'T' is not set | set it, or give a default by "
            "env.T ?? \"...\"\n");
}

}  // namespace
}  // namespace jim

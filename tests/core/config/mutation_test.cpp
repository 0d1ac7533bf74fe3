#include "tests/fakes/mutation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/config/yaml.h"
#include "tests/core/config/check.h"

namespace jim {
namespace {

const std::vector<std::string>& files() {
  static const std::vector<std::string> kFiles = {
      R"(project: shop
vars: { region: eu, n: { type: integer, default: 2 } }
providers:
  test: { token: "${env.TOKEN ?? 'none'}" }
defaults: &d { plan: small, image: debian }
resources:
  key: { type: test.key, name: ops }
  web:
    <<: *d
    type: test.machine
    count: ${var.n}
    hostname: "web-${index}.${var.region}"
    tags: [a, "${key.id}"]
    needs: [key]
  db:
    type: test.machine
    plan: large
    for_each: { a: 1, b: 2 }
    labels: { each: "${each.key}", peer: "${web[0].ip}" }
    if: ${each.value > 1}
    timeouts: { create: 30m }
outputs:
  ips: ${web[*].ip}
)",
      "project: p\nresources:\n  a:\n    type: test.machine\n    plan: |-\n      small\n    "
      "hostname: >\n"
      "      folded\n      text\n",
      "{project: p, resources: {x: {type: test.key, name: \"a\\u00e9\", count: 0x2}}}\n"};
  return kFiles;
}

const std::vector<std::string>& words() {
  static const std::vector<std::string> kWords = {
      ": ",  "- ",     "\n",   "\n  ",  "\t",         "{",  "}",  "[",    "]",     "\"",
      "'",   "#",      "&d",   "*d",    "<<",         "|",  ">",  "!!x",  "---\n", "%",
      "@",   "${",     "null", "no",    "? ",         ",",  "~",  "\xff", "\r",    "é",
      "*x",  "010",    "1e9",  "type:", "count: 3\n", "\\", "if", "::",   "...",   "!<",
      "&a ", "\n\n\n", "-",    "${1",   "key.id",     "web"};
  return kWords;
}

bool is_located(const Diagnostic& error, const std::string& text) {
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  const SourceLocation& where = error.where;
  return where.file == "jim.yaml" && where.line >= 1 && where.line <= lines + 1 &&
         where.column >= 1 && where.column <= static_cast<int>(text.size()) + 1 &&
         !error.message.empty();
}

TEST(MutationTest, DamagedYamlGivesANodeOrLocatedErrors) {
  Mutation mutation(20261121, files(), words());
  int good = 0;
  int bad = 0;
  for (int run = 0; run < 1500; ++run) {
    const std::string text = mutation.next();
    SCOPED_TRACE(text);
    YamlNode root;
    Diagnostics found;
    const bool read = read_yaml(text, "jim.yaml", root, found);
    EXPECT_EQ(read, found.empty());
    ++(read ? good : bad);
    for (const Diagnostic& one : found) ASSERT_TRUE(is_located(one, text)) << shown(found);
  }
  EXPECT_GT(good, 150);
  EXPECT_GT(bad, 150);
}

TEST(MutationTest, DamagedConfigsGiveResourcesOrLocatedErrors) {
  Mutation mutation(20261122, files(), words());
  for (int run = 0; run < 1500; ++run) {
    const std::string text = mutation.next();
    SCOPED_TRACE(text);
    const MemoryFiles memory(std::map<std::string, std::string>{{"jim.yaml", text}});
    Diagnostics found;
    std::optional<Expansion> expansion;
    const auto config = load_config(memory, {"jim.yaml"}, found);
    if (config) expansion = expand(*config, test_types(), memory, {}, found);
    ASSERT_TRUE(expansion || !found.empty());
    for (const Diagnostic& one : found) ASSERT_TRUE(is_located(one, text)) << shown(found);
  }
}

}  // namespace
}  // namespace jim

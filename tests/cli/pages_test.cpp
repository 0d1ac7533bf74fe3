#include "cli/pages.h"

#include <gtest/gtest.h>

#include "cli/render/columns.h"
#include "core/base/text.h"
#include "core/config/yaml.h"
#include "core/provider/manifest.h"
#include "core/sandbox/sandbox.h"

namespace jim {
namespace {

/// The part of a page from `first` up to the first empty line after it.
std::string example(const std::string& page, const std::string& first) {
  const std::string text = reference_page(page);
  const auto from = text.find("\n" + first) + 1;
  return text.substr(from, text.find("\n\n", from) - from + 1);
}

TEST(PagesTest, LinesFitTheScreen) {
  for (const char* name : {"file", "manifest", "scenario"})
    for (const std::string& line : split(reference_page(name), "\n"))
      EXPECT_LE(columns(line), 100u) << line;
  EXPECT_EQ(reference_page("nothing"), nullptr);
}

TEST(PagesTest, TheManifestIsAGoodOne) {
  Diagnostics found;
  EXPECT_TRUE(load_manifest(example("manifest", "provider:"), "page", found));
  for (const Diagnostic& one : found) ADD_FAILURE() << one.where.line << ": " << one.message;
}

TEST(PagesTest, TheScenarioIsAGoodOne) {
  Diagnostics found;
  YamlNode root;
  ASSERT_TRUE(read_yaml(example("scenario", "stock:"), "page", root, found));
  const auto started = Sandbox::start({.folder = testing::TempDir(), .scenario = to_value(root)});
  EXPECT_TRUE(started) << started.error().message;
}

}  // namespace
}  // namespace jim

#include <gtest/gtest.h>

#include "tests/core/config/check.h"

namespace jim {
namespace {

std::string found(std::map<std::string, std::string> files, const std::string& folder) {
  const MemoryFiles memory(std::move(files));
  const auto path = find_config(memory, folder);
  return path ? *path : path.error().message + " | " + path.error().hint;
}

constexpr const char* kNone =
    "no jim.yaml in this folder or above it | 'jim init' writes one to start from; -f FILE names "
    "another";

TEST(FindConfigTest, TheFolderItselfComesFirst) {
  EXPECT_EQ(found({{"/r/a/jim.yaml", ""}, {"/r/jim.yaml", ""}}, "/r/a"), "/r/a/jim.yaml");
  EXPECT_EQ(found({{"/r/a/jim.yaml", ""}, {"/r/jim.yaml", ""}}, "/r/a/"), "/r/a/jim.yaml");
}

TEST(FindConfigTest, AParentIsSearchedUpToTheRepositorysRoot) {
  EXPECT_EQ(found({{"/r/jim.yaml", ""}, {"/r/.git/HEAD", ""}, {"/r/a/b/x", ""}}, "/r/a/b"),
            "/r/jim.yaml");
  EXPECT_EQ(found({{"/jim.yaml", ""}, {"/r/.git/HEAD", ""}, {"/r/a/x", ""}}, "/r/a"), kNone);
}

TEST(FindConfigTest, WithoutARepositoryTheSearchEndsAtTheRoot) {
  EXPECT_EQ(found({{"/jim.yaml", ""}}, "/r/a"), "/jim.yaml");
  EXPECT_EQ(found({{"/r/b/jim.yaml", ""}}, "/r/a"), kNone);
}

TEST(FindConfigTest, TheCurrentFolderGivesAShortPath) {
  EXPECT_EQ(found({{"jim.yaml", ""}}, ""), "jim.yaml");
}

}  // namespace
}  // namespace jim

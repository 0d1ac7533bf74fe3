#include <gtest/gtest.h>

#include "cli/parser.h"
#include "core/base/files.h"

namespace jim {
namespace {

class CompletionTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(CompletionTest, TheScriptThatIsKeptIsTheOneThatIsMade) {
  const auto [shell, name] = GetParam();
  const auto kept = DiskFiles().read(std::string(JIM_SOURCE_DIR "/completions/") + name);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(completion_script(command_tree(), shell), *kept)
      << "jim completion " << shell << " > completions/" << name;
}

INSTANTIATE_TEST_SUITE_P(Shells, CompletionTest,
                         testing::Values(std::pair("bash", "jim.bash"), std::pair("zsh", "_jim"),
                                         std::pair("fish", "jim.fish")),
                         [](const auto& one) { return std::string(one.param.first); });

TEST(CompletionScriptTest, ThereIsNoneForAnotherShell) {
  EXPECT_EQ(completion_script(command_tree(), "tcsh"), "");
}

}  // namespace
}  // namespace jim

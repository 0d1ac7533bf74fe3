#include "cli/render/diagnostics.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

Diagnostic at(int line, int column) {
  return {.code = ErrorCode::invalid_config,
          .message = "wrong",
          .where = {.file = "jim.yaml", .line = line, .column = column}};
}

std::string text_of(const std::string& source, const Diagnostics& diagnostics,
                    const DiagnosticsLook& look = {}) {
  const ReadSource read = [&](const std::string& file) -> std::optional<std::string> {
    if (file != "jim.yaml") return std::nullopt;
    return source;
  };
  return diagnostics_text(diagnostics, read, look);
}

TEST(DiagnosticsTest, AFindingWithAPlaceShowsItsLineAndACaret) {
  const Diagnostic found = {.message = "unknown type 'latitude.sever'",
                            .hint = "did you mean 'latitude.server'?",
                            .where = {.file = "jim.yaml", .line = 2, .column = 9}};
  EXPECT_EQ(text_of("web:\n  type: latitude.sever\n", {found}),
            "jim.yaml:2:9: error: unknown type 'latitude.sever'\n"
            "    2 |   type: latitude.sever\n"
            "      |         ^\n"
            "  hint: did you mean 'latitude.server'?\n");
}

TEST(DiagnosticsTest, WarningsAndNotesAreCalledSo) {
  const Diagnostics found = {{.message = "a", .severity = Severity::warning},
                             {.message = "b", .severity = Severity::note}};
  EXPECT_EQ(text_of("", found), "warning: a\nnote: b\n");
}

TEST(DiagnosticsTest, AWholeLineHasNoCaret) {
  EXPECT_EQ(text_of("a: 1\n", {at(1, 0)}), "jim.yaml:1: error: wrong\n    1 | a: 1\n");
}

TEST(DiagnosticsTest, NothingIsShownOfAFileThatCannotBeReadAgain) {
  Diagnostic found = at(1, 1);
  found.where.file = "gone.yaml";
  EXPECT_EQ(text_of("a: 1\n", {found}), "gone.yaml:1:1: error: wrong\n");
}

TEST(DiagnosticsTest, NothingIsShownBehindTheEndOfTheFile) {
  EXPECT_EQ(text_of("a: 1\n", {at(7, 1)}), "jim.yaml:7:1: error: wrong\n");
}

TEST(DiagnosticsTest, TheColumnCountsLettersAndTheCaretStandsBelowWideOnes) {
  EXPECT_EQ(text_of("größe: x\n", {at(1, 8)}),
            "jim.yaml:1:8: error: wrong\n    1 | größe: x\n      |        ^\n");
  EXPECT_EQ(text_of("名: x\n", {at(1, 4)}),
            "jim.yaml:1:4: error: wrong\n    1 | 名: x\n      |     ^\n");
}

TEST(DiagnosticsTest, ControlCharactersAndLineEndsAreMadeVisibleOrLeftOut) {
  EXPECT_EQ(text_of("\ta: \x1b[31m\r\n", {at(1, 2)}),
            "jim.yaml:1:2: error: wrong\n    1 | \\ta: \\x1b[31m\n      |   ^\n");
  EXPECT_EQ(text_of("\xef\xbb\xbf"
                    "a: 1\n",
                    {at(1, 1)}),
            "jim.yaml:1:1: error: wrong\n    1 | a: 1\n      | ^\n");
}

TEST(DiagnosticsTest, ALongLineIsCutAroundThePlace) {
  const std::string line = std::string(50, 'a') + "X" + std::string(50, 'b') + "\n";
  EXPECT_EQ(text_of(line, {at(1, 51)}, {.width = 28}),
            "jim.yaml:1:51: error: wrong\n"
            "    1 | …aaaaaaaaaXbbbbbbbb…\n"
            "      |           ^\n");
  EXPECT_EQ(text_of(line, {at(1, 1)}, {.width = 28}),
            "jim.yaml:1:1: error: wrong\n"
            "    1 | aaaaaaaaaaaaaaaaaaa…\n"
            "      | ^\n");
  EXPECT_EQ(text_of(line, {at(1, 101)}, {.width = 28}),
            "jim.yaml:1:101: error: wrong\n"
            "    1 | …bbbbbbbbbbbbbbbbbbb\n"
            "      |                    ^\n");
}

TEST(DiagnosticsTest, ALineThatMayHoldASecretIsNotShown) {
  const std::string bare = "jim.yaml:2:3: error: wrong\n";
  EXPECT_EQ(text_of("lambda:\n  api_token: hush\n", {at(2, 3)}), bare);
  EXPECT_EQ(text_of("lambda:\n  { region: x, Password: hush }\n", {at(2, 3)}), bare);
  EXPECT_EQ(text_of("a:\n  \"secret\": hush\n", {at(2, 3)}), bare);
  EXPECT_EQ(text_of("a:\n  pin: hush\n", {at(2, 3)}, {.secret_keys = {"pin"}}), bare);
  EXPECT_EQ(text_of("a:\n  url: https://me:hush@host/x\n", {at(2, 3)}), bare);
  EXPECT_EQ(text_of("a:\n  url: https://host/x?token=hush\n", {at(2, 3)}), bare);
  EXPECT_NE(text_of("a:\n  url: https://host/x@y\n", {at(2, 3)}), bare);
}

TEST(DiagnosticsTest, WhatIsIndentedBelowASecretKeyIsNotShownEither) {
  EXPECT_EQ(text_of("private_key: |\n  hush\n\n  more\n", {at(4, 3)}),
            "jim.yaml:4:3: error: wrong\n");
  EXPECT_EQ(text_of("pin:\n  default: hush\n", {at(2, 3)}, {.secret_keys = {"pin"}}),
            "jim.yaml:2:3: error: wrong\n");
}

TEST(DiagnosticsTest, ANameThatOnlySoundsSecretIsShown) {
  EXPECT_EQ(text_of("token-service:\n  plan: x\n", {at(2, 3)}),
            "jim.yaml:2:3: error: wrong\n    2 |   plan: x\n      |   ^\n");
}

TEST(DiagnosticsTest, ColoursMarkThePlaceTheWordAndTheCaret) {
  EXPECT_EQ(text_of("a: 1\n", {at(1, 4)}, {.paint = Paint(true)}),
            "\x1b[1mjim.yaml:1:4:\x1b[0m \x1b[31merror:\x1b[0m wrong\n"
            "\x1b[2m    1 |\x1b[0m a: 1\n"
            "     \x1b[2m |\x1b[0m    \x1b[31m^\x1b[0m\n");
}

}  // namespace
}  // namespace jim

#include "core/base/conceal.h"

#include <gtest/gtest.h>

#include "core/base/digest.h"

namespace jim {
namespace {

const std::string kSecret = "pa/ss+ \"word\"";

std::string concealed(const std::string& text) { return conceal(text, {kSecret}); }

TEST(ConcealTest, ASecretIsReplacedWhereverItStands) {
  EXPECT_EQ(concealed("a " + kSecret + " b " + kSecret), "a (sensitive) b (sensitive)");
}

TEST(ConcealTest, TheRestStaysAsItIs) { EXPECT_EQ(concealed("no word of it"), "no word of it"); }

TEST(ConcealTest, QuotesDoNotHideIt) {
  EXPECT_EQ(concealed(R"x({"p":"pa/ss+ \"word\""})x"), R"x({"p":"(sensitive)"})x");
  EXPECT_EQ(concealed(R"x({\"p\":\"pa/ss+ \\\"word\\\"\"})x"), R"x({\"p\":\"(sensitive)\"})x");
  EXPECT_EQ(concealed(R"x("pa\/ss+ \"word\"")x"), R"x("(sensitive)")x");
}

TEST(ConcealTest, AUrlDoesNotHideIt) {
  EXPECT_EQ(concealed("?p=pa%2Fss%2B%20%22word%22&x"), "?p=(sensitive)&x");
  EXPECT_EQ(concealed("?p=pa%2fss%2b+%22word%22&x"), "?p=(sensitive)&x");
  EXPECT_EQ(concealed("pa/ss%2B%20%22word%22"), "(sensitive)");
}

TEST(ConcealTest, HexadecimalDoesNotHideIt) {
  EXPECT_EQ(concealed("0070612f73732b2022776f72642200"), "00(sensitive)00");
  EXPECT_EQ(concealed("0070612F73732B2022776F72642200"), "00(sensitive)00");
}

TEST(ConcealTest, Base64AtAnyOffsetDoesNotHideIt) {
  for (const std::string before : {"", "a", "ab", "abc", "user:"}) {
    const std::string told = concealed(base64_encode(before + kSecret + " and more"));
    EXPECT_NE(told.find("(sensitive)"), std::string::npos) << told;
    // What is left holds less than a letter of the secret at either end.
    EXPECT_LE(told.size(), base64_encode(before + " and more").size() + 11 + 4) << told;
  }
}

TEST(ConcealTest, EachLineOfALongTextCounts) {
  EXPECT_EQ(conceal("line 2: `password: hunter2` is wrong", {"#cloud-config\npassword: hunter2\n"}),
            "line 2: `(sensitive)` is wrong");
}

TEST(ConcealTest, ASecretWithinAnotherIsNoHindrance) {
  EXPECT_EQ(conceal("hunter2 and hunter", {"hunter", "hunter2"}), "(sensitive) and (sensitive)");
}

TEST(ConcealTest, AShortTextIsLookedForOnlyAsItIs) {
  EXPECT_EQ(conceal("pin abc YWJj 616263", {"abc"}), "pin (sensitive) YWJj 616263");
  EXPECT_EQ(conceal("a b", {"a", ""}), "a b");
}

}  // namespace
}  // namespace jim

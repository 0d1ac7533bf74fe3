#include <gmock/gmock.h>

#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

HttpResponse shown(const std::string& state, const std::string& more = "") {
  return reply(200, R"({"machine":{"id":"m-1","state":")" + state + "\"" + more + "}}");
}

class RemoveTest : public AccountTest {};

TEST_F(RemoveTest, WaitsUntilTheApiSaysThatItIsGone) {
  open(Acme());
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", shown("going"));
  expect("GET", "/machines/m-1", shown("going"));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
  EXPECT_THAT(diary_.told, ElementsAre("going"));
}

TEST_F(RemoveTest, WhatIsGoneAlreadyIsGone) {
  open(Acme());
  expect("DELETE", "/machines/m-1", reply(404));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(RemoveTest, ATimeoutEndsTheWait) {
  timeout_ = std::chrono::seconds(10);
  int looks = 0;
  open(Acme(), [&](const HttpRequest& request) {
    return Result<HttpResponse>(
        request.method == "DELETE" ? reply(202) : shown(++looks % 2 == 0 ? "going" : "gone soon"));
  });
  EXPECT_EQ(code(remove()), ErrorCode::timed_out);
  EXPECT_DOUBLE_EQ(seconds(), 10);
}

TEST_F(RemoveTest, NotFoundMayBeAboutSomethingElse) {
  open(Acme(), [](const HttpRequest& request) {
    return Result<HttpResponse>(request.method == "GET" ? shown("on") : reply(404));
  });
  EXPECT_EQ(code(remove()), ErrorCode::timed_out);
}

TEST_F(RemoveTest, ADeletionThatIsTakenAndNeverDoneTimesOut) {
  open(Acme().with("delete", R"({ delete: "/machines/${id}", stall: 3m })"),
       [](const HttpRequest& request) {
         return Result<HttpResponse>(request.method == "GET" ? shown("on") : reply(204));
       });
  const auto removed = remove();
  EXPECT_EQ(code(removed), ErrorCode::timed_out);
  EXPECT_THAT(outcome(removed), HasSubstr("acme.machine m-1 has not moved for 3 min at 'on'"));
}

TEST_F(RemoveTest, AnOutageIsNotAbsence) {
  open(Acme());
  expect("DELETE", "/machines/m-1", reply(202));
  for (int i = 0; i < 6; ++i) expect("GET", "/machines/m-1", reply(503));
  EXPECT_EQ(code(remove()), ErrorCode::unavailable);
}

TEST_F(RemoveTest, ALostAnswerIsSentAgainWhileItStands) {
  open(Acme());
  expect_lost("DELETE", "/machines/m-1");
  expect("GET", "/machines/m-1", shown("on"));
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(RemoveTest, ALostAnswerIsNotSentAgainOnceItIsGone) {
  open(Acme());
  expect_lost("DELETE", "/machines/m-1");
  expect("GET", "/machines/m-1", reply(404));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
  EXPECT_EQ(sent("DELETE /machines/m-1"), 1U);
}

TEST_F(RemoveTest, ARefusalIsAnErrorAndNothingIsWaitedFor) {
  open(Acme());
  expect("DELETE", "/machines/m-1", reply(409, R"({"message":"it is locked"})"));
  const auto removed = remove();
  EXPECT_EQ(code(removed), ErrorCode::conflict);
  EXPECT_EQ(outcome(removed), "acme: DELETE /machines/m-1 answered 409: it is locked");
}

TEST_F(RemoveTest, BusyIsWaitedOut) {
  open(Acme());
  expect("DELETE", "/machines/m-1", reply(423, R"({"code":"held"})"));
  expect("DELETE", "/machines/m-1", reply(204));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(RemoveTest, AnObjectThatDoesNotCountAsOneIsGone) {
  open(Acme().with("exists", R"('${it.state != "terminated"}')"));
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", shown("terminated"));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(RemoveTest, AnObjectMayBeAsGoodAsGone) {
  open(Acme().with("delete", R"({ delete: "/machines/${id}", gone: '${it.state == "buried"}' })"));
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", shown("buried"));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(RemoveTest, StepsComeOneAfterTheOther) {
  open(Acme().with("delete", R"({ steps: [
      { when: '${it.state == "on"}', post: "/machines/${id}/stop", until: '${it.state == "off"}' },
      { delete: "/machines/${id}" } ] })"));
  expect("GET", "/machines/m-1", shown("on"));
  expect("POST", "/machines/m-1/stop", reply(202));
  expect("GET", "/machines/m-1", shown("off"));
  expect("DELETE", "/machines/m-1", reply(204));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(RemoveTest, TidiesUpAfterwardsWithTheLastThatWasSeen) {
  open(Acme().with("delete", R"({ delete: "/machines/${id}", after: [
      { delete: "/tags/${it.tag}" }, { delete: "/notes/${id}" } ] })"));
  expect("GET", "/machines/m-1", shown("on", R"(,"tag":"t-7")"));
  expect("DELETE", "/machines/m-1", reply(204));
  expect("GET", "/machines/m-1", reply(404));
  expect("DELETE", "/tags/t-7", reply(500));
  expect("GET", "/machines/m-1", reply(404));  // whether the lost answer had its effect
  expect("DELETE", "/notes/m-1", reply(204));
  EXPECT_EQ(outcome(remove()), "done");
  ASSERT_EQ(diary_.told.size(), 1U);
  EXPECT_THAT(diary_.told.front(), HasSubstr("left behind: "));
}

class FailedDeletionTest : public AccountTest {
 protected:
  FailedDeletionTest() {
    acme_.with("delete", R"({ delete: "/machines/${id}", failed: '${it.state == "stuck"}' })");
  }
  Acme acme_ = {};
};

TEST_F(FailedDeletionTest, EndsTheWaitWhenItComesToFail) {
  open(acme_);
  expect("GET", "/machines/m-1", shown("on"));
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", shown("going"));
  expect("GET", "/machines/m-1", shown("stuck"));
  const auto removed = remove();
  EXPECT_EQ(code(removed), ErrorCode::conflict);
  EXPECT_THAT(outcome(removed), HasSubstr("acme.machine m-1 is 'stuck' instead of gone"));
}

TEST_F(FailedDeletionTest, AnEarlierFailureSaysNothing) {
  open(acme_);
  expect("GET", "/machines/m-1", shown("stuck"));
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", shown("stuck"));
  expect("GET", "/machines/m-1", shown("going"));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(FailedDeletionTest, WhatIsGoneAlreadyIsGone) {
  open(acme_);
  expect("GET", "/machines/m-1", reply(404));
  expect("DELETE", "/machines/m-1", reply(404));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

TEST_F(FailedDeletionTest, WithoutTheConditionNoStateIsAFailedDeletion) {
  open(Acme());
  expect("DELETE", "/machines/m-1", reply(202));
  expect("GET", "/machines/m-1", shown("going"));
  expect("GET", "/machines/m-1", shown("broken"));
  expect("GET", "/machines/m-1", reply(404));
  EXPECT_EQ(outcome(remove()), "done");
}

class SetMarkTest : public AccountTest {
 protected:
  static HttpResponse noted(const std::string& note) {
    return reply(200, R"({"machine":{"id":"m-1","state":"on","note":")" + note + "\"}}");
  }
};

TEST_F(SetMarkTest, WritesTheMark) {
  open(Acme());
  EXPECT_TRUE(provider_->can_set_mark(type()));
  expect("PATCH", "/machines/m-1", noted("jim:line:chat:web[0]"),
         R"({"note":"jim:line:chat:web[0]"})");
  EXPECT_EQ(outcome(set_mark(mark_of("web[0]"))), "done");
}

TEST_F(SetMarkTest, AnEmptyMarkTakesItOff) {
  open(Acme());
  expect("PATCH", "/machines/m-1", noted(""), R"({"note":""})");
  expect("GET", "/machines/m-1", noted(""));
  EXPECT_EQ(outcome(set_mark({})), "done");
}

TEST_F(SetMarkTest, LooksAtTheObjectWhenTheReplyDoesNotShowIt) {
  open(Acme());
  expect("PATCH", "/machines/m-1", reply(204));
  expect("GET", "/machines/m-1", noted("jim:line:chat:web"));  // as it was a moment ago
  expect("GET", "/machines/m-1", noted(""));
  EXPECT_EQ(outcome(set_mark({})), "done");
}

TEST_F(SetMarkTest, AMarkThatStaysIsAnError) {
  open(Acme().with("mark", R"({ when: at_create, field: note, read: "${it.note}", write: {
      patch: "/machines/${id}", body: { note: "${mark.text}" } } })"),
       [](const HttpRequest&) { return Result<HttpResponse>(noted("jim:line:chat:web")); });
  const auto result = set_mark({});
  EXPECT_EQ(code(result), ErrorCode::invalid_config);
  EXPECT_EQ(outcome(result),
            "acme.machine m-1 shows the mark 'jim:line:chat:web', which was to be taken off | is "
            "the manifest right about 'mark.write' and 'mark.read'? to take a mark off, "
            "'mark.text' is null: ${mark.text ?? \"\"}");
  EXPECT_LT(seconds(), 10);
  EXPECT_THAT(outcome(set_mark(mark_of("other"))),
              StartsWith("acme.machine m-1 shows the mark 'jim:line:chat:web', not "
                         "'jim:line:chat:other', which was written | "));
}

TEST_F(SetMarkTest, SaysSoWhereThereIsNoField) {
  open(Acme().with("mark", "{ when: never }"));
  EXPECT_FALSE(provider_->can_set_mark(type()));
  EXPECT_EQ(outcome(set_mark(mark_of("web"))),
            "acme.machine: the vendor has no field for jim's mark that can be changed");
}

TEST_F(SetMarkTest, AMarkThatHasNoRoomIsNotSent) {
  open(Acme().with("mark", R"({ when: at_create, read: "${it.note}", max: 8, write: {
      patch: "/machines/${id}", body: { note: "${mark.text}" } } })"));
  EXPECT_EQ(code(set_mark(mark_of("web"))), ErrorCode::invalid_config);
  EXPECT_TRUE(log_.empty());
}

TEST_F(SetMarkTest, AnObjectThatDoesNotExistIsNotFound) {
  open(Acme());
  expect("PATCH", "/machines/m-1", reply(404, R"({"message":"no such machine"})"));
  EXPECT_EQ(code(set_mark(mark_of("web"))), ErrorCode::not_found);
}

}  // namespace
}  // namespace jim

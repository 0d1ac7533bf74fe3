#include <gmock/gmock.h>

#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* const kMark = "jim:line:chat:web";

std::string shown(const std::string& id, const std::string& state, const std::string& more = "") {
  return R"({"id":")" + id + R"(","name":"web","plan":"small","state":")" + state + "\"" + more +
         "}";
}
std::string marked(const std::string& id, const std::string& state) {
  return shown(id, state, std::string(R"(,"note":")") + kMark + "\"");
}
HttpResponse one(const std::string& object) { return reply(200, R"({"machine":)" + object + "}"); }
HttpResponse list(const std::string& objects) {
  return reply(200, R"({"machines":[)" + objects + "]}");
}

class CreateTest : public AccountTest {};

TEST_F(CreateTest, NotesTheIntentThenAsksThenKeepsTheIdThenGoesOn) {
  open(Acme());
  expect("POST", "/machines", one(shown("m-1", "building")),
         R"({"name":"web","note":"jim:line:chat:web","plan":"small"})");
  expect("GET", "/machines/m-1", one(shown("m-1", "building")));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  const auto object = create(machine("web"));
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_THAT(log_, ElementsAre("intent", "POST /machines", "id m-1", "GET /machines/m-1",
                                "GET /machines/m-1"));
  EXPECT_EQ(object->id, "m-1");
  EXPECT_EQ(object->mark, kMark);
  EXPECT_EQ(object->readiness, Readiness::ready);
  EXPECT_THAT(diary_.told, ElementsAre("building"));
}

TEST_F(CreateTest, AReplyThatShowsTheFinishedObjectNeedsNoLook) {
  open(Acme());
  expect("POST", "/machines", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
  EXPECT_THAT(log_, ElementsAre("intent", "POST /machines", "id m-1"));
}

TEST_F(CreateTest, TheIntentSaysWhatToLookForAndHoldsNoSecret) {
  open(Acme());
  expect("POST", "/machines", one(marked("m-1", "on")));
  ValueMap attributes = machine("web");
  attributes.set("password", "hunter22");
  EXPECT_EQ(outcome(create(attributes)), "done");
  ASSERT_EQ(diary_.intents.size(), 1U);
  const Intent& intent = diary_.intents.front();
  EXPECT_EQ(intent.action, "create");
  EXPECT_EQ(intent.mark, kMark);
  EXPECT_EQ(intent.fingerprint, "print");
  EXPECT_EQ(intent.started, "2026-11-24T12:00:00Z");
  EXPECT_EQ(to_json(Value(intent.fields)), R"({"name":"web","plan":"small"})");
  EXPECT_THAT(http_->requests().front().body, HasSubstr("hunter22"));
}

TEST_F(CreateTest, NothingIsSentWhenTheIntentCannotBeKept) {
  open(Acme());
  diary_.failure = Diagnostic{.code = ErrorCode::io, .message = "the disk is full"};
  EXPECT_EQ(outcome(create(machine("web"))), "the disk is full");
  EXPECT_THAT(log_, ElementsAre("intent"));
}

TEST_F(CreateTest, NothingMoreIsSentWhenTheIdCannotBeKept) {
  open(Acme());
  diary_.failure = Diagnostic{.code = ErrorCode::io, .message = "the disk is full"};
  diary_.fail_on_id = true;
  expect("POST", "/machines", one(shown("m-1", "building")));
  EXPECT_EQ(outcome(create(machine("web"))), "the disk is full");
  EXPECT_THAT(log_, ElementsAre("intent", "POST /machines", "id m-1"));
}

TEST_F(CreateTest, ALostAnswerIsFoundByItsMark) {
  open(Acme());
  expect_lost("POST", "/machines");
  expect("GET", "/machines", list(shown("m-0", "on") + "," + marked("m-1", "on")));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  const auto object = create(machine("web"));
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_EQ(object->id, "m-1");
  EXPECT_THAT(log_, ElementsAre("intent", "POST /machines", "GET /machines", "id m-1",
                                "GET /machines/m-1"));
}

TEST_F(CreateTest, AnObjectThatIsListedLateIsWaitedFor) {
  open(Acme().with("visible_within", "60s"));
  expect_lost("POST", "/machines");
  for (int i = 0; i < 5; ++i) expect("GET", "/machines", list(""));
  expect("GET", "/machines", list(marked("m-1", "on")));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
  EXPECT_EQ(sent("POST /machines"), 1U);
}

TEST_F(CreateTest, AnAnswerThatCannotBeReadIsALostOne) {
  for (const char* body : {"<html>", R"({"machine":{}})", R"({"machine":{"id":""}})", ""}) {
    log_.clear();
    open(Acme());
    expect("POST", "/machines", reply(201, body));
    expect("GET", "/machines", list(marked("m-1", "on")));
    expect("GET", "/machines/m-1", one(marked("m-1", "on")));
    EXPECT_EQ(outcome(create(machine("web"))), "done") << body;
  }
}

TEST_F(CreateTest, AServerErrorMayHaveHadItsEffect) {
  open(Acme());
  expect("POST", "/machines", reply(503));
  expect("GET", "/machines", list(marked("m-1", "on")));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
}

TEST_F(CreateTest, ARequestThatSurelyWasNotSentIsNotLookedFor) {
  open(Acme());
  expect("POST", "/machines",
         Diagnostic{.code = ErrorCode::unavailable, .message = "no connection"});
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::unavailable);
  EXPECT_THAT(outcome(object), HasSubstr("acme: POST /machines: no connection"));
}

TEST_F(CreateTest, WhatIsNotFoundIsSentAgainAtMostTwice) {
  open(Acme().with("visible_within", "10s"),
       [](const HttpRequest& request) { return request.method == "POST" ? lost() : list(""); });
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::unknown_outcome);
  EXPECT_EQ(outcome(object),
            "acme: POST /machines: no answer came | jim has noted the request: the next run looks "
            "for its object before it makes another");
  EXPECT_EQ(sent("POST /machines"), 3U);
  EXPECT_GE(seconds(), 30);
  EXPECT_EQ(diary_.intents.size(), 1U);
}

TEST_F(CreateTest, ItIsNotSentAgainWhileNobodyCanLook) {
  open(Acme(), [](const HttpRequest& request) {
    return request.method == "POST" ? lost() : Result<HttpResponse>(reply(500));
  });
  EXPECT_EQ(code(create(machine("web"))), ErrorCode::unknown_outcome);
  EXPECT_EQ(sent("POST /machines"), 1U);
}

TEST_F(CreateTest, ASecondTryThatMeetsItsFirstOneTakesThat) {
  int asked = 0;
  int listed = 0;
  open(Acme().with("visible_within", "2s"), [&](const HttpRequest& request) {
    if (request.method == "POST")
      return ++asked == 1 ? lost() : reply(409, R"({"message":"the name is taken"})");
    if (!request.url.ends_with("/machines")) return Result<HttpResponse>(one(marked("m-1", "on")));
    ++listed;
    return Result<HttpResponse>(list(asked < 2 ? "" : marked("m-1", "on")));
  });
  const auto object = create(machine("web"));
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_EQ(object->id, "m-1");
  EXPECT_EQ(asked, 2);
}

TEST_F(CreateTest, ASecondTryThatMeetsSomethingIsLookedForLongEnough) {
  // The conflict may well be its own first try, not listed yet: the intent must stay.
  int asked = 0;
  open(Acme().with("visible_within", "2s"), [&](const HttpRequest& request) {
    if (request.method == "GET") return Result<HttpResponse>(list(""));
    return ++asked == 1 ? lost() : reply(409, R"({"message":"the name is taken"})");
  });
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::unknown_outcome);
  EXPECT_THAT(outcome(object), HasSubstr("the name is taken"));
  EXPECT_EQ(asked, 2);
  EXPECT_GE(seconds(), 10);
}

TEST_F(CreateTest, AConflictOfTheFirstTryIsSomebodyElses) {
  open(Acme());
  expect("POST", "/machines", reply(409, R"({"message":"the name is taken"})"));
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::conflict);
  EXPECT_EQ(outcome(object), "acme: POST /machines answered 409: the name is taken");
}

TEST_F(CreateTest, ARequestThatDiedWithItsRunAndArrivesLateMakesTheSameObject) {
  open(Acme().with("create", R"({ post: /machines, client_id: true,
      body: { "...": "${send}", id: "${client_id}", note: "${mark.text}" } })"));
  expect("POST", "/machines", reply(409, R"({"message":"the id is taken"})"),
         R"({"id":"m-1","name":"web","note":"jim:line:chat:web","plan":"small"})");
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  const CreateRequest request = {
      .type = &type(), .attributes = machine("web"), .mark = mark_of("web"), .client_id = "m-1"};
  const auto object = loop_.run(provider_->create(request, diary_));
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_EQ(object->id, "m-1");
  EXPECT_EQ(diary_.intents.at(0).client_id, "m-1");
}

TEST_F(CreateTest, TwoObjectsWithTheMarkAreNotGuessedBetween) {
  open(Acme());
  expect_lost("POST", "/machines");
  expect("GET", "/machines", list(marked("m-1", "on") + "," + marked("m-2", "on")));
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::ambiguous);
  EXPECT_THAT(outcome(object), HasSubstr("2 objects fit the request that was sent: m-1, m-2"));
}

TEST_F(CreateTest, BusyIsWaitedOut) {
  open(Acme());
  for (int i = 0; i < 3; ++i)
    expect("POST", "/machines", reply(409, R"({"code":"held","message":"later"})"));
  expect("POST", "/machines", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
  EXPECT_GT(seconds(), 1);
}

TEST_F(CreateTest, BusyForTooLongFails) {
  open(Acme(), [](const HttpRequest&) {
    return Result<HttpResponse>(reply(409, R"({"code":"held","message":"later"})"));
  });
  EXPECT_EQ(outcome(create(machine("web"))), "acme: POST /machines answered 409: later");
  EXPECT_GE(seconds(), 20 * 60);
}

TEST_F(CreateTest, WhatIsSentLongAfterItsNoteIsNotedAnewFirst) {
  open(Acme(), [&](const HttpRequest&) -> Result<HttpResponse> {
    const auto oldest = clock_.wall() - kLeavesWithin - std::chrono::seconds(1);
    EXPECT_GE(diary_.intents.back().started, utc_text(oldest));
    if (seconds() < 15 * 60) return reply(409, R"({"code":"held","message":"later"})");
    return one(marked("m-1", "on"));
  });
  EXPECT_EQ(outcome(create(machine("web"))), "done");
  EXPECT_EQ(diary_.intents.size(), 2U);
  EXPECT_GE(seconds(), 15 * 60);
  EXPECT_EQ(diary_.id, "m-1");
}

TEST_F(CreateTest, NothingIsSentWhenItCannotBeNotedAnew) {
  open(Acme(), [&](const HttpRequest&) -> Result<HttpResponse> {
    diary_.failure = Diagnostic{.code = ErrorCode::io, .message = "the disk is full"};
    return reply(409, R"({"code":"held","message":"later"})");
  });
  EXPECT_EQ(outcome(create(machine("web"))), "the disk is full");
  EXPECT_EQ(diary_.intents.size(), 2U);
  EXPECT_EQ(log_.back(), "intent");
}

TEST_F(CreateTest, OutOfCapacityHasItsOwnCodeAndHint) {
  open(Acme());
  expect("POST", "/machines", reply(400, R"({"code":"no_stock","message":"sold out"})"));
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::out_of_capacity);
  EXPECT_EQ(outcome(object), "acme: POST /machines answered 400: sold out | try another");
}

TEST_F(CreateTest, NotFoundIsAboutWhatTheRequestNames) {
  open(Acme());
  expect("POST", "/machines", reply(404, R"({"message":"no such plan"})"));
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::invalid_config);
  EXPECT_EQ(outcome(object),
            "acme: POST /machines answered 404: no such plan | something that the request names "
            "does not exist there");
}

TEST_F(CreateTest, AFailedObjectIsReportedWithTheVendorsReason) {
  open(Acme());
  expect("POST", "/machines", one(shown("m-1", "building")));
  expect("GET", "/machines/m-1", one(shown("m-1", "broken", R"(,"why":"no disk\u001b[31m")")));
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::conflict);
  EXPECT_EQ(outcome(object), R"(acme.machine m-1 is 'broken': no disk\x1b[31m)");
}

TEST_F(CreateTest, AnObjectThatDoesNotMoveTimesOut) {
  open(Acme(),
       [](const HttpRequest&) { return Result<HttpResponse>(one(shown("m-1", "building"))); });
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::timed_out);
  EXPECT_THAT(outcome(object),
              HasSubstr("acme.machine m-1 has not moved for 20 min at 'building'"));
}

TEST_F(CreateTest, AnUnknownStatusIsOneOnTheWay) {
  open(Acme());
  expect("POST", "/machines", one(shown("m-1", "warming-up")));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
}

TEST_F(CreateTest, AnObjectThatIsGoneWhileWeWaitIsNotFound) {
  open(Acme());
  expect("POST", "/machines", one(shown("m-1", "building")));
  expect("GET", "/machines/m-1", reply(404));
  const auto object = create(machine("web"));
  EXPECT_EQ(code(object), ErrorCode::not_found);
  EXPECT_THAT(outcome(object), HasSubstr("acme.machine m-1 is gone"));
}

TEST_F(CreateTest, AFewFailedLooksAreForgiven) {
  open(Acme());
  expect("POST", "/machines", one(shown("m-1", "building")));
  for (int i = 0; i < 4; ++i) expect("GET", "/machines/m-1", reply(502));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
}

TEST_F(CreateTest, ANewObjectMayBeMissingForAsLongAsTheManifestSays) {
  open(Acme()
           .with("visible_within", "5s")
           .with("create",
                 R"({ post: /machines, body: { "...": "${send}", note: "${mark.text}" },
                id: "${body.machine.id}", object: null })"));
  expect("POST", "/machines", one(shown("m-1", "building")));
  for (int i = 0; i < 3; ++i) expect("GET", "/machines/m-1", reply(404));
  expect("GET", "/machines/m-1", one(marked("m-1", "on")));
  EXPECT_EQ(outcome(create(machine("web"))), "done");
}

TEST_F(CreateTest, AMarkThatHasNoRoomStopsEverything) {
  open(Acme().with("mark", R"({ when: at_create, read: "${it.note}", max: 16 })"));
  EXPECT_EQ(outcome(create(machine("web"))),
            "jim's mark 'jim:line:chat:web' is longer than the 16 characters that acme.machine has "
            "room for | shorten the name of the project or of the resource");
  EXPECT_TRUE(log_.empty());
}

TEST_F(CreateTest, AMarkThatIsWrittenInPartsNeedsRoomForEachPart) {
  const char* parts = R"({ post: /machines, id: "${body.machine.id}", body: {
      name: "${self.name}", tags: ["${mark.lineage}", "${mark.project}", "${mark.address}"] } })";
  const char* read = R"({ when: at_create, max: 16,
      read: '${format("jim:%s", join(":", it.tags))}' })";
  open(Acme().with("mark", read).with("create", parts));
  expect("POST", "/machines",
         one(R"({"id":"m-1","state":"on","tags":["line","chat","web-0123456789ab"]})"),
         R"({"name":"web","tags":["line","chat","web-0123456789ab"]})");
  const auto object = create(machine("web"), "web-0123456789ab");
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_EQ(object->mark, "jim:line:chat:web-0123456789ab");
  EXPECT_THAT(outcome(create(machine("web"), "web-0123456789abc")),
              HasSubstr("jim's mark 'web-0123456789abc' is longer than the 16 characters"));
}

TEST_F(CreateTest, TheIdIsKeptThoughTheRestOfTheReplyIsOfAnotherShape) {
  open(Acme().with("create", R"({ post: /machines, id: "${body.machine.id}",
      body: { "...": "${send}", note: "${mark.text}" }, save: { key: "${body.secret.key}" } })"));
  expect("POST", "/machines", one(shown("m-1", "on")));
  EXPECT_FALSE(create(machine("web")));
  EXPECT_THAT(log_, ElementsAre("intent", "POST /machines", "id m-1"));
}

TEST_F(CreateTest, ATypeThatIsOnlyAdoptedIsNeverMade) {
  open(Acme().with("create", "").with("adopt_only", "true"));
  const auto object = create(machine("web"));
  EXPECT_EQ(
      outcome(object),
      "acme.machine cannot be made by jim | take over one that stands already by 'jim adopt'");
  EXPECT_TRUE(log_.empty());
}

}  // namespace
}  // namespace jim

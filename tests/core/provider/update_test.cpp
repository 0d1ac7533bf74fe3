#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// An object as acme shows it:
/// `{"machine":{"id":"m-1","name":"web","state":"on","note":MARK,...}}`.
HttpResponse shown(const std::string& state, const std::string& more = "") {
  return reply(200, R"({"machine":{"id":"m-1","name":"web","plan":"small","note":)"
                    R"("jim:line:chat:web","state":")" +
                        state + "\"" + more + "}}");
}
HttpResponse running(const std::string& os) { return shown("on", R"(,"os":")" + os + "\""); }

ValueMap installed(const std::string& image, const std::string& name = "web") {
  ValueMap attributes = machine(name);
  attributes.set("image", image);
  return attributes;
}

/// Updates of which one step is the test's own.
std::string updates(const std::string& step) {
  return R"([ { changed: [name], patch: "/machines/${id}", body: "${send}" }, )" + step + " ]";
}

class UpdateTest : public AccountTest {};

TEST_F(UpdateTest, SendsOnlyWhatChangesAndIsNamedByTheStep) {
  open(Acme());
  expect("GET", "/machines/m-1", shown("on"));  // carries the mark already
  expect("PATCH", "/machines/m-1", shown("on"), R"({"name":"web2"})");
  const auto object = update(machine("web2"), {"name"});
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_THAT(log_, ElementsAre("GET /machines/m-1", "PATCH /machines/m-1"));
}

TEST_F(UpdateTest, AValueThatIsTakenAwayIsSentAsNull) {
  open(Acme().with("update", R"([
      { changed: [name, image], patch: "/machines/${id}", body: { os: "${send.os}", all: "${jsonencode(send)}" } } ])"));
  expect("GET", "/machines/m-1", shown("on"));
  expect("PATCH", "/machines/m-1", shown("on"), R"({"all":"{\"os\":null}"})");
  EXPECT_EQ(outcome(update(machine("web"), {"image"})), "done");
}

TEST_F(UpdateTest, WritesTheMarkOnAnObjectThatLacksIt) {
  open(Acme());
  expect("GET", "/machines/m-1", reply(200, R"({"machine":{"id":"m-1","state":"on"}})"));
  expect("PATCH", "/machines/m-1", shown("on"), R"({"note":"jim:line:chat:web"})");
  EXPECT_EQ(outcome(update(machine("web"), {})), "done");
}

TEST_F(UpdateTest, RunsOneStepAfterTheOtherAndWaitsForEach) {
  open(Acme());
  expect("GET", "/machines/m-1", running("debian"));
  expect("PATCH", "/machines/m-1", running("debian"), R"({"name":"web2"})");
  expect("POST", "/machines/m-1/reinstall", reply(202), R"({"os":"ubuntu"})");
  expect("GET", "/machines/m-1", running("debian"));
  expect("GET", "/machines/m-1", shown("building"));
  expect("GET", "/machines/m-1", running("ubuntu"));
  const auto object = update(installed("ubuntu", "web2"), {"image", "name"});
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_EQ(*object->attributes.find("image"), Value("ubuntu"));
}

TEST_F(UpdateTest, AWaitEndsWhenItsConditionOfFailureHolds) {
  open(Acme());
  expect("GET", "/machines/m-1", running("debian"));
  expect("POST", "/machines/m-1/reinstall", reply(202));
  expect("GET", "/machines/m-1", shown("building"));
  expect("GET", "/machines/m-1", shown("broken", R"(,"why":"no image")"));
  const auto object = update(installed("ubuntu"), {"image"});
  EXPECT_EQ(code(object), ErrorCode::conflict);
  EXPECT_EQ(outcome(object),
            "acme.machine m-1: 'reinstall' failed: no image | mend the cause; the next apply goes "
            "on from here");
}

TEST_F(UpdateTest, AWaitThatDoesNotMoveTimesOut) {
  open(Acme(), [](const HttpRequest& request) {
    return Result<HttpResponse>(request.method == "POST" ? reply(202) : running("debian"));
  });
  EXPECT_EQ(code(update(installed("ubuntu"), {"image"})), ErrorCode::timed_out);
  EXPECT_GE(seconds(), 20 * 60);
}

TEST_F(UpdateTest, ATimeoutEndsAWaitThatMoves) {
  timeout_ = std::chrono::seconds(90);
  int looks = 0;
  open(
      Acme(),
      [&](const HttpRequest& request) {
        return Result<HttpResponse>(request.method == "POST" ? reply(202)
                                                             : shown(fmt::format("b{}", ++looks)));
      },
      0.5);
  const auto object = update(installed("ubuntu"), {"image"});
  EXPECT_EQ(code(object), ErrorCode::timed_out);
  EXPECT_THAT(outcome(object), HasSubstr("acme.machine m-1 took longer than its timeout of 90 s; "
                                         "it is 'b"));
  EXPECT_DOUBLE_EQ(seconds(), 45);
}

TEST_F(UpdateTest, ALostAnswerIsNotSentAgainWhenTheObjectShowsItsEffect) {
  open(Acme());
  expect("GET", "/machines/m-1", running("debian"));
  expect_lost("POST", "/machines/m-1/reinstall");
  expect("GET", "/machines/m-1", shown("building"));
  expect("GET", "/machines/m-1", running("ubuntu"));
  EXPECT_EQ(outcome(update(installed("ubuntu"), {"image"})), "done");
  EXPECT_EQ(sent("POST /machines/m-1/reinstall"), 1U);
}

TEST_F(UpdateTest, ALostRequestIsSentAgainAtMostTwice) {
  open(Acme(), [](const HttpRequest& request) {
    return request.method == "POST" ? lost() : Result<HttpResponse>(running("debian"));
  });
  EXPECT_EQ(code(update(installed("ubuntu"), {"image"})), ErrorCode::unknown_outcome);
  EXPECT_EQ(sent("POST /machines/m-1/reinstall"), 3U);
}

TEST_F(UpdateTest, BusyIsWaitedOut) {
  open(Acme());
  expect("GET", "/machines/m-1", shown("on"));
  expect("PATCH", "/machines/m-1", reply(423, R"({"code":"held"})"));
  expect("PATCH", "/machines/m-1", reply(423, R"({"code":"held"})"));
  expect("PATCH", "/machines/m-1", shown("on"));
  EXPECT_EQ(outcome(update(machine("web2"), {"name"})), "done");
  EXPECT_THAT(diary_.told, ElementsAre("waits: the vendor holds it for a moment",
                                       "waits: the vendor holds it for a moment"));
}

TEST_F(UpdateTest, AStepIsLeftOutWhenItsConditionDoesNotHold) {
  open(Acme().with("steps", R"([
      { when: '${it.state == "off"}', post: "/machines/${id}/start" },
      { when: '${it.state == "on"}', post: "/machines/${id}/tune" } ])"));
  expect("GET", "/machines/m-1", shown("on"));
  expect("POST", "/machines/m-1/tune", shown("on"));
  EXPECT_EQ(outcome(update(machine("web"), {})), "done");
}

TEST_F(UpdateTest, AConditionThatCannotBeToldIsAnErrorAtItsPlace) {
  open(Acme().with("steps", R"([{ when: "${it.nothing.here}", post: "/machines/${id}/start" }])"));
  expect("GET", "/machines/m-1", shown("on"));
  const auto object = update(machine("web"), {});
  EXPECT_EQ(code(object), ErrorCode::unavailable);
  EXPECT_THAT(outcome(object), HasSubstr("acme.machine m-1 looks other than the manifest expects"));
  EXPECT_EQ(object.error().where.file, "acme.yaml");
}

TEST_F(UpdateTest, AConflictIsAnsweredByTheOtherRequest) {
  open(Acme().with("steps", R"([
      { post: /tags, body: { name: "${id}" }, save: { tag: "${body.id}" }, object: null,
        on_conflict: { get: /tags, save: { tag: "${body.tags[0].id}" } } },
      { put: "/tags/${saved.tag}/on/${id}", object: null } ])"));
  expect("GET", "/machines/m-1", shown("on"));
  expect("POST", "/tags", reply(409));
  expect("GET", "/tags", reply(200, R"({"tags":[{"id":"t-7"}]})"));
  expect("PUT", "/tags/t-7/on/m-1", reply(204));
  expect("GET", "/machines/m-1", shown("on"));
  EXPECT_EQ(outcome(update(machine("web"), {})), "done");
}

TEST_F(UpdateTest, AConflictOfTheOtherRequestIsAnError) {
  open(Acme().with("steps", R"([{ post: /tags, on_conflict: { put: /tags/mine } }])"));
  expect("GET", "/machines/m-1", shown("on"));
  expect("POST", "/tags", reply(409));
  expect("PUT", "/tags/mine", reply(409, R"({"message":"never"})"));
  EXPECT_EQ(code(update(machine("web"), {})), ErrorCode::conflict);
}

// A request of a run that was killed may take effect between this run's look and its own request.
constexpr const char* kStart = R"([
      { name: start, when: '${it.state == "off"}', post: "/machines/${id}/start",
        until: '${it.state == "on"}' } ])";

TEST_F(UpdateTest, AConflictWithWhatWasWantedAnywayIsNone) {
  open(Acme().with("steps", kStart));
  expect("GET", "/machines/m-1", shown("off"));
  expect("POST", "/machines/m-1/start", reply(409, R"({"message":"it is starting"})"));
  expect("GET", "/machines/m-1", shown("building"));
  expect("GET", "/machines/m-1", shown("on"));
  EXPECT_EQ(outcome(update(machine("web"), {})), "done");
  EXPECT_EQ(sent("POST /machines/m-1/start"), 1U);
}

TEST_F(UpdateTest, AConflictWithAnObjectThatHasNotMovedIsOne) {
  open(Acme().with("steps", kStart));
  expect("GET", "/machines/m-1", shown("off"));
  expect("POST", "/machines/m-1/start", reply(409, R"({"message":"never"})"));
  expect("GET", "/machines/m-1", shown("off"));
  EXPECT_EQ(outcome(update(machine("web"), {})),
            "acme: POST /machines/m-1/start answered 409: never");
}

TEST_F(UpdateTest, AnObjectThatGoesOnMovingIsNotAskedForEver) {
  int looks = 0;
  open(Acme().with("steps", R"([{ name: start, when: '${it.state != "on"}',
        post: "/machines/${id}/start", until: '${it.state == "on"}' }])"),
       [&](const HttpRequest& request) {
         if (request.method == "POST") return reply(409, R"({"message":"it moves"})");
         return shown(fmt::format("state-{}", ++looks));
       });
  EXPECT_EQ(code(update(machine("web"), {})), ErrorCode::conflict);
  EXPECT_EQ(sent("POST /machines/m-1/start"), 3U);
}

TEST_F(UpdateTest, AJsonPatchHoldsWhatDiffersAndIsAboutChanges) {
  open(Acme().with("update", R"([
      { changed: [name, image], patch: "/machines/${id}", json_patch: {
          /name: "${self.name}", /os: "${self.image}", /fixed: yes, "/tags/*": { a/b: x, kept: y } } } ])"));
  const auto before = shown("on", R"(,"fixed":"yes","tags":{"kept":"y","theirs":"z"})");
  expect("GET", "/machines/m-1", before);
  expect(
      "PATCH", "/machines/m-1", shown("on"),
      R"([{"op":"add","path":"/name","value":"web2"},{"op":"add","path":"/tags/a~1b","value":"x"}])");
  EXPECT_EQ(outcome(update(machine("web2"), {"name"})), "done");
  EXPECT_EQ(http_->requests().back().headers.back().value, "application/json-patch+json");
}

TEST_F(UpdateTest, AJsonPatchTakesAwayWhatIsNull) {
  open(Acme().with(
      "update",
      updates(
          R"({ changed: [image], patch: "/machines/${id}", json_patch: { /os: "${self.image}", /gone: null } })")));
  expect("GET", "/machines/m-1", running("debian"));
  expect("PATCH", "/machines/m-1", shown("on"), R"([{"op":"remove","path":"/os"}])");
  EXPECT_EQ(outcome(update(machine("web"), {"image"})), "done");
}

TEST_F(UpdateTest, AJsonPatchWithoutADifferenceIsNotSent) {
  open(Acme().with(
      "update",
      updates(
          R"({ changed: [image], patch: "/machines/${id}", json_patch: { /os: "${self.image}" } })")));
  expect("GET", "/machines/m-1", running("ubuntu"));
  EXPECT_EQ(outcome(update(installed("ubuntu"), {"image"})), "done");
}

TEST_F(UpdateTest, AnObjectThatSettlesIsLeftAloneForThatLong) {
  open(Acme().with("update",
                   updates(R"({ changed: [image], post: "/machines/${id}/reinstall", body: {},
      settle: 15s })")),
       0.5);
  expect("GET", "/machines/m-1", running("debian"));
  expect("POST", "/machines/m-1/reinstall", running("debian"));  // ready, but not yet the new one
  expect("GET", "/machines/m-1", running("ubuntu"));
  EXPECT_EQ(outcome(update(installed("ubuntu"), {"image"})), "done");
  EXPECT_DOUBLE_EQ(seconds(), 7.5);
}

TEST_F(UpdateTest, ALostAnswerIsLookedForOnlyOnceItSettled) {
  open(Acme().with("update",
                   updates(R"({ changed: [image], post: "/machines/${id}/reinstall", body: {},
      settle: 15s })")));
  expect("GET", "/machines/m-1", running("debian"));
  expect_lost("POST", "/machines/m-1/reinstall");
  expect("GET", "/machines/m-1", shown("building"));
  expect("GET", "/machines/m-1", running("ubuntu"));
  EXPECT_EQ(outcome(update(installed("ubuntu"), {"image"})), "done");
  EXPECT_GE(seconds(), 15);
}

class RetryTest : public AccountTest {
 protected:
  RetryTest() {
    acme_.with("ready",
               R"({ status: "${it.state}", good: [on], failed: [broken], retry: reinstall })");
  }
  Acme acme_ = {};
};

TEST_F(RetryTest, AFailedObjectIsBroughtBack) {
  open(acme_);
  EXPECT_EQ(type().retry, Risk::reinstall);
  expect("GET", "/machines/m-1", shown("broken"));
  expect("POST", "/machines/m-1/reinstall", reply(202), R"({"os":"debian"})");
  expect("GET", "/machines/m-1", shown("building"));
  expect("GET", "/machines/m-1", running("debian"));
  EXPECT_EQ(outcome(update(installed("debian"), {})), "done");
}

TEST_F(RetryTest, AnObjectThatWorksIsLeftAlone) {
  open(acme_);
  expect("GET", "/machines/m-1", running("debian"));
  EXPECT_EQ(outcome(update(installed("debian"), {})), "done");
}

TEST_F(RetryTest, AnUpdateThatDoesItAnywayIsEnough) {
  open(acme_);
  expect("GET", "/machines/m-1", shown("broken"));
  expect("POST", "/machines/m-1/reinstall", reply(202));
  expect("GET", "/machines/m-1", running("ubuntu"));
  EXPECT_EQ(outcome(update(installed("ubuntu"), {"image"})), "done");
}

}  // namespace
}  // namespace jim

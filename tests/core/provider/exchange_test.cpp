#include "core/provider/exchange.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const char* const kRules = R"({
  message: ["${body.error.message}", "${body.detail}"], code: "${body.error.code}",
  rules: [
    { status: [400, 422], code: stock/*, means: out_of_capacity, hint: choose another },
    { code: held, means: busy },
    { match: limit reached, means: quota },
    { status: 500, code: refused, means: invalid },
    { status: 400, code: gone, means: not_found } ] })";

/// Single requests over the settings of one account.
class ExchangeTest : public AccountTest {
 protected:
  /// What becomes of a change (or a read) that is answered so.
  Answer answered(const Result<HttpResponse>& answer, bool mutating = true,
                  const std::vector<std::string>* secrets = nullptr,
                  const std::string& path = "/m") {
    FakeHttp http([&](const HttpRequest&) { return answer; });
    const auto manifest = Acme().account("errors", errors_).compiled();
    ProviderSettings settings = {.name = "acme"};
    settings.config.set("token", Value("s3cret-token").as_secret());
    Exchange exchange(*manifest, settings, http);
    EXPECT_TRUE(exchange.prepare());
    HttpRequest request = {.method = mutating ? "POST" : "GET",
                           .url = "https://acme.example" + path,
                           .mutating = mutating,
                           .provider = "acme"};
    return loop_.run(exchange.send(std::move(request), secrets));
  }
  Answer refused(int status, const std::string& body = "") { return answered(reply(status, body)); }

  std::string errors_ = kRules;
};

TEST_F(ExchangeTest, AGoodReplyIsItsBody) {
  const Answer answer = refused(201, R"({"a":1})");
  EXPECT_TRUE(answer.ok);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(to_json(answer.body), R"({"a":1})");
  EXPECT_TRUE(refused(204).ok);
  EXPECT_TRUE(refused(204).body.is_null());
  EXPECT_TRUE(refused(200, " \r\n").ok);
}

TEST_F(ExchangeTest, StatusesMeanWhatTheyUsuallyMean) {
  const std::vector<std::tuple<int, Meaning, ErrorCode, bool>> kUsual = {
      {400, Meaning::invalid, ErrorCode::invalid_config, false},
      {401, Meaning::unauthorized, ErrorCode::unauthorized, false},
      {403, Meaning::unauthorized, ErrorCode::unauthorized, false},
      {404, Meaning::not_found, ErrorCode::not_found, false},
      {408, Meaning::unavailable, ErrorCode::unavailable, true},
      {409, Meaning::conflict, ErrorCode::conflict, false},
      {410, Meaning::not_found, ErrorCode::not_found, false},
      {418, Meaning::invalid, ErrorCode::invalid_config, false},
      {422, Meaning::invalid, ErrorCode::invalid_config, false},
      {429, Meaning::rate_limited, ErrorCode::rate_limited, false},
      {500, Meaning::unavailable, ErrorCode::unavailable, true},
      {503, Meaning::unavailable, ErrorCode::unavailable, true},
      {301, Meaning::invalid, ErrorCode::invalid_config, false},
  };
  for (const auto& [status, meaning, code, uncertain] : kUsual) {
    const Answer answer = refused(status);
    EXPECT_FALSE(answer.ok) << status;
    EXPECT_EQ(answer.meaning, meaning) << status;
    EXPECT_EQ(answer.error.code, code) << status;
    EXPECT_EQ(answer.uncertain, uncertain) << status;
  }
}

TEST_F(ExchangeTest, AllThatARuleNamesMustFit) {
  EXPECT_EQ(refused(400, R"({"error":{"code":"stock/none"}})").meaning, Meaning::out_of_capacity);
  EXPECT_EQ(refused(422, R"({"error":{"code":"stock/"}})").meaning, Meaning::out_of_capacity);
  EXPECT_EQ(refused(409, R"({"error":{"code":"stock/none"}})").meaning, Meaning::conflict);
  EXPECT_EQ(refused(400, R"({"error":{"code":"stocks"}})").meaning, Meaning::invalid);
  EXPECT_EQ(refused(423, R"({"error":{"code":"held"}})").meaning, Meaning::busy);
  EXPECT_EQ(refused(400, R"({"detail":"the team's limit reached"})").meaning, Meaning::quota);
  EXPECT_EQ(refused(400, R"({"error":{"code":"gone"}})").meaning, Meaning::not_found);
}

TEST_F(ExchangeTest, ARulesHintIsTold) {
  EXPECT_EQ(refused(400, R"({"error":{"code":"stock/none"}})").error.hint, "choose another");
}

TEST_F(ExchangeTest, ARuleMayMakeAServerErrorCertain) {
  EXPECT_TRUE(refused(500, R"({"error":{"code":"else"}})").uncertain);
  EXPECT_FALSE(refused(500, R"({"error":{"code":"refused"}})").uncertain);
}

TEST_F(ExchangeTest, TheFirstTextThatIsFoundIsTheMessage) {
  EXPECT_EQ(refused(400, R"({"error":{"message":"a"},"detail":"b"})").error.message,
            "acme: POST /m answered 400: a");
  EXPECT_EQ(refused(400, R"({"error":{"message":""},"detail":"b"})").error.message,
            "acme: POST /m answered 400: b");
  EXPECT_EQ(refused(400, R"({"error":{"code":"c-7"}})").error.message,
            "acme: POST /m answered 400: c-7");
  EXPECT_EQ(refused(400).error.message, "acme: POST /m answered 400: no reason given");
}

TEST_F(ExchangeTest, JsonInsideJsonIsReadWhereTheManifestSaysSo) {
  const std::string body = R"({"error":"{\"message\":\"deep\",\"code\":\"held\"}"})";
  EXPECT_EQ(refused(409, body).meaning, Meaning::conflict);
  errors_ = R"({ decode: json_in_json, message: "${body.error.message}", code: "${body.error.code}",
      rules: [{ code: held, means: busy }] })";
  EXPECT_EQ(refused(409, body).meaning, Meaning::busy);
  EXPECT_EQ(refused(409, body).error.message, "acme: POST /m answered 409: deep");
  EXPECT_EQ(refused(409, R"({"error":"{no json"})").meaning, Meaning::conflict);
}

TEST_F(ExchangeTest, AMessageIsMadeHarmlessAndShort) {
  const Answer answer = refused(400, R"({"detail":"a\u001b[2Jb\nc"})");
  EXPECT_THAT(answer.error.message, HasSubstr(R"(a\x1b[2Jb)"));
  EXPECT_EQ(answer.error.message.find('\n'), std::string::npos);
  const Answer endless = refused(400, R"({"detail":")" + std::string(5000, 'x') + "\"}");
  EXPECT_LT(endless.error.message.size(), 700U);
}

TEST_F(ExchangeTest, ABodyThatIsNoJsonIsStillARefusal) {
  const Answer answer = refused(502, "<html>Bad Gateway</html>");
  EXPECT_EQ(answer.meaning, Meaning::unavailable);
  EXPECT_TRUE(answer.uncertain);
  EXPECT_THAT(answer.error.message, StartsWith("acme: POST /m answered 502"));
}

TEST_F(ExchangeTest, AGoodStatusWithoutJsonIsUncertain) {
  const Answer change = refused(200, "<html>please log in</html>");
  EXPECT_FALSE(change.ok);
  EXPECT_TRUE(change.uncertain);
  EXPECT_THAT(change.error.message, HasSubstr("with text that is not JSON"));
  EXPECT_FALSE(answered(reply(200, "<html>"), false).uncertain);
}

TEST_F(ExchangeTest, OnlyAChangeThatMayHaveLeftIsUncertain) {
  const auto failed = [&](ErrorCode code, bool mutating) {
    return answered(Diagnostic{.code = code, .message = "no answer"}, mutating);
  };
  EXPECT_TRUE(failed(ErrorCode::unknown_outcome, true).uncertain);
  EXPECT_FALSE(failed(ErrorCode::unavailable, true).uncertain);
  EXPECT_FALSE(failed(ErrorCode::cancelled, true).uncertain);
  EXPECT_FALSE(failed(ErrorCode::timed_out, false).uncertain);
  EXPECT_EQ(failed(ErrorCode::cancelled, true).error.code, ErrorCode::cancelled);
  EXPECT_EQ(failed(ErrorCode::unavailable, true).status, 0);
}

TEST_F(ExchangeTest, NoErrorShowsASecret) {
  const std::vector<std::string> secrets = {"hunter22 &"};
  for (const std::string said :
       {"token s3cret-token is bad", "Bearer s3cret-token", "czNjcmV0LXRva2Vu",
        "password hunter22 & is weak", "hunter22%20%26"}) {
    const Answer answer =
        answered(reply(400, fmt::format(R"({{"detail":"{}"}})", said)), true, &secrets);
    EXPECT_THAT(answer.error.message, HasSubstr("(sensitive)")) << said;
    EXPECT_THAT(answer.error.message, Not(HasSubstr("s3cret-token"))) << said;
    EXPECT_THAT(answer.error.message, Not(HasSubstr("hunter22"))) << said;
  }
  const Answer path = answered(reply(400), true, &secrets, "/m/s3cret-token?key=s3cret-token");
  EXPECT_EQ(path.error.message, "acme: POST /m/(sensitive) answered 400: no reason given");
}

/// Requests as they leave, seen by a server that takes everything.
TEST_F(ExchangeTest, ACredentialThatAnObjectRepeatsStaysSecret) {
  open(Acme());
  expect("GET", "/machines/m-1",
         reply(200, R"({"machine":{"id":"m-1","name":"web","os":"Bearer s3cret-token"}})"));
  const auto object = loop_.run(provider_->read(type(), "m-1"));
  ASSERT_TRUE(object) << outcome(object);
  EXPECT_TRUE(object->attributes.find("image")->is_secret());
  EXPECT_FALSE(object->attributes.find("name")->is_secret());
}

class RequestTest : public AccountTest {
 protected:
  /// Reads one object by a `read` of this text, and gives the request.
  HttpRequest read_by(const std::string& text, const std::string& id = "m-1") {
    open(Acme().with("read", text),
         [](const HttpRequest&) { return Result<HttpResponse>(reply(404)); });
    problem_ = outcome(loop_.run(provider_->read(type(), id)));
    return http_->requests().empty() ? HttpRequest() : http_->requests().back();
  }
  std::string problem_ = {};
};

TEST_F(RequestTest, ValuesInPathsAndQueriesAreEscaped) {
  const HttpRequest request =
      read_by(R"({ get: "/machines/${id}", query: { "a b": "${id}", none: null } })", "../x?y=1&z");
  EXPECT_EQ(request.url,
            "https://acme.example/machines/..%2Fx%3Fy%3D1%26z?a%20b=..%2Fx%3Fy%3D1%26z");
  EXPECT_EQ(request.route, "GET /machines/{}");
  EXPECT_FALSE(request.mutating);
}

TEST_F(RequestTest, NoRequestGoesToAPathThatLacksItsId) {
  for (const char* id : {"", ".", ".."}) {
    read_by(R"({ get: "/machines/${id}" })", id);
    EXPECT_EQ(problem_, "acme: GET /machines/{} lacks a part of its path") << id;
    EXPECT_TRUE(log_.empty());
  }
}

TEST_F(RequestTest, ALineBreakStartsNoOtherHeader) {
  const HttpRequest request = read_by(
      R"({ get: "/m", headers: { X-Good: a, X-Id: "${id}", X-None: null } })", "a\r\nX-Evil: 1");
  for (const Header& header : request.headers) {
    EXPECT_NE(header.name, "X-Id");
    EXPECT_NE(header.name, "X-None");
  }
}

TEST_F(RequestTest, CredentialsAreSecretHeaders) {
  const HttpRequest request = read_by(R"({ get: "/m" })");
  ASSERT_FALSE(request.headers.empty());
  EXPECT_EQ(request.headers[0].name, "Authorization");
  EXPECT_EQ(request.headers[0].value, "Bearer s3cret-token");
  EXPECT_TRUE(request.headers[0].secret);
}

/// The Authorization header (or the first one) of an account with this `auth`, or the error.
std::string credentials(const std::string& auth, const std::string& token) {
  FakeHttp http;
  const auto manifest = Acme().account("auth", auth).compiled();
  ProviderSettings settings = {.name = "acme"};
  settings.config.set("token", Value(token).as_secret());
  Exchange exchange(*manifest, settings, http);
  if (auto ready = exchange.prepare(); !ready) return ready.error().message;
  RequestSpec spec;
  spec.method = "GET";
  const auto request = exchange.build(spec, ManifestScope());
  if (!request) return request.error().message;
  if (request->headers.empty()) return "none";
  return request->headers[0].name + ": " + request->headers[0].value;
}

TEST(AuthTest, EachKindHasItsHeader) {
  EXPECT_EQ(credentials("{ kind: none }", "t"), "none");
  EXPECT_EQ(credentials(R"({ kind: bearer, token: "${config.token}" })", "t"),
            "Authorization: Bearer t");
  EXPECT_EQ(credentials(R"({ kind: header, header: X-Key, token: "${config.token}" })", "t"),
            "X-Key: t");
  EXPECT_EQ(credentials(R"({ kind: basic, username: "${config.token}" })", "t"),
            "Authorization: Basic dDo=");
}

TEST(AuthTest, TheFirstWhoseConditionHoldsCounts) {
  const char* auth = R"([
    { kind: header, header: Authorization, token: "${config.token}", when: '${startswith(config.token, "Bearer ")}' },
    { kind: bearer, token: "${config.token}" } ])";
  EXPECT_EQ(credentials(auth, "Bearer t"), "Authorization: Bearer t");
  EXPECT_EQ(credentials(auth, "t"), "Authorization: Bearer t");
}

TEST(AuthTest, AKeyWithALineBreakIsRefusedBeforeAnythingIsSent) {
  EXPECT_EQ(credentials(R"({ kind: bearer, token: "${config.token}" })", "t\r\nX-Evil: 1"),
            "acme: the value for the header Authorization has a line break");
}

TEST(BaseUrlTest, MustBeAWebAddress) {
  FakeHttp http;
  const FakeClock clock;
  EventLoop loop{clock};
  for (const char* endpoint : {"acme.example", "ftp://acme.example", "file:///etc/passwd"}) {
    ProviderSettings settings = {.name = "acme", .endpoint = endpoint};
    const auto made = RestProvider::make(Acme().compiled(), std::move(settings), http, loop);
    ASSERT_FALSE(made) << endpoint;
    EXPECT_EQ(made.error().code, ErrorCode::invalid_config);
    EXPECT_THAT(made.error().message, HasSubstr("is no web address"));
  }
}

}  // namespace
}  // namespace jim

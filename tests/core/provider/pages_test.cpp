#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/core/provider/account_fixture.h"

namespace jim {
namespace {

using testing::HasSubstr;

/// A page with the machines of these numbers, and `more` beside the list.
HttpResponse page(int from, int to, const std::string& more = "",
                  std::vector<Header> headers = {}) {
  std::string all;
  for (int i = from; i < to; ++i)
    all += fmt::format(R"({}{{"id":"m-{}","name":"n","state":"on"}})", i > from ? "," : "", i);
  return reply(200, R"({"machines":[)" + all + "]" + more + "}", std::move(headers));
}

const std::string kHalf =
    " | half a list says nothing about what is not on it; is the manifest right about "
    "'pagination'?";

class PagesTest : public AccountTest {
 protected:
  void paged(const std::string& pagination) { open(Acme().account("pagination", pagination)); }

  /// `3 objects, 2 pages`, or the error.
  std::string listed() {
    const auto listing = loop_.run(provider_->list(type(), {}));
    if (!listing) return outcome(listing);
    return fmt::format("{} objects, {} pages", listing->objects.size(), listing->pages);
  }
};

TEST_F(PagesTest, AListMayBeWhole) {
  paged("{ kind: none }");
  expect("GET", "/machines", page(0, 3));
  EXPECT_EQ(listed(), "3 objects, 1 pages");
}

TEST_F(PagesTest, NumberedPagesEndWithAShortOne) {
  paged("{ kind: page, size: 3 }");
  expect("GET", "/machines?per_page=3&page=1", page(0, 3));
  expect("GET", "/machines?per_page=3&page=2", page(3, 6));
  expect("GET", "/machines?per_page=3&page=3", page(6, 7));
  EXPECT_EQ(listed(), "7 objects, 3 pages");
}

TEST_F(PagesTest, NumberedPagesEndWithAnEmptyOne) {
  paged("{ kind: page, page: p, size_name: n, size: 3, first: 0 }");
  expect("GET", "/machines?n=3&p=0", page(0, 3));
  expect("GET", "/machines?n=3&p=1", page(0, 0));
  EXPECT_EQ(listed(), "3 objects, 2 pages");
}

TEST_F(PagesTest, AServersOwnMostIsNotTheEnd) {
  paged("{ kind: page, size: 100 }");
  expect("GET", "/machines?per_page=100&page=1", page(0, 20));
  expect("GET", "/machines?per_page=100&page=2", page(20, 40));
  expect("GET", "/machines?per_page=100&page=3", page(40, 45));
  EXPECT_EQ(listed(), "45 objects, 3 pages");
}

TEST_F(PagesTest, AServersOwnMostMovesTheOffsets) {
  paged("{ kind: offset, size: 100 }");
  expect("GET", "/machines?limit=100&offset=0", page(0, 20));
  expect("GET", "/machines?limit=100&offset=20", page(20, 40));
  expect("GET", "/machines?limit=100&offset=40", page(0, 0));
  EXPECT_EQ(listed(), "40 objects, 3 pages");
}

TEST_F(PagesTest, WithATotalTheOthersAreAskedForSideBySide) {
  open(Acme().account("pagination", R"({ kind: json_api, size: 10, total: "${body.meta.total}" })"),
       [](const HttpRequest& request) -> Result<HttpResponse> {
         const int number = std::stoi(request.url.substr(request.url.rfind('=') + 1)) - 1;
         return page(number * 10, std::min(number * 10 + 10, 95), R"(,"meta":{"total":95})");
       });
  http_->set_latency(loop_, std::chrono::milliseconds(100));
  EXPECT_EQ(listed(), "95 objects, 10 pages");
  EXPECT_EQ(http_->most_at_once(), 8U);
  EXPECT_EQ(log_.front(), "GET /machines?page%5Bsize%5D=10&page%5Bnumber%5D=1");
}

TEST_F(PagesTest, ATotalCountsByTheServersOwnMost) {
  paged(R"({ kind: offset, size: 100, total: "${body.total}" })");
  expect("GET", "/machines?limit=100&offset=0", page(0, 25, R"(,"total":60)"));
  expect("GET", "/machines?limit=100&offset=25", page(25, 50, R"(,"total":60)"));
  expect("GET", "/machines?limit=100&offset=50", page(50, 60, R"(,"total":60)"));
  EXPECT_EQ(listed(), "60 objects, 3 pages");
}

TEST_F(PagesTest, AServerThatKnowsNoPagesIsNotBelieved) {
  const std::string circle =
      "acme: the pages of GET /machines go in a circle | is the manifest right about "
      "'pagination'?";
  for (const char* pagination :
       {"{ kind: page, size: 3 }", "{ kind: offset, size: 3 }",
        R"({ kind: page, size: 3, total: "${body.total}" })", "{ kind: marker, size: 3 }"}) {
    open(Acme().account("pagination", pagination),
         [](const HttpRequest&) { return Result<HttpResponse>(page(0, 3, R"(,"total":9)")); });
    EXPECT_EQ(listed(), circle) << pagination;
  }
}

TEST_F(PagesTest, CursorsAreFollowedToTheirEnd) {
  paged(R"({ kind: cursor, next: "${body.next}", size_name: limit, size: 2 })");
  expect("GET", "/machines?limit=2", page(0, 2, R"(,"next":"a/b")"));
  expect("GET", "/machines?limit=2&cursor=a%2Fb", page(2, 4, R"(,"next":17)"));
  expect("GET", "/machines?limit=2&cursor=17", page(4, 5, R"(,"next":null)"));
  EXPECT_EQ(listed(), "5 objects, 3 pages");
}

TEST_F(PagesTest, AnEmptyPageInBetweenIsNotTheEnd) {
  paged(R"({ kind: next_url, next: "${body.next}" })");
  expect("GET", "/machines", page(0, 2, R"(,"next":"/machines?after=2")"));
  expect("GET", "/machines?after=2", page(0, 0, R"(,"next":"/machines?after=4")"));
  expect("GET", "/machines?after=4", page(4, 5));
  EXPECT_EQ(listed(), "3 objects, 3 pages");
}

TEST_F(PagesTest, ManyEmptyPagesInBetweenAreNotTheEnd) {
  int asked = 0;
  open(Acme().account("pagination", R"({ kind: next_url, next: "${body.next}" })"),
       [&](const HttpRequest&) -> Result<HttpResponse> {
         if (++asked > 50) return page(2, 4);
         return page(0, asked == 1 ? 2 : 0, fmt::format(R"(,"next":"/machines?page={}")", asked));
       });
  EXPECT_EQ(listed(), "4 objects, 51 pages");
}

TEST_F(PagesTest, EmptyPagesWithoutEndAreNoList) {
  int asked = 0;
  open(Acme().account("pagination", R"({ kind: next_url, next: "${body.next}" })"),
       [&](const HttpRequest&) -> Result<HttpResponse> {
         ++asked;
         return page(0, asked == 1 ? 2 : 0, fmt::format(R"(,"next":"/machines?page={}")", asked));
       });
  EXPECT_EQ(listed(),
            "acme: page 101 of GET /machines is the 100th empty one in a row, and still not the "
            "last" +
                kHalf);
}

TEST_F(PagesTest, PagesWithoutEndAreNoList) {
  int asked = 0;
  open(Acme().account("pagination", R"({ kind: cursor, next: "${body.next}" })"),
       [&](const HttpRequest&) -> Result<HttpResponse> {
         ++asked;
         return page(asked, asked + 1, fmt::format(R"(,"next":{})", asked));
       });
  http_->set_latency(loop_, std::chrono::milliseconds(1));
  EXPECT_EQ(listed(),
            "acme: page 20000 of GET /machines is followed by yet another, so the list seems "
            "endless" +
                kHalf);
}

TEST_F(PagesTest, ATotalBeyondReasonIsNoList) {
  paged(R"({ kind: page, size: 3, total: "${body.total}" })");
  expect("GET", "/machines?per_page=3&page=1", page(0, 3, R"(,"total":1000000000000)"));
  EXPECT_THAT(listed(), HasSubstr("the list seems endless"));
}

TEST_F(PagesTest, AnEmptyPageBeforeTheTotalIsReachedIsNoList) {
  open(Acme().account("pagination", R"({ kind: page, size: 3, total: "${body.total}" })"),
       [](const HttpRequest& request) -> Result<HttpResponse> {
         return page(0, request.url.ends_with("page=1") ? 3 : 0, R"(,"total":9)");
       });
  EXPECT_EQ(listed(),
            "acme: page 2 of GET /machines is empty although there are 9 objects" + kHalf);
}

TEST_F(PagesTest, WhatFollowsMustBeTold) {
  paged(R"({ kind: cursor, next: "${1 / 0}" })");
  expect("GET", "/machines", page(0, 2));
  EXPECT_THAT(listed(), HasSubstr("acme: page 1 of GET /machines does not tell what follows: "));
}

TEST_F(PagesTest, AMarkerNeedsAnId) {
  paged(R"({ kind: marker, size: 3, next: "${body.next}" })");
  expect("GET", "/machines?limit=3", page(0, 0, R"(,"next":"more")"));
  EXPECT_EQ(listed(),
            "acme: page 1 of GET /machines is not the last, but has no object with an id to go on "
            "from" +
                kHalf);
}

TEST_F(PagesTest, CirclesAreNoticed) {
  for (const char* pagination : {R"({ kind: cursor, next: "${body.next}" })",
                                 R"({ kind: next_url, next: "/m?${body.next}" })"}) {
    int asked = 0;
    open(Acme().account("pagination", pagination), [&](const HttpRequest&) -> Result<HttpResponse> {
      ++asked;
      return page(0, 2, asked % 2 == 0 ? R"(,"next":"a")" : R"(,"next":"b")");
    });
    EXPECT_THAT(listed(), HasSubstr("go in a circle")) << pagination;
    EXPECT_EQ(asked, 3);
  }
}

TEST_F(PagesTest, MarkersAreTheLastIds) {
  paged("{ kind: marker, size: 3 }");
  expect("GET", "/machines?limit=3", page(0, 3));
  expect("GET", "/machines?limit=3&marker=m-2", page(3, 6));
  expect("GET", "/machines?limit=3&marker=m-5", page(6, 8));
  EXPECT_EQ(listed(), "8 objects, 3 pages");
}

TEST_F(PagesTest, MarkersGoOnWhileTheReplySaysThatThereIsMore) {
  paged(R"({ kind: marker, size: 1000, next: "${body.next}" })");
  expect("GET", "/machines?limit=1000", page(0, 7, R"(,"next":"http://elsewhere/whatever")"));
  expect("GET", "/machines?limit=1000&marker=m-6", page(7, 14));
  EXPECT_EQ(listed(), "14 objects, 2 pages");
}

TEST_F(PagesTest, LinksMayHoldCommasAndStandAmongOthers) {
  paged("{ kind: link_header, size_name: per_page, size: 2 }");
  expect(
      "GET", "/machines?per_page=2",
      page(
          0, 2, "",
          {{"link",
            R"(</machines?p=1>; rel="prev", <https://acme.example/machines?f=a,b&p=2>; title="x"; rel="next")"}}));
  expect("GET", "/machines?f=a,b&p=2", page(2, 3, "", {{"link", R"(</machines>; rel="first")"}}));
  EXPECT_EQ(listed(), "3 objects, 2 pages");
}

TEST_F(PagesTest, CredentialsGoToNoOtherServer) {
  for (const char* next :
       {"https://evil.example/machines", "http://acme.example/machines",
        "https://acme.example:8443/machines", "https://acme.example@evil.example/machines",
        "https://acme.example.evil.example/machines", "file:///etc/passwd", "machines?page=2"}) {
    open(Acme().account("pagination", R"({ kind: next_url, next: "${body.next}" })"));
    expect("GET", "/machines", page(0, 2, fmt::format(R"(,"next":"{}")", next)));
    EXPECT_THAT(listed(), HasSubstr("acme: the next page is said to be at another server")) << next;
  }
}

TEST_F(PagesTest, AnAddressWithTwoSlashesStaysOnTheServer) {
  paged(R"({ kind: next_url, next: "${body.next}" })");
  expect("GET", "/machines", page(0, 2, R"(,"next":"//evil.example/machines")"));
  expect("GET", "//evil.example/machines", reply(404));
  EXPECT_FALSE(loop_.run(provider_->list(type(), {})));
}

TEST_F(PagesTest, AReplyWithoutAListIsNoEmptyList) {
  for (const char* body : {"{}", R"({"machines":null})", R"({"machines":{}})", "[]", "", "null"}) {
    paged("{ kind: none }");
    expect("GET", "/machines", reply(200, body));
    EXPECT_THAT(listed(), HasSubstr("acme: GET /machines answered without a list of objects"))
        << body;
  }
}

TEST_F(PagesTest, AListThatIsNotThereIsNoAbsence) {
  paged("{ kind: none }");
  expect("GET", "/machines", reply(404));
  EXPECT_EQ(code(loop_.run(provider_->list(type(), {}))), ErrorCode::unavailable);
}

TEST_F(PagesTest, AnObjectWithoutAnIdSpoilsTheList) {
  for (const char* object :
       {"{}", R"({"id":null})", R"({"id":""})", R"({"id":[1]})", "7", "null"}) {
    paged("{ kind: none }");
    expect("GET", "/machines", reply(200, fmt::format(R"({{"machines":[{}]}})", object)));
    EXPECT_THAT(listed(), HasSubstr("acme.machine: the API shows an object without an id"))
        << object;
  }
}

TEST_F(PagesTest, AnObjectThatMovesBetweenPagesCountsOnce) {
  paged("{ kind: page, size: 3 }");
  expect("GET", "/machines?per_page=3&page=1", page(0, 3));
  expect("GET", "/machines?per_page=3&page=2", page(2, 4));
  EXPECT_EQ(listed(), "4 objects, 2 pages");
}

TEST_F(PagesTest, AFailureMidwaySpoilsTheList) {
  paged(R"({ kind: page, size: 3, total: "${body.total}" })");
  expect("GET", "/machines?per_page=3&page=1", page(0, 3, R"(,"total":6)"));
  expect("GET", "/machines?per_page=3&page=2", reply(500));
  EXPECT_EQ(code(loop_.run(provider_->list(type(), {}))), ErrorCode::unavailable);
}

TEST_F(PagesTest, AQueryOfTheListStaysOnEveryPage) {
  open(
      Acme()
          .account("pagination", "{ kind: page, size: 2 }")
          .with(
              "list",
              R"({ get: /machines, query: { all: true, none: null }, items: "${body.machines}" })"));
  expect("GET", "/machines?all=true&per_page=2&page=1", page(0, 2));
  expect("GET", "/machines?all=true&per_page=2&page=2", page(2, 3));
  EXPECT_EQ(listed(), "3 objects, 2 pages");
}

}  // namespace
}  // namespace jim

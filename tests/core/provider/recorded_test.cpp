#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "core/base/files.h"
#include "tests/core/provider/account_fixture.h"

/// Replies that the vendor itself gave (recorded.json beside its description), read by the manifest
/// that is compiled in. Skipped where the recordings are not at hand.
namespace jim {
namespace {

const char* const kServer = "sv_ZWr75Zbjr5A91";
const char* const kKey = "ssh_zZOo0lJgp5KQY";
const char* const kNetwork = "vlan_Yx2za1XgB5VrL";
const char* const kTag = "tag_y7GZkz96MOuyQlRxbRXMcdD1ple";

std::string folder() {
  const char* given = std::getenv("JIM_SPECS");
  return given != nullptr ? given : std::string(JIM_SOURCE_DIR) + "/../shared/specs";
}

class RecordedLatitudeTest : public testing::Test {
 protected:
  void SetUp() override {
    loop_.set_poller(&poller_);
    const std::string path = folder() + "/latitude-sh/recorded.json";
    const auto text = DiskFiles().read(path);
    if (!text) GTEST_SKIP() << "no recordings at " << path << "; JIM_SPECS names their folder";
    auto recorded = parse_json(*text);
    ASSERT_TRUE(recorded) << recorded.error().message;
    recorded_ = *std::move(recorded);

    const std::string manifest_path = std::string(JIM_SOURCE_DIR) + "/providers/latitude.yaml";
    const auto manifest_text = DiskFiles().read(manifest_path);
    ASSERT_TRUE(manifest_text) << manifest_text.error().message;
    Diagnostics found;
    auto manifest = load_manifest(*manifest_text, manifest_path, found);
    ASSERT_TRUE(manifest) << (found.empty() ? "" : found.front().message);
    ProviderSettings settings = {.name = "latitude"};
    settings.config.set("token", Value("token").as_secret());
    auto made = RestProvider::make(std::make_shared<const Manifest>(*std::move(manifest)),
                                   std::move(settings), http_, loop_);
    ASSERT_TRUE(made) << made.error().message;
    provider_ = *std::move(made);
  }

  const ResourceType& type(const std::string& name) const {
    for (const ResourceType& one : provider_->types())
      if (one.name == "latitude." + name) return one;
    ADD_FAILURE() << "no type " << name;
    return provider_->types().front();
  }

  /// The `n`-th recorded reply to such a request.
  HttpResponse recorded(const std::string& method, const std::string& path, int n = 0) const {
    for (const Value& one : recorded_.as_list()) {
      if (one.get("method")->as_string() != method) continue;
      if (one.get("url")->as_string() != "https://api.latitude.sh" + path || n-- > 0) continue;
      const Value* body = one.get("response");
      return reply(static_cast<int>(one.get("status")->as_integer()),
                   body->is_null() ? "" : to_json(*body));
    }
    ADD_FAILURE() << "not recorded: " << method << ' ' << path;
    return reply(500);
  }

  /// A recorded reply about one object as a list of one: lists of these types were not recorded.
  HttpResponse as_list(HttpResponse one) const {
    auto body = parse_json(one.body);
    ValueMap list;
    list.set("data", ValueList{*body->get("data")});
    one.body = to_json(Value(list));
    return one;
  }

  Result<Object> read(const std::string& name, const std::string& id) {
    return loop_.run(provider_->read(type(name), id));
  }

  Result<Listing> list(const std::string& name) {
    return loop_.run(provider_->list(type(name), {}));
  }

  /// Answers by method and path without query, whatever the order.
  HttpResponse answer(const HttpRequest& request) {
    const std::string path = request.url.substr(0, request.url.find('?'));
    const auto found =
        answers_.find(request.method + path.substr(std::string("https://api.latitude.sh").size()));
    if (found != answers_.end()) return found->second;
    ADD_FAILURE() << "unexpected " << request.method << ' ' << request.url;
    return reply(404, R"({"errors": []})");
  }

  FakeClock clock_ = {};
  FakePoller poller_{clock_};
  EventLoop loop_{clock_};
  Value recorded_ = {};
  std::map<std::string, HttpResponse> answers_ = {};
  FakeHttp http_{
      [this](const HttpRequest& request) -> Result<HttpResponse> { return answer(request); }};
  std::unique_ptr<Provider> provider_ = {};
};

/// An attribute as JSON; "absent" when the object does not have it.
std::string shown(const Object& object, const std::string& name) {
  const Value* value = object.attributes.find(name);
  return value == nullptr ? "absent" : to_json(*value);
}

void expect_server(const Object& server) {
  EXPECT_EQ(server.id, kServer);
  EXPECT_EQ(server.type, "latitude.server");
  EXPECT_EQ(server.readiness, Readiness::ready);
  EXPECT_EQ(server.status, "on");
  EXPECT_EQ(server.mark, "");
  EXPECT_EQ(shown(server, "hostname"), R"("test")");
  EXPECT_EQ(shown(server, "plan"), R"("c2-small-x86")");
  EXPECT_EQ(shown(server, "site"), R"("SAO")");
  EXPECT_EQ(shown(server, "operating_system"), R"("ubuntu_24_04_x64_lts")");
  EXPECT_EQ(shown(server, "billing"), R"("hourly")");
  EXPECT_EQ(shown(server, "project"), R"("proj_gXQvNedwV0zpb")");
  EXPECT_EQ(shown(server, "tags"), "[]");
  EXPECT_EQ(shown(server, "ipv4"), R"("177.54.146.23")");
  EXPECT_EQ(shown(server, "label"), R"("21BS005889")");
  EXPECT_EQ(shown(server, "price"), "0.18");
  EXPECT_EQ(shown(server, "city"), "\"S\u00e3o Paulo\"");
  EXPECT_EQ(shown(server, "locked"), "false");
  EXPECT_EQ(shown(server, "created_at"), R"("2025-05-05T10:54:34+00:00")");
  EXPECT_EQ(to_json(*server.attributes.find("specs")->get("ram")), R"("64 GB")");
}

TEST_F(RecordedLatitudeTest, AServerIsReadWithAllItShows) {
  answers_["GET/servers/sv_ZWr75Zbjr5A91"] = recorded("GET", "/servers/sv_ZWr75Zbjr5A91");
  const auto server = read("server", kServer);
  ASSERT_TRUE(server) << server.error().message;
  expect_server(*server);
}

TEST_F(RecordedLatitudeTest, AListShowsTheSameServer) {
  answers_["GET/servers"] = as_list(recorded("GET", "/servers/sv_ZWr75Zbjr5A91"));
  const auto servers = list("server");
  ASSERT_TRUE(servers) << servers.error().message;
  ASSERT_EQ(servers->objects.size(), 1u);
  expect_server(servers->objects.front());
}

TEST_F(RecordedLatitudeTest, AServerIsCreatedAlthoughTheReplyHasAStatusOfNoDescription) {
  answers_["POST/servers"] = recorded("POST", "/servers");
  answers_["GET/servers"] = reply(200, R"({"data": [], "meta": {}})");
  answers_["GET/servers/sv_ZWr75Zbjr5A91"] = recorded("GET", "/servers/sv_ZWr75Zbjr5A91");
  answers_["PATCH/servers/sv_ZWr75Zbjr5A91"] = recorded("GET", "/servers/sv_ZWr75Zbjr5A91");
  answers_["POST/tags"] = recorded("POST", "/tags");
  ValueMap wanted;
  wanted.set("hostname", "test");
  wanted.set("plan", "c2-small-x86");
  wanted.set("site", "SAO");
  wanted.set("operating_system", "ubuntu_24_04_x64_lts");
  wanted.set("project", "proj_gXQvNedwV0zpb");
  Log log;
  Diary diary(log);
  const auto server = loop_.run(provider_->create({.type = &type("server"),
                                                   .attributes = wanted,
                                                   .mark = mark_of("web"),
                                                   .fingerprint = "print"},
                                                  diary));
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(log, (Log{"intent", std::string("id ") + kServer}));
  expect_server(*server);
  for (const HttpRequest& request : http_.requests()) {
    if (request.method != "POST" || !request.url.ends_with("/servers")) continue;
    EXPECT_EQ(request.body, to_json(*recorded_.as_list().front().get("request")));
  }
}

TEST_F(RecordedLatitudeTest, AServerIsGoneWhenTheVendorSaysSo) {
  answers_["GET/servers/sv_ZWr75Zbjr5A91"] = recorded("GET", "/servers/sv_ZWr75Zbjr5A91", 1);
  answers_["DELETE/servers/sv_ZWr75Zbjr5A91"] = recorded("DELETE", "/servers/sv_ZWr75Zbjr5A91");
  const auto server = read("server", kServer);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::not_found);
  Log log;
  Diary diary(log);
  EXPECT_TRUE(loop_.run(provider_->remove(type("server"), kServer, diary, {})));
}

TEST_F(RecordedLatitudeTest, AKeyIsReadAndListed) {
  const auto one = recorded("GET", std::string("/projects/proj_gXQvNedwV0zpb/ssh_keys/") + kKey);
  answers_[std::string("GET/ssh_keys/") + kKey] = one;
  answers_["GET/ssh_keys"] = as_list(one);
  const auto key = read("ssh_key", kKey);
  const auto keys = list("ssh_key");
  ASSERT_TRUE(key) << key.error().message;
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->objects.size(), 1u);
  for (const Object* each : {&*key, &keys->objects.front()}) {
    EXPECT_EQ(each->id, kKey);
    EXPECT_EQ(each->mark, "");
    EXPECT_EQ(shown(*each, "name"), R"("test")");
    EXPECT_EQ(shown(*each, "public_key").substr(0, 26), R"("ssh-rsa AAAAB3NzaC1yc2EAA)");
    EXPECT_EQ(shown(*each, "fingerprint"), R"("62:ac:f6:6b:02:75:39:2c:1d:84:41:75:53:f7:b3:a6")");
    EXPECT_EQ(shown(*each, "tags"), "[]");
    EXPECT_EQ(shown(*each, "created_at"), R"("2025-05-05T22:25:48+00:00")");
  }
}

TEST_F(RecordedLatitudeTest, ANetworkIsReadAndListed) {
  const auto one = recorded("GET", std::string("/virtual_networks/") + kNetwork);
  answers_[std::string("GET/virtual_networks/") + kNetwork] = one;
  answers_["GET/virtual_networks"] = as_list(one);
  const auto network = read("virtual_network", kNetwork);
  const auto networks = list("virtual_network");
  ASSERT_TRUE(network) << network.error().message;
  ASSERT_TRUE(networks) << networks.error().message;
  ASSERT_EQ(networks->objects.size(), 1u);
  for (const Object* each : {&*network, &networks->objects.front()}) {
    EXPECT_EQ(each->id, kNetwork);
    EXPECT_EQ(shown(*each, "description"), R"("test")");
    EXPECT_EQ(shown(*each, "site"), R"("SAO2")");
    EXPECT_EQ(shown(*each, "vid"), "2012");
    EXPECT_EQ(shown(*each, "assignments_count"), "0");
    EXPECT_EQ(shown(*each, "tags"), "[]");
  }
}

TEST_F(RecordedLatitudeTest, TagsAreListed) {
  answers_["GET/tags"] = recorded("GET", "/tags");
  const auto tags = list("tag");
  ASSERT_TRUE(tags) << tags.error().message;
  ASSERT_EQ(tags->objects.size(), 1u);
  const Object& tag = tags->objects.front();
  EXPECT_EQ(tag.id, kTag);
  EXPECT_EQ(shown(tag, "name"), R"("test_tag")");
  EXPECT_EQ(shown(tag, "slug"), R"("test_tag")");
  EXPECT_EQ(shown(tag, "description"), R"("terraform test tag")");
  EXPECT_EQ(shown(tag, "color"), R"("#ffffff")");
}

TEST_F(RecordedLatitudeTest, AListWithoutTagsIsEmpty) {
  answers_["GET/tags"] = recorded("GET", "/tags", 1);
  const auto tags = list("tag");
  ASSERT_TRUE(tags) << tags.error().message;
  EXPECT_TRUE(tags->objects.empty());
}

}  // namespace
}  // namespace jim

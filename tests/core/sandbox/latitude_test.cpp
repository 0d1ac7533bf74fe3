#include "tests/core/sandbox/world_fixture.h"

namespace jim::sandbox {
namespace {

using LatitudeTest = SandboxTest;

TEST_F(LatitudeTest, ATokenIsNeededAndAWrongOneIsRefused) {
  start();
  Client none(sandbox_->port(), "");
  Client wrong(sandbox_->port(), "wrong-token");
  EXPECT_EQ(none.send("GET", "/latitude/servers").status, 401);
  const Answer refused = wrong.send("GET", "/latitude/servers");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(nlohmann::json::parse(refused.body)["errors"][0]["status"], "401");
}

TEST_F(LatitudeTest, AServerIsFoundByEachFilter) {
  start();
  const std::string id = server("web-1");
  server("web-2");
  for (const char* filter :
       {"filter[hostname]=web-1", "filter%5Bhostname%5D=web-1",
        "filter[project]=proj_sandbox&filter[hostname]=web-1&filter[plan]=c3-small-x86",
        "filter[project]=sandbox&filter[status]=on&filter[hostname]=web-1"}) {
    const Json found = get(std::string("/latitude/servers?") + filter)["data"];
    ASSERT_EQ(found.size(), 1u) << filter;
    EXPECT_EQ(found[0]["id"], id);
  }
  EXPECT_TRUE(get("/latitude/servers?filter[project]=proj_other")["data"].empty());
}

TEST_F(LatitudeTest, PagesFollowTheOrderOfCreationAndStandStillWhenOthersGo) {
  start();
  admin("seed", {{"vendor", "latitude"}, {"type", "servers"}, {"count", 1234}});
  const auto hostname = [&](int page) {
    const Json list = get("/latitude/servers?stats[total]=count&page[size]=1&page[number]=" +
                          std::to_string(page));
    return list["data"].empty() ? Json() : list["data"][0]["attributes"]["hostname"];
  };
  EXPECT_EQ(hostname(1), "web-0");
  EXPECT_EQ(hostname(1000), "web-999");
  EXPECT_EQ(hostname(1234), "web-1233");
  EXPECT_TRUE(hostname(1235).is_null());
  const Json first = get("/latitude/servers?page[size]=1")["data"][0];
  EXPECT_EQ(send("DELETE", "/latitude/servers/" + first["id"].get<std::string>()).status, 204);
  EXPECT_EQ(hostname(1), "web-1");
  EXPECT_EQ(hostname(1233), "web-1233");
  EXPECT_EQ(get("/latitude/servers?stats[total]=count")["meta"]["stats"]["total"]["count"], 1233);
}

TEST_F(LatitudeTest, TagsAreAttachedByIdAndRenamedEverywhere) {
  start();
  const std::string id = server("web");
  const Answer made =
      send("POST", "/latitude/tags",
           {{"data", {{"type", "tags"}, {"attributes", {{"name", "jim"}, {"color", "#ffffff"}}}}}});
  ASSERT_EQ(made.status, 201);
  const std::string tag = Json::parse(made.body)["data"]["id"];
  const auto patch = [&](const Json& tags) {
    return send("PATCH", "/latitude/servers/" + id,
                {{"data",
                  {{"id", id},
                   {"type", "servers"},
                   {"attributes", {{"hostname", "web"}, {"tags", tags}}}}}});
  };
  EXPECT_EQ(patch({"tag_unknown"}).status, 422);
  ASSERT_EQ(patch({tag}).status, 200);
  EXPECT_EQ(
      get("/latitude/servers?filter[tags]=" + tag)["data"][0]["attributes"]["tags"][0]["name"],
      "jim");
  send("PATCH", "/latitude/tags/" + tag,
       {{"data", {{"attributes", {{"name", "other"}, {"color", "#ffffff"}}}}}});
  EXPECT_EQ(get("/latitude/servers/" + id)["data"]["attributes"]["tags"][0]["name"], "other");
  EXPECT_EQ(send("DELETE", "/latitude/tags/" + tag).status, 204);
  EXPECT_TRUE(get("/latitude/servers/" + id)["data"]["attributes"]["tags"].empty());
}

TEST_F(LatitudeTest, ATagsNameIsTakenOnce) {
  start();
  const Json body = {
      {"data", {{"type", "tags"}, {"attributes", {{"name", "jim"}, {"color", "#ffffff"}}}}}};
  EXPECT_EQ(send("POST", "/latitude/tags", body).status, 201);
  const Answer again = send("POST", "/latitude/tags", body);
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(Json::parse(again.body)["errors"][0]["code"], "NAME_ALREADY_TAKEN");
}

TEST_F(LatitudeTest, AMissingSshKeyAnswers400WithAnInner422) {
  start();
  const Answer refused = create_server("web", {{"ssh_keys", {"ssh_none"}}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(Json::parse(refused.body)["errors"][0]["status"], "422");
  EXPECT_EQ(servers(), 0u);
}

TEST_F(LatitudeTest, AtTheVendorsPaceAServerDeploysBeforeItIsOn) {
  start({.pace = 0.001});  // 420 seconds become 420 milliseconds
  const std::string id = server("web");
  const auto status = [&] {
    return get("/latitude/servers/" + id)["data"]["attributes"]["status"];
  };
  EXPECT_EQ(status(), "deploying");
  for (int i = 0; i < 5000 && status() == "deploying"; ++i) {
  }
  EXPECT_EQ(status(), "on");
  const Json reinstall = {
      {"data", {{"type", "reinstalls"}, {"attributes", {{"operating_system", "debian_12"}}}}}};
  EXPECT_EQ(send("POST", "/latitude/servers/" + id + "/reinstall", reinstall).status, 201);
  EXPECT_EQ(status(), "disk_erasing");
  EXPECT_EQ(
      get("/latitude/servers/" + id + "/deploy_config")["data"]["attributes"]["operating_system"],
      "debian_12");
}

TEST_F(LatitudeTest, ALockedServerIsNeitherChangedNorDeleted) {
  start();
  const std::string path = "/latitude/servers/" + server("web");
  EXPECT_EQ(send("POST", path + "/lock").status, 200);
  EXPECT_EQ(send("DELETE", path).status, 423);
  EXPECT_EQ(send("POST", path + "/unlock").status, 200);
  EXPECT_EQ(send("DELETE", path).status, 204);
  EXPECT_EQ(send("GET", path).status, 404);
}

TEST_F(LatitudeTest, AVirtualNetworkStaysWhileServersAreAssigned) {
  start();
  const std::string machine = server("web");
  const Answer made = send(
      "POST", "/latitude/virtual_networks",
      {{"data",
        {{"type", "virtual_network"},
         {"attributes", {{"description", "x"}, {"site", "NYC"}, {"project", "proj_sandbox"}}}}}});
  const std::string network = Json::parse(made.body)["data"]["id"];
  const Answer assigned =
      send("POST", "/latitude/virtual_networks/assignments",
           {{"data",
             {{"type", "virtual_network_assignment"},
              {"attributes", {{"server_id", machine}, {"virtual_network_id", network}}}}}});
  ASSERT_EQ(assigned.status, 201) << assigned.body;
  EXPECT_EQ(get("/latitude/virtual_networks/" + network)["data"]["attributes"]["assignments_count"],
            1);
  EXPECT_EQ(send("DELETE", "/latitude/virtual_networks/" + network).status, 406);
  EXPECT_EQ(send("DELETE", "/latitude/servers/" + machine).status, 204);
  EXPECT_EQ(send("DELETE", "/latitude/virtual_networks/" + network).status, 204);
}

}  // namespace
}  // namespace jim::sandbox

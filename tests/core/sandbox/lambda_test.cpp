#include "tests/core/sandbox/world_fixture.h"

namespace jim::sandbox {
namespace {

class LambdaTest : public SandboxTest {
 protected:
  const std::string base_ = "/lambda/api/v1";

  void SetUp() override {
    start();
    add_key();
  }
  void add_key() {
    ASSERT_EQ(
        send("POST", base_ + "/ssh-keys", {{"name", "k"}, {"public_key", "ssh-ed25519 AAAA k"}})
            .status,
        200);
  }
  Answer launch(const Json& more = Json::object()) {
    Json wanted = {{"region_name", "us-west-1"},
                   {"instance_type_name", "gpu_1x_a10"},
                   {"ssh_key_names", {"k"}}};
    wanted.update(more);
    return send("POST", base_ + "/instance-operations/launch", wanted);
  }
  std::string code(const Answer& answer) { return Json::parse(answer.body)["error"]["code"]; }
};

TEST_F(LambdaTest, AnInstanceLives) {
  const Answer launched =
      launch({{"name", "worker"}, {"tags", {{{"key", "jim-id"}, {"value", "x"}}}}});
  ASSERT_EQ(launched.status, 200) << launched.body;
  const std::string id = Json::parse(launched.body)["data"]["instance_ids"][0];
  const Json instance = get(base_ + "/instances/" + id)["data"];
  EXPECT_EQ(instance["status"], "active");
  EXPECT_EQ(instance["tags"][0]["value"], "x");
  EXPECT_EQ(send("POST", base_ + "/instances/" + id, {{"name", "renamed"}}).status, 200);
  EXPECT_EQ(get(base_ + "/instances")["data"][0]["name"], "renamed");
  EXPECT_EQ(send("POST", base_ + "/instance-operations/terminate", {{"instance_ids", {id}}}).status,
            200);
  EXPECT_EQ(send("GET", base_ + "/instances/" + id).status, 404);
  EXPECT_TRUE(get(base_ + "/instances")["data"].empty());
}

TEST_F(LambdaTest, WhatDoesNotExistIsNamedByItsCode) {
  EXPECT_EQ(code(launch({{"ssh_key_names", {"none"}}})), "global/object-does-not-exist");
  EXPECT_EQ(code(launch({{"instance_type_name", "gpu_9x"}})), "global/object-does-not-exist");
  EXPECT_EQ(code(launch({{"ssh_key_names", Json::array()}})), "global/invalid-parameters");
  EXPECT_EQ(code(launch({{"tags", {{{"key", "Upper"}, {"value", "x"}}}}})),
            "global/invalid-parameters");
}

TEST_F(LambdaTest, StockLimitsLaunchesAndShowsInTheTypes) {
  admin("stock",
        {{"lambda", {{"gpu_1x_a10", {{"us-west-1", 1}}}, {"gpu_8x_h100_sxm5", {"us-west-2"}}}}});
  EXPECT_EQ(launch().status, 200);
  EXPECT_EQ(code(launch()), "instance-operations/launch/insufficient-capacity");
  const Json h100 = get(base_ + "/instance-types")["data"]["gpu_8x_h100_sxm5"];
  ASSERT_EQ(h100["regions_with_capacity_available"].size(), 1u);
  EXPECT_EQ(h100["regions_with_capacity_available"][0]["name"], "us-west-2");
}

TEST_F(LambdaTest, NonsenseIsNoStock) {
  for (const Json& nonsense :
       {Json(5), Json::array(), Json{{"lambda", 7}}, Json{{"lambda", {{"gpu_1x_a10", "many"}}}}}) {
    EXPECT_EQ(send("POST", "/_sandbox/stock", nonsense).status, 400) << nonsense;
  }
  EXPECT_EQ(launch().status, 200);
}

TEST_F(LambdaTest, LaunchesAreLimitedWhenTheScenarioOrThePaceAsksForIt) {
  EXPECT_EQ(launch().status, 200);
  EXPECT_EQ(launch().status, 200);
  ValueMap scenario;
  scenario.set("launch_limit", true);
  start({.scenario = Value(scenario), .pace = 0.01});
  add_key();
  EXPECT_EQ(launch().status, 200);
  EXPECT_EQ(launch().status, 429);
}

TEST_F(LambdaTest, AFilesystemInUseStays) {
  const Answer made =
      send("POST", base_ + "/filesystems", {{"name", "data"}, {"region", "us-west-1"}});
  const std::string id = Json::parse(made.body)["data"]["id"];
  EXPECT_EQ(code(send("POST", base_ + "/filesystems", {{"name", "data"}, {"region", "us-west-1"}})),
            "global/duplicate");
  EXPECT_EQ(code(launch({{"region_name", "us-east-1"}, {"file_system_names", {"data"}}})),
            "instance-operations/launch/file-system-in-wrong-region");
  EXPECT_EQ(launch({{"file_system_names", {"data"}}}).status, 200);
  EXPECT_TRUE(get(base_ + "/file-systems")["data"][0]["is_in_use"]);
  EXPECT_EQ(code(send("DELETE", base_ + "/filesystems/" + id)), "filesystems/filesystem-in-use");
}

TEST_F(LambdaTest, TheFlatRulesAreTheGlobalRulesets) {
  const Json rules = {{{"protocol", "tcp"},
                       {"port_range", {80, 80}},
                       {"source_network", "0.0.0.0/0"},
                       {"description", ""}}};
  EXPECT_EQ(send("PUT", base_ + "/firewall-rules", {{"data", rules}}).status, 200);
  EXPECT_EQ(get(base_ + "/firewall-rulesets/global")["data"]["rules"], rules);
  const Json bad = {{{"protocol", "tcp"},
                     {"port_range", {80, 70}},
                     {"source_network", "0.0.0.0/0"},
                     {"description", ""}}};
  EXPECT_EQ(send("PUT", base_ + "/firewall-rules", {{"data", bad}}).status, 400);
}

}  // namespace
}  // namespace jim::sandbox

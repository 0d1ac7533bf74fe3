#include <chrono>
#include <cstdio>
#include <fstream>

#include "tests/core/sandbox/world_fixture.h"

namespace jim::sandbox {
namespace {

class FaultsTest : public SandboxTest {
 protected:
  void SetUp() override { start(); }
  void fault(Json fault) { admin("faults", Json::array({std::move(fault)})); }
};

TEST_F(FaultsTest, CapacityComesAsOftenAsAskedAndAfterThoseThatPass) {
  fault({{"vendor", "latitude"},
         {"on", "POST /servers"},
         {"after", 1},
         {"times", 2},
         {"do", "capacity"}});
  EXPECT_EQ(create_server("a").status, 201);
  const Answer refused = create_server("b");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Json::parse(refused.body)["errors"][0]["code"], "SERVERS_OUT_OF_STOCK");
  EXPECT_EQ(create_server("b").status, 422);
  EXPECT_EQ(create_server("b").status, 201);
  EXPECT_EQ(servers(), 2u);
}

TEST_F(FaultsTest, AStatusComesBeforeOrAfterTheEffect) {
  fault({{"on", "POST /servers"}, {"do", "status"}, {"status", 503}});
  EXPECT_EQ(create_server("a").status, 503);
  EXPECT_EQ(servers(), 0u);
  fault({{"on", "POST /servers"}, {"do", "status"}, {"status", 500}, {"when", "after"}});
  EXPECT_EQ(create_server("a").status, 500);
  EXPECT_EQ(servers(), 1u);
}

TEST_F(FaultsTest, ALostAnswerHasItsEffectAndALostRequestHasNone) {
  fault({{"on", "POST /servers"}, {"do", "lose_request"}});
  EXPECT_EQ(create_server("a").status, 0);
  EXPECT_EQ(servers(), 0u);
  fault({{"on", "POST /servers"}, {"do", "lose_answer"}});
  EXPECT_EQ(create_server("a").status, 0);
  EXPECT_EQ(servers(), 1u);
  fault({{"on", "POST /servers"}, {"do", "cut"}});
  EXPECT_EQ(create_server("b").status, 0);
  EXPECT_EQ(servers(), 2u);
}

TEST_F(FaultsTest, ARateLimitSaysWhenToComeBack) {
  fault({{"on", "GET /servers"}, {"do", "rate_limit"}, {"retry_after", 7}});
  const Answer limited = send("GET", "/latitude/servers");
  EXPECT_EQ(limited.status, 429);
  EXPECT_NE(limited.head.find("Retry-After: 7"), std::string::npos);
  EXPECT_EQ(send("GET", "/latitude/servers").status, 200);
}

TEST_F(FaultsTest, AFaultMeetsOnlyRequestsThatMatch) {
  fault({{"on", "POST /servers"},
         {"match", {{"hostname", "db-*"}}},
         {"times", -1},
         {"do", "capacity"}});
  EXPECT_EQ(create_server("web-1").status, 201);
  EXPECT_EQ(create_server("db-1").status, 422);
  EXPECT_EQ(create_server("db-2").status, 422);
}

TEST_F(FaultsTest, ARouteMayBeWrittenAsInADescription) {
  const std::string id = server("a");
  fault({{"on", "DELETE /servers/{server_id}"}, {"do", "status"}});
  EXPECT_EQ(send("DELETE", "/latitude/servers/" + id).status, 500);
  EXPECT_EQ(send("DELETE", "/latitude/servers/" + id).status, 204);
}

TEST_F(FaultsTest, AMachineCanFailOrBeSlow) {
  fault({{"on", "POST /servers"}, {"do", "fail_machine"}});
  const std::string failed = server("a");
  EXPECT_EQ(get("/latitude/servers/" + failed)["data"]["attributes"]["status"],
            "failed_deployment");
  start({.pace = 0.00001});
  fault({{"on", "POST /servers"}, {"do", "slow_machine"}, {"factor", 1e6}});
  const std::string slow = server("slow");
  EXPECT_EQ(get("/latitude/servers/" + slow)["data"]["attributes"]["status"], "deploying");
}

TEST_F(FaultsTest, ADelayDelays) {
  fault({{"on", "GET /servers"}, {"do", "delay"}, {"ms", 80}});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(send("GET", "/latitude/servers").status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(80));
}

TEST_F(FaultsTest, GarbageIsNoJson) {
  fault({{"on", "GET /servers"}, {"do", "garbage"}});
  EXPECT_FALSE(Json::accept(send("GET", "/latitude/servers").body));
}

TEST_F(FaultsTest, AHugeReplyIsLargerThanAnyoneShouldTake) {
  fault({{"on", "GET /servers"}, {"do", "huge"}});
  EXPECT_GT(send("GET", "/latitude/servers").body.size(), 64u << 20);
}

TEST_F(FaultsTest, AnUnknownFaultIsRefusedWithTheKnownOnes) {
  const Answer refused = send("POST", "/_sandbox/faults", {{"do", "explode"}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(Json::parse(refused.body)["error"], "unknown fault 'explode'");
}

TEST_F(FaultsTest, DriftChangesAndDeletesBehindTheClientsBack) {
  server("web-1");
  server("db-1");
  admin("drift", {{"vendor", "latitude"},
                  {"type", "servers"},
                  {"match", {{"hostname", "web-*"}}},
                  {"set", {{"billing", "yearly"}, {"status", "off"}}}});
  const Json web = get("/latitude/servers?filter[hostname]=web-1")["data"][0]["attributes"];
  EXPECT_EQ(web["plan"]["billing"], "yearly");
  EXPECT_EQ(web["status"], "off");
  admin("drift", {{"vendor", "latitude"},
                  {"type", "servers"},
                  {"match", {{"hostname", "db-1"}}},
                  {"delete", true}});
  EXPECT_EQ(servers(), 1u);
}

TEST_F(FaultsTest, AScenarioWithAnUnknownWordDoesNotStart) {
  ValueMap scenario;
  scenario.set("fault", ValueList{});
  const auto started = Sandbox::start({.scenario = Value(scenario)});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(started.error().message, "unknown word 'fault' in the scenario");
}

TEST_F(FaultsTest, AScenarioWithAWrongValueDoesNotStart) {
  const auto refusal = [](const char* name, Value value) {
    ValueMap scenario;
    scenario.set(name, std::move(value));
    const auto started =
        Sandbox::start({.folder = testing::TempDir(), .scenario = Value(std::move(scenario))});
    return started ? "started" : started.error().message;
  };
  const auto map = [](const char* name, Value value) {
    return Value(ValueMap::from_entries({{name, std::move(value)}}));
  };
  EXPECT_EQ(refusal("stock", "x"), "'stock' takes a map of vendors");
  EXPECT_EQ(refusal("stock", map("acme", map("a", 1))), "'stock' names the vendor 'acme'");
  EXPECT_EQ(refusal("stock", map("lambda", 5)),
            "'stock' of lambda takes a map of plans or instance types");
  EXPECT_EQ(refusal("stock", map("lambda", map("gpu_1x_a10", map("us-west-1", "two")))),
            "'stock' of lambda gpu_1x_a10 takes a list of places, or a map of places to whole "
            "numbers");
  EXPECT_EQ(refusal("launch_limit", "x"), "'launch_limit' takes true or false");
}

TEST_F(FaultsTest, StatsCountRequestsByRoute) {
  server("a");
  get("/latitude/servers");
  const Json stats = get("/_sandbox/stats");
  EXPECT_EQ(stats["requests"]["latitude POST /servers"], 1);
  EXPECT_EQ(stats["total"], 2);
  EXPECT_EQ(stats["objects"]["latitude/servers"], 1);
}

TEST_F(FaultsTest, TheRecordHoldsExchangesWithoutCredentials) {
  const std::string path = testing::TempDir() + "jim-sandbox-record.ndjson";
  std::remove(path.c_str());
  start({.record = path});
  server("a");
  std::ifstream file(path);
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  const Json exchange = Json::parse(line);
  EXPECT_EQ(exchange["vendor"], "latitude");
  EXPECT_EQ(exchange["path"], "/latitude/servers");
  EXPECT_EQ(exchange["status"], 201);
  EXPECT_EQ(exchange["request_headers"]["authorization"], "(sensitive)");
  std::remove(path.c_str());
}

}  // namespace
}  // namespace jim::sandbox

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/core/sandbox/world_fixture.h"

namespace jim::sandbox {
namespace {

class DurabilityTest : public SandboxTest {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "jim-sandbox-" + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override {
    sandbox_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string folder_;
};

TEST_F(DurabilityTest, ObjectsOutliveARestartAndIdsAreNotGivenTwice) {
  start({.folder = folder_});
  const std::string kept = server("kept");
  const std::string gone = server("gone");
  EXPECT_EQ(send("DELETE", "/latitude/servers/" + gone).status, 204);
  start({.folder = folder_});
  EXPECT_EQ(servers(), 1u);
  EXPECT_EQ(get("/latitude/servers/" + kept)["data"]["attributes"]["hostname"], "kept");
  EXPECT_NE(server("next"), gone);
}

TEST_F(DurabilityTest, AMachineGoesOnDeployingAcrossARestart) {
  start({.folder = folder_, .pace = 1});
  const std::string id = server("web");
  start({.folder = folder_, .pace = 1});
  EXPECT_EQ(get("/latitude/servers/" + id)["data"]["attributes"]["status"], "deploying");
}

TEST_F(DurabilityTest, WhatWasAnsweredSurvivesAKilledProcess) {
  int ports[2];
  ASSERT_EQ(pipe(ports), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto sandbox = Sandbox::start({.folder = folder_});
    const int port = sandbox ? (*sandbox)->port() : 0;
    [[maybe_unused]] const auto written = write(ports[1], &port, sizeof port);
    pause();
    _exit(0);
  }
  int port = 0;
  ASSERT_EQ(read(ports[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  client_ = std::make_unique<Client>(port);
  std::size_t answered = 0;
  for (int i = 0; i < 50; ++i)
    answered += create_server("web-" + std::to_string(i)).status == 201 ? 1u : 0u;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ports[0]);
  close(ports[1]);
  ASSERT_EQ(answered, 50u);
  start({.folder = folder_});
  EXPECT_EQ(servers(), 50u);
}

TEST_F(DurabilityTest, ATakenPortIsNamed) {
  start();
  const auto second = Sandbox::start({.port = sandbox_->port()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::io);
  EXPECT_EQ(second.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(sandbox_->port()) +
                ": Address already in use");
}

}  // namespace
}  // namespace jim::sandbox

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/sandbox/sandbox.h"
#include "tests/core/sandbox/client.h"

namespace jim::sandbox {

/// A running sandbox and a client of it.
class SandboxTest : public testing::Test {
 protected:
  using Json = nlohmann::json;

  void start(SandboxOptions options = {}) {
    client_.reset();
    sandbox_.reset();
    auto started = Sandbox::start(std::move(options));
    ASSERT_TRUE(started) << started.error().message;
    sandbox_ = *std::move(started);
    client_ = std::make_unique<Client>(sandbox_->port());
  }
  Answer send(const std::string& method, const std::string& path, const Json& body = nullptr) {
    return client_->send(method, path, body.is_null() ? "" : body.dump());
  }
  Json get(const std::string& path) {
    const Answer answer = send("GET", path);
    EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
    return Json::parse(answer.body, nullptr, false);
  }
  void admin(const std::string& what, const Json& body) {
    const Answer answer = send("POST", "/_sandbox/" + what, body);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  Answer create_server(const std::string& hostname, const Json& more = Json::object()) {
    Json attributes = {{"project", "proj_sandbox"},
                       {"plan", "c3-small-x86"},
                       {"site", "NYC"},
                       {"operating_system", "ubuntu_24_04_x64_lts"},
                       {"hostname", hostname}};
    attributes.update(more);
    return send("POST", "/latitude/servers",
                {{"data", {{"type", "servers"}, {"attributes", attributes}}}});
  }
  std::string server(const std::string& hostname) {
    const Answer answer = create_server(hostname);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return Json::parse(answer.body)["data"]["id"];
  }
  std::size_t servers() { return get("/latitude/servers?page[size]=100")["data"].size(); }

  std::unique_ptr<Sandbox> sandbox_;
  std::unique_ptr<Client> client_;
};

}  // namespace jim::sandbox

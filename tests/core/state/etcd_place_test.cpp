#include "core/state/etcd_place.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

constexpr const char* kHint =
    "name the members and a prefix for the keys, such as "
    "etcd://h1:2379,h2:2379,h3:2379/jim/chat";

std::string error_of(const StoreSettings& settings) {
  const auto place = etcd_place(settings);
  return place ? "no error" : place.error().message;
}

TEST(EtcdPlaceTest, AMemberWithoutAPortHasEtcds) {
  const auto place = etcd_place({.url = "etcd://h1,10.0.0.2:2380,[::1],[fd00::1]:7/jim/chat/"});
  ASSERT_TRUE(place) << place.error().message;
  EXPECT_EQ(place->members, (std::vector<std::string>{"http://h1:2379", "http://10.0.0.2:2380",
                                                      "http://[::1]:2379", "http://[fd00::1]:7"}));
  EXPECT_EQ(place->prefix, "jim/chat");
  EXPECT_EQ(place->name, "etcd://h1:2379,10.0.0.2:2380,[::1]:2379,[fd00::1]:7/jim/chat");
}

TEST(EtcdPlaceTest, TlsIsAskedForBySchemeOrByACertificate) {
  EXPECT_EQ(etcd_place({.url = "etcds://h1/p"})->members.front(), "https://h1:2379");
  EXPECT_EQ(etcd_place({.url = "etcd://h1/p", .ca_file = "ca.pem"})->members.front(),
            "https://h1:2379");
  const auto place =
      etcd_place({.url = "etcd://h1/p", .root = "/work", .client_certificate = "both.pem"});
  EXPECT_EQ(place->members.front(), "https://h1:2379");
  EXPECT_EQ(place->options.client_certificate, "/work/both.pem");
  EXPECT_EQ(place->options.client_key, "/work/both.pem");
}

TEST(EtcdPlaceTest, WhatTheSettingsLeaveOpenComesFromEtcdctlsVariables) {
  StoreSettings settings = {.url = "etcd://h1/p"};
  settings.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "ETCDCTL_CACERT") return "/etc/ca.pem";
    if (name == "ETCDCTL_USER") return "ann:se:cret";
    return std::nullopt;
  };
  auto place = etcd_place(settings);
  EXPECT_EQ(place->options.ca_file, "/etc/ca.pem");
  EXPECT_EQ(place->user, "ann");
  EXPECT_EQ(place->password.reveal(), "se:cret");
  settings.user = "bob";
  settings.password = Secret("other");
  place = etcd_place(settings);
  EXPECT_EQ(place->user, "bob");
  EXPECT_EQ(place->password.reveal(), "other");
}

TEST(EtcdPlaceTest, WhatIsNoSuchPlaceIsRefused) {
  EXPECT_EQ(error_of({.url = "etcd://h1"}), "'etcd://h1' names no prefix");
  EXPECT_EQ(error_of({.url = "etcd://h1//"}), "'etcd://h1//' names no prefix");
  EXPECT_EQ(error_of({.url = "etcd:///p"}), "'' of 'etcd:///p' is no member of etcd");
  EXPECT_EQ(error_of({.url = "etcd://h1,,h2/p"}), "'' of 'etcd://h1,,h2/p' is no member of etcd");
  EXPECT_EQ(error_of({.url = "etcd://h1:99999/p"}),
            "'h1:99999' of 'etcd://h1:99999/p' is no member of etcd");
  EXPECT_EQ(error_of({.url = "etcd://h1/p?x=1"}),
            "'etcd://h1/p' has more behind its prefix than etcd knows");
  EXPECT_EQ(etcd_place({.url = "etcd://h1"}).error().hint, kHint);
}

TEST(EtcdPlaceTest, APasswordInTheUrlIsRefusedAndNotShown) {
  const auto place = etcd_place({.url = "etcd://ann:Canary@h1/p"});
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(place.error().message,
            "'etcd://h1/p': a user or a password does not belong into the URL of the state");
}

}  // namespace
}  // namespace jim

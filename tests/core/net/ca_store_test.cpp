#include "core/net/ca_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/core/net/socket_fixture.h"

namespace jim {
namespace {

namespace fs = std::filesystem;

/// A machine's root folder with nothing in it but what a test puts there.
class CaStoreTest : public testing::Test {
 protected:
  CaStoreTest() {
    std::string name = (fs::temp_directory_path() / "jim-ca-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) root_ = name;
  }
  ~CaStoreTest() override { fs::remove_all(root_); }

  std::string add(const std::string& path) {
    const fs::path whole = root_ + path;
    fs::create_directories(whole.parent_path());
    std::ofstream(whole) << "-----BEGIN CERTIFICATE-----\n";
    return whole.string();
  }
  Result<CaStore> find() const { return find_ca_store({.root = root_}); }

  std::string root_ = {};
};

TEST_F(CaStoreTest, OnDebianTheHashedFolderIsPreferredToTheBundleInIt) {
  add("/etc/ssl/certs/ca-certificates.crt");
  add("/etc/ssl/certs/ISRG_Root_X1.pem");
  add("/etc/ssl/certs/4042bcee.0");
  const auto found = find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->folder, root_ + "/etc/ssl/certs");
  EXPECT_EQ(found->file, "");
}

TEST_F(CaStoreTest, OnRedHatTheExtractedBundleIsFoundThoughTheCertsFolderExists) {
  fs::create_directories(root_ + "/etc/ssl/certs");
  const std::string bundle = add("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem");
  fs::create_directories(root_ + "/etc/pki/tls/certs");
  fs::create_symlink(bundle, root_ + "/etc/pki/tls/certs/ca-bundle.crt");
  const auto found = find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->file, bundle);
  EXPECT_EQ(found->folder, "");
}

TEST_F(CaStoreTest, OnANewFedoraTheHashedFolderIsFound) {
  add("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem");
  add("/etc/pki/ca-trust/extracted/pem/directory-hash/002c0b4f.0");
  EXPECT_EQ(find()->folder, root_ + "/etc/pki/ca-trust/extracted/pem/directory-hash");
}

TEST_F(CaStoreTest, OnAlpineTheBundleInTheCertsFolderIsFound) {
  const std::string bundle = add("/etc/ssl/certs/ca-certificates.crt");
  add("/etc/ssl/cert.pem");
  EXPECT_EQ(find()->file, bundle);
}

TEST_F(CaStoreTest, OnMacOsTheOneFileIsFound) {
  const std::string bundle = add("/etc/ssl/cert.pem");
  EXPECT_EQ(find()->file, bundle);
}

TEST_F(CaStoreTest, OnOpenSuseAndFreeBsdTheBundleIsFound) {
  const std::string freebsd = add("/usr/local/share/certs/ca-root-nss.crt");
  EXPECT_EQ(find()->file, freebsd);
  const std::string opensuse = add("/var/lib/ca-certificates/ca-bundle.pem");
  EXPECT_EQ(find()->file, opensuse);
}

TEST_F(CaStoreTest, ALinkToNothingIsPassedOver) {
  fs::create_directories(root_ + "/etc/ssl/certs");
  fs::create_symlink("/nowhere/at/all", root_ + "/etc/ssl/certs/ca-certificates.crt");
  const std::string bundle = add("/etc/ssl/cert.pem");
  EXPECT_EQ(find()->file, bundle);
}

TEST_F(CaStoreTest, WithoutAnyTheErrorSaysWhatToDo) {
  const auto found = find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(found.error().message,
            "no CA certificates found on this machine, so no server can be trusted");
  EXPECT_EQ(found.error().hint,
            "install the package ca-certificates, or name a PEM file with SSL_CERT_FILE or the "
            "provider's 'ca_file'");
}

TEST_F(CaStoreTest, TheConfigComesBeforeTheEnvironmentAndThatBeforeTheMachine) {
  add("/etc/ssl/cert.pem");
  CaSearch search = {.named = add("/named.pem"),
                     .ssl_cert_file = add("/file.pem"),
                     .ssl_cert_folder = root_,
                     .root = root_};
  EXPECT_EQ(find_ca_store(search)->file, root_ + "/named.pem");
  search.named = "";
  EXPECT_EQ(find_ca_store(search)->file, root_ + "/file.pem");
  search.ssl_cert_file = "";
  EXPECT_EQ(find_ca_store(search)->folder, root_);
}

TEST_F(CaStoreTest, WhatIsNamedAndDoesNotOpenIsAnErrorAndNeverPassedOver) {
  add("/etc/ssl/cert.pem");
  const auto named = find_ca_store({.named = "/no/ca.pem", .root = root_});
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(named.error().message,
            "cannot open the CA certificates in /no/ca.pem, named by the provider's 'ca_file'");
  EXPECT_EQ(named.error().hint, "name a readable PEM file");
  const auto file = find_ca_store({.ssl_cert_file = root_, .root = root_});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message,
            "cannot open the CA certificates in " + root_ + ", named by SSL_CERT_FILE");
  const auto folder = find_ca_store({.ssl_cert_folder = "/no/certs", .root = root_});
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, "cannot open the CA folder /no/certs, named by SSL_CERT_DIR");
  EXPECT_EQ(folder.error().hint, "name a readable folder of hashed certificates");
}

using TrustTest = SocketTest;

TEST_F(TrustTest, TheEnvironmentIsPartOfTheSearch) {
  ::setenv("SSL_CERT_FILE", "/a.pem", 1);
  ::setenv("SSL_CERT_DIR", "/certs", 1);
  const CaSearch search = ca_search("named");
  EXPECT_EQ(search.named, "named");
  EXPECT_EQ(search.ssl_cert_file, "/a.pem");
  EXPECT_EQ(search.ssl_cert_folder, "/certs");
  EXPECT_EQ(search.root, "");
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
  EXPECT_EQ(ca_search("").ssl_cert_file, "");
}

TEST_F(TrustTest, NothingIsSentToAServerForWhichThereIsNoTrust) {
  LoopbackServer server([](const SeenRequest&) { return answer(200); });
  std::string url = server.url("/machines");
  url.replace(0, 4, "https");
  HttpRequest post = request("POST", url);
  post.options.ca_file = "/no/ca.pem";
  const auto reply = send(post);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(reply.error().message,
            "cannot open the CA certificates in /no/ca.pem, named by the provider's 'ca_file'");
  EXPECT_TRUE(server.seen().empty());
}

}  // namespace
}  // namespace jim

#include "core/base/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/private_folder.h"

namespace jim {
namespace {

namespace fs = std::filesystem;

class DiskFilesTest : public testing::Test {
 protected:
  DiskFilesTest() {
    std::string name = fs::temp_directory_path().string() + "/jim-files-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~DiskFilesTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  static fs::perms mode(const std::string& path) { return fs::status(path).permissions(); }

  std::string folder_ = {};
  DiskFiles files_ = {};
};

TEST_F(DiskFilesTest, WhatIsNoRegularFileIsNotRead) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files_.read(path("pipe")).error().message,
            "cannot read " + path("pipe") + ": it is a named pipe, not a regular file");
  EXPECT_EQ(files_.read("/dev/zero").error().message,
            "cannot read /dev/zero: it is a device, not a regular file");
  EXPECT_EQ(files_.read(folder_).error().message, "cannot read " + folder_ + ": Is a directory");
}

TEST_F(DiskFilesTest, APipeThatAShellHandsInIsRead) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "text", 4), 4);
  ::close(ends[1]);
  const auto text = files_.read("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, "text");
}

TEST_F(DiskFilesTest, WritingFollowsALinkAndLeavesItThere) {
  fs::create_directory(path("below"));
  fs::create_symlink("below/real", path("link"));
  ASSERT_TRUE(files_.write(path("link"), "one"));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(*files_.read(path("below/real")), "one");
  ASSERT_TRUE(files_.write(path("link"), "two"));
  EXPECT_EQ(*files_.read(path("below/real")), "two");
}

TEST_F(DiskFilesTest, WritesIntoAPipeInsteadOfReplacingIt) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files_.write(path("pipe"), "text").error().code, ErrorCode::io);  // nobody reads
  const int reader = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_TRUE(files_.write(path("pipe"), "text"));
  char read[8] = {};
  EXPECT_EQ(::read(reader, read, sizeof read), 4);
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
}

TEST_F(DiskFilesTest, OurFolderIsPrivateAndIgnoredByGitWhoeverMakesIt) {
  ASSERT_EQ(make_private_folder(path("deep/.jim/sandbox")), 0);
  EXPECT_EQ(mode(path("deep/.jim")), fs::perms::owner_all);
  EXPECT_EQ(mode(path("deep/.jim/sandbox")), fs::perms::owner_all);
  EXPECT_EQ(*files_.read(path("deep/.jim/.gitignore")), "*\n");
  EXPECT_NE(mode(path("deep")), fs::perms::owner_all);
}

}  // namespace
}  // namespace jim

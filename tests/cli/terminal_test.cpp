#include "cli/terminal.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace jim {
namespace {

/// Standard error is a terminal of its own, 60 columns wide, while it lives.
class Screen {
 public:
  explicit Screen(const char* term = "xterm") {
    ::setenv("TERM", term, 1);
    termios raw = {};
    ::cfmakeraw(&raw);
    winsize size = {};
    size.ws_col = 60;
    size.ws_row = 20;
    EXPECT_EQ(::openpty(&reader_, &writer_, nullptr, &raw, &size), 0);
    kept_ = ::dup(STDERR_FILENO);
    ::dup2(writer_, STDERR_FILENO);
  }
  ~Screen() {
    ::dup2(kept_, STDERR_FILENO);
    for (const int file : {reader_, writer_, kept_}) ::close(file);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void resize(unsigned short width) const {
    winsize size = {};
    size.ws_col = width;
    size.ws_row = 10;
    ::ioctl(writer_, TIOCSWINSZ, &size);
  }
  /// What was written since the last time.
  std::string written() const {
    EXPECT_EQ(::write(writer_, "\a", 1), 1);  // so that there is always something to read
    std::string text;
    std::array<char, 4096> block = {};
    while (!text.ends_with('\a')) {
      const ssize_t some = ::read(reader_, block.data(), block.size());
      if (some <= 0) break;
      text.append(block.data(), static_cast<std::size_t>(some));
    }
    return text.substr(0, text.size() - 1);
  }

 private:
  int reader_ = -1;
  int writer_ = -1;
  int kept_ = -1;
};

TEST(TerminalTest, LinesAreRewrittenInOneWriteAndTextScrollsUpAboveThem) {
  Screen screen;
  Terminal terminal;
  ASSERT_TRUE(terminal.err_look().live);
  terminal.show("", {"one", "two"});
  EXPECT_EQ(screen.written(), "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
  terminal.show("done\n", {"two"});
  EXPECT_EQ(screen.written(), "\r\x1b[2Adone\x1b[K\ntwo\x1b[K\n\x1b[J");
  terminal.err("log");
  EXPECT_EQ(screen.written(), "\r\x1b[1Alog\x1b[K\ntwo\x1b[K\n\x1b[J");
  terminal.show("", {});
  EXPECT_EQ(screen.written(), "\r\x1b[1A\x1b[J");
  terminal.err("end\n");
  EXPECT_EQ(screen.written(), "end\n");
}

TEST(TerminalTest, NothingIsWrittenWhenNothingChanged) {
  Screen screen;
  Terminal terminal;
  terminal.show("", {"one"});
  EXPECT_NE(screen.written(), "");
  terminal.show("", {"one"});
  EXPECT_EQ(screen.written(), "");
}

TEST(TerminalTest, TheSizeFollowsTheWindow) {
  Screen screen;
  Terminal terminal;
  EXPECT_EQ(terminal.err_look().width, 60);
  screen.resize(77);
  EXPECT_EQ(terminal.measure_err().width, 77);
  EXPECT_EQ(terminal.measure_err().height, 10);
}

TEST(TerminalTest, ADumbTerminalIsNeitherLiveNorColoured) {
  Screen screen("dumb");
  Terminal terminal;
  EXPECT_FALSE(terminal.err_look().live);
  EXPECT_FALSE(terminal.err_look().colour);
  EXPECT_EQ(terminal.err_look().width, 60);
}

TEST(TerminalTest, WhatIsNoTerminalIsNotLiveAndHasAWidthOfItsOwn) {
  Screen screen;
  const int kept = ::dup(STDERR_FILENO);
  std::array<int, 2> ends = {};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::dup2(ends[1], STDERR_FILENO);
  {
    Terminal terminal;
    EXPECT_FALSE(terminal.err_look().live);
    EXPECT_EQ(terminal.err_look().width, 100);
  }
  ::dup2(kept, STDERR_FILENO);
  for (const int file : {kept, ends[0], ends[1]}) ::close(file);
}

}  // namespace
}  // namespace jim

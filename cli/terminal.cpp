#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kBuffer = 65536;
constexpr int kNarrowest = 40;
constexpr std::string_view kClearLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

/// Writes everything; gives errno when it cannot.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool set_in_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

/// The window's size; false where it is not known or too small to be of use.
bool measure(int file, Look& look) {
  winsize size = {};
  if (::ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col < kNarrowest) return false;
  look.width = size.ws_col;
  if (size.ws_row > 0) look.height = size.ws_row;
  return true;
}

Look look_of(int file, ColourMode mode) {
  Look look;
  const bool terminal = ::isatty(file) == 1 && !is_dumb();
  look.colour = mode == ColourMode::always ||
                (mode == ColourMode::automatic && terminal && !set_in_environment("NO_COLOR"));
  if (::isatty(file) == 1 && measure(file, look)) look.live = terminal;
  return look;
}

/// `text` with the rest of each line cleared, since it is written over other lines.
std::string over(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\n') result += kClearLine;
    result += letter;
  }
  return result;
}

}  // namespace

Terminal::Terminal(ColourMode mode) {
  set_colour(mode);
  can_ask_ = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

Terminal::~Terminal() { flush(); }

void Terminal::set_colour(ColourMode mode) {
  out_ = look_of(STDOUT_FILENO, mode);
  err_ = look_of(STDERR_FILENO, mode);
}

void Terminal::out(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBuffer) flush();
}

void Terminal::out_json(std::string_view json) { out(escape_json_control(json)); }

void Terminal::err(std::string_view text) {
  flush();  // so that both streams keep their order on one terminal
  if (!shown_.empty()) return rewrite(text, shown_);
  // Nobody is left to be told when this fails.
  [[maybe_unused]] const int ignored = write_all(STDERR_FILENO, text);
}

void Terminal::show(std::string_view text, std::vector<std::string> lines) {
  if (text.empty() && lines == shown_) return;
  flush();
  rewrite(text, std::move(lines));
}

const Look& Terminal::measure_err() {
  if (err_.live) measure(STDERR_FILENO, err_);
  return err_;
}

std::string Terminal::ask(std::string_view question) {
  // Let through only while the answer is waited for, lest a Ctrl-C right after the question is
  // taken note of and nobody stops waiting.
  sigset_t ends;
  sigset_t before;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, &before);
  err(question);
  std::string line;
  char letter = '\0';
  while (true) {
    fd_set input;
    FD_ZERO(&input);
    FD_SET(STDIN_FILENO, &input);
    const int ready = ::pselect(STDIN_FILENO + 1, &input, nullptr, nullptr, nullptr, &before);
    if (ready < 0 && errno == EINTR) {  // Ctrl-C is no consent
      interrupted_ = true;
      line.clear();
      err("\n");
      break;
    }
    if (ready <= 0 || ::read(STDIN_FILENO, &letter, 1) <= 0 || letter == '\n') break;
    line += letter;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return line;
}

Result<void> Terminal::finish() {
  flush();
  // A reader that has seen enough (`| head`) is no failure.
  if (failed_ == 0 || failed_ == EPIPE) return {};
  return Diagnostic{
      .code = ErrorCode::io,
      .message = std::string("could not write to standard output: ") + std::strerror(failed_)};
}

// One write, so that the terminal never shows half of it.
void Terminal::rewrite(std::string_view text, std::vector<std::string> lines) {
  std::string frame = "\r";
  if (!shown_.empty()) frame += "\x1b[" + std::to_string(shown_.size()) + "A";
  frame += over(text);
  if (!text.empty() && !text.ends_with('\n')) frame += over("\n");
  for (const std::string& line : lines) frame += line + over("\n");
  frame += kClearBelow;
  shown_ = std::move(lines);
  [[maybe_unused]] const int ignored = write_all(STDERR_FILENO, frame);
}

void Terminal::flush() {
  if (buffer_.empty()) return;
  if (!shown_.empty()) rewrite({}, {});  // they come back with the next `show`
  if (failed_ == 0) failed_ = write_all(STDOUT_FILENO, buffer_);
  buffer_.clear();
}

}  // namespace jim

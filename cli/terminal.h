#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace jim {

enum class ColourMode { automatic, always, never };

/// What one stream can show.
struct Look {
  bool colour = false;
  bool live = false;  ///< a terminal whose lines may be rewritten
  int width = 100;  ///< columns; fixed where the stream is no terminal, so that output is the same
                    ///< everywhere
  int height = 24;  ///< lines
};

/// The three standard streams: data goes out, everything that is about the run goes to err.
class Terminal {
 public:
  explicit Terminal(ColourMode mode = ColourMode::automatic);
  /// Ends without a word when the reader has gone; call `finish` to hear of it.
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void set_colour(ColourMode mode);
  const Look& out_look() const { return out_; }
  const Look& err_look() const { return err_; }
  /// Whether a person can be asked: both the question and the answer go through a terminal.
  bool can_ask() const { return can_ask_; }

  /// Data. Written at `finish` or when much has gathered.
  void out(std::string_view text);
  /// Data that is JSON: what is not safe for a terminal is written as an escape, which reads back
  /// the same.
  void out_json(std::string_view json);
  /// About the run; written at once.
  void err(std::string_view text);
  /// Writes `text`, which stays, and `lines` below everything else, rewritten by the next call in
  /// one piece; none ends that. Each must fit into the width. For a stderr that is live. The cursor
  /// is left alone on the line below, so there is nothing to restore when the program is killed.
  void show(std::string_view text, std::vector<std::string> lines);
  /// What stderr can show now: its window may have changed.
  const Look& measure_err();
  /// Puts `question` and reads a line; empty at the end of input and when a signal comes.
  std::string ask(std::string_view question);
  /// A signal came instead of an answer.
  bool interrupted() const { return interrupted_; }
  /// Writes what is left. Fails with io, naming the reason, when any of the data did not get out,
  /// but not when its reader went away.
  Result<void> finish();

 private:
  void flush();
  /// Writes `text`, whole lines, in the place of the lines of `show`, and `lines` below it.
  void rewrite(std::string_view text, std::vector<std::string> lines);

  Look out_ = {};
  Look err_ = {};
  bool can_ask_ = false;
  bool interrupted_ = false;
  std::vector<std::string> shown_ = {};  ///< the lines of `show` that are on the screen
  std::string buffer_ = {};
  int failed_ = 0;  ///< errno of the first write to stdout that failed
};

}  // namespace jim

#include "cli/render/progress.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "cli/render/columns.h"
#include "cli/render/duration.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kParts = 4;  // address, action, what it waits for, time
constexpr std::size_t kWhat = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kIndent = 2;  // as in a plan
constexpr std::size_t kSign = 4;

using Row = std::array<std::string, kParts>;

/// A time that goes on: whole seconds, so that nothing but the seconds moves.
std::string running_text(Duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  if (seconds < std::chrono::seconds(10)) return std::to_string(seconds.count()) + " s";
  return duration_text(seconds);
}

std::string time_text(const RunningChange& change) {
  std::string text = running_text(change.elapsed);
  if (change.expected > Duration::zero()) text += " of ~" + duration_text(change.expected);
  return text;
}

Row row_of(const RunningChange& change) {
  return {escape_control(change.address), std::string(action_word(change.action)),
          escape_control(change.what), time_text(change)};
}

/// Widths under which a row takes at most `most` columns: first what is waited for gives way, then
/// the address.
std::array<std::size_t, kParts> fit(const std::vector<Row>& rows, std::size_t most) {
  std::array<std::size_t, kParts> widths = {};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < kParts; ++i) widths[i] = std::max(widths[i], columns(row[i]));
  std::size_t sum = 0;
  for (const std::size_t one : widths) sum += one > 0 ? one + kGap : 0;
  sum -= std::min(sum, kGap);  // none after the last
  for (const std::size_t part : {kWhat, std::size_t{0}, std::size_t{1}}) {
    const std::size_t over = sum > most ? sum - most : 0;
    const std::size_t less = std::min(over, widths[part]);
    widths[part] -= less;
    sum -= less;
  }
  return widths;
}

std::string padded(const std::string& text, std::size_t wide) {
  const std::string shown = cut_columns(text, wide);
  return shown + std::string(wide - std::min(wide, columns(shown)), ' ');
}

std::string painted_sign(Action action, const Paint& paint) {
  const std::string sign = padded(std::string(action_sign(action)), kSign);
  if (action == Action::remove || action == Action::replace) return paint.red(sign);
  if (action == Action::create || action == Action::adopt) return paint.green(sign);
  return paint.yellow(sign);
}

std::string line_of(const RunningChange& change, const Row& row,
                    const std::array<std::size_t, kParts>& widths, const Paint& paint) {
  std::string text;
  for (std::size_t i = 0; i < kParts; ++i)
    if (widths[i] > 0) text += padded(row[i], widths[i]) + std::string(kGap, ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  return std::string(kIndent, ' ') + painted_sign(change.action, paint) + text;
}

std::string counts_line(const ProgressState& state) {
  std::string text = std::to_string(state.done) + " of " + std::to_string(state.total) +
                     " done · " + std::to_string(state.running.size()) + " running · " +
                     running_text(state.elapsed);
  if (state.stopping) text += " · stopping, nothing new is started";
  return text;
}

}  // namespace

std::vector<std::string> progress_lines(const ProgressState& state, const Paint& paint,
                                        const ProgressSize& size) {
  const std::size_t places = std::max<std::size_t>(size.height, 3) - 1;  // one is for the counts
  const std::size_t all = state.running.size();
  const std::size_t shown = all <= places ? all : places - 1;
  std::vector<Row> rows;
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(row_of(state.running[i]));
  const auto widths = fit(rows, size.width - std::min(size.width, kIndent + kSign));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < shown; ++i)
    lines.push_back(line_of(state.running[i], rows[i], widths, paint));
  if (shown < all)
    lines.push_back(std::string(kIndent + kSign, ' ') +
                    paint.dim("and " + std::to_string(all - shown) + " more"));
  lines.push_back(paint.dim(cut_columns("  " + counts_line(state), size.width)));
  return lines;
}

std::string reading_line(std::size_t requests, Duration elapsed, const Paint& paint,
                         std::size_t width) {
  return paint.dim(cut_columns(
      "Reading live state  " + counted(requests, "request") + " · " + running_text(elapsed),
      width));
}

}  // namespace jim

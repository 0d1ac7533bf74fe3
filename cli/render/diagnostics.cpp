#include "cli/render/diagnostics.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "cli/render/columns.h"
#include "core/base/text.h"

namespace jim {

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kNumberColumns = 5;  // a line number is right aligned in these
constexpr std::size_t kGutter = kNumberColumns + 3;
constexpr std::array<std::string_view, 7> kSecretSounds = {
    "token", "secret", "passw", "passphrase", "credential", "private_key", "api_key"};

std::string heading(Severity severity, const Paint& paint) {
  switch (severity) {
    case Severity::error:
      return paint.red("error:");
    case Severity::warning:
      return paint.yellow("warning:");
    case Severity::note:
      return paint.cyan("note:");
  }
  return {};
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" -"), line.size());
}

bool is_key_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool sounds_secret(const std::string& key) {
  const std::string small = lower(key);
  return std::any_of(kSecretSounds.begin(), kSecretSounds.end(), [&](std::string_view sound) {
    return small.find(sound) != std::string::npos;
  });
}

/// Whether a URL on the line has a user, and so maybe a password, or a query, which may hold a
/// token.
bool has_private_url(std::string_view line) {
  for (std::size_t at = line.find("://"); at != std::string_view::npos; at = line.find("://", at)) {
    at += 3;
    const std::string_view url = line.substr(at, line.find_first_of(" \"'", at) - at);
    const bool has_user = url.substr(0, url.find('/')).find('@') != std::string_view::npos;
    if (has_user || url.find('?') != std::string_view::npos) return true;
  }
  return false;
}

/// Whether any `key:` on the line is secret, be it written as YAML or as JSON. One that only sounds
/// so must have a text: `token-service:` alone is a name.
bool has_secret_key(std::string_view line, const std::set<std::string>& secret_keys) {
  if (line.find("sensitive(") != std::string_view::npos || has_private_url(line)) return true;
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos;
       colon = line.find(':', colon + 1)) {
    std::size_t end = colon;
    while (end > 0 && !is_key_letter(line[end - 1])) --end;
    std::size_t start = end;
    while (start > 0 && is_key_letter(line[start - 1])) --start;
    const std::string key(line.substr(start, end - start));
    if (secret_keys.contains(key)) return true;
    if (sounds_secret(key) && !trim(line.substr(colon + 1)).empty()) return true;
  }
  return false;
}

/// Whether the line, or one of those it is indented below, has a secret key. `line` counts from 0.
bool may_hold_secret(const Lines& lines, std::size_t line,
                     const std::set<std::string>& secret_keys) {
  if (has_secret_key(lines[line], secret_keys)) return true;
  std::size_t indent = indent_of(lines[line]);
  while (line-- > 0 && indent > 0) {
    if (trim(lines[line]).empty() || indent_of(lines[line]) >= indent) continue;
    indent = indent_of(lines[line]);
    if (has_secret_key(lines[line], secret_keys)) return true;
  }
  return false;
}

/// A line made safe, and the part of it that fits with the column of the caret in that part.
struct Excerpt {
  std::string text = {};
  std::size_t caret = 0;
};

Excerpt excerpt(const std::string& line, std::size_t letters_before, std::size_t most) {
  const std::size_t split = bytes_of_letters(line, letters_before);
  std::string before = escape_control(line.substr(0, split));
  std::string after = escape_control(line.substr(split));
  const std::size_t have = columns(before) + columns(after);
  // The place stands in the middle of what is shown, further right only near the line's end.
  const std::size_t keep = std::max(most / 2, most - std::min(most, columns(after)));
  if (have > most && columns(before) > keep) {
    while (columns(before) + 1 > keep && !before.empty())
      before.erase(0, bytes_of_letters(before, 1));
    before.insert(0, "…");
  }
  const std::size_t caret = columns(before);
  return {before + cut_columns(after, most - std::min(most, caret)), caret};
}

class Sources {
 public:
  explicit Sources(const ReadSource& read) : read_(read) {}

  /// The file's lines without their ends; none when it cannot be read.
  const Lines& lines(const std::string& file) {
    const auto [found, fresh] = known_.try_emplace(file);
    if (!fresh || file.empty()) return found->second;
    const auto text = read_(file);
    if (!text) return found->second;
    std::string_view whole = *text;
    if (whole.starts_with("\xef\xbb\xbf")) whole.remove_prefix(3);
    found->second = split(whole, "\n");
    for (std::string& line : found->second)
      if (line.ends_with('\r')) line.pop_back();
    return found->second;
  }

 private:
  const ReadSource& read_;
  std::map<std::string, Lines> known_ = {};
};

std::string snippet(const SourceLocation& where, Sources& sources, const DiagnosticsLook& look) {
  const Lines& lines = sources.lines(where.file);
  const auto number = static_cast<std::size_t>(where.line);
  if (number > lines.size() || trim(lines[number - 1]).empty()) return {};
  if (may_hold_secret(lines, number - 1, look.secret_keys)) return {};
  const auto column = static_cast<std::size_t>(std::max(where.column, 1));
  const std::size_t most = look.width > 2 * kGutter ? look.width - kGutter : kGutter;
  const Excerpt shown = excerpt(lines[number - 1], column - 1, most);
  std::string label = std::to_string(number);
  if (label.size() < kNumberColumns) label.insert(0, kNumberColumns - label.size(), ' ');
  std::string text = look.paint.dim(label + " |") + " " + shown.text + "\n";
  if (where.column > 0)
    text += std::string(label.size(), ' ') + look.paint.dim(" |") + " " +
            std::string(shown.caret, ' ') + look.paint.red("^") + "\n";
  return text;
}

std::string place_text(const SourceLocation& where) {
  std::string text = escape_control(where.file) + ":" + std::to_string(where.line) + ":";
  if (where.column > 0) text += std::to_string(where.column) + ":";
  return text;
}

}  // namespace

std::string diagnostics_text(const Diagnostics& diagnostics, const ReadSource& read,
                             const DiagnosticsLook& look) {
  Sources sources(read);
  std::string text;
  for (const Diagnostic& one : diagnostics) {
    if (one.where.line > 0) text += look.paint.bold(place_text(one.where)) + " ";
    text += heading(one.severity, look.paint) + " " + escape_control(one.message) + "\n";
    if (one.where.line > 0) text += snippet(one.where, sources, look);
    if (!one.hint.empty())
      text += "  " + look.paint.cyan("hint:") + " " + escape_control(one.hint) + "\n";
  }
  return text;
}

}  // namespace jim

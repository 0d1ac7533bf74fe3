#include "core/config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "core/base/text.h"
#include "core/config/yaml_scalar.h"

namespace jim {

namespace {

constexpr std::size_t kLargestText = 16u << 20;
/// With aliases written out: a few lines of them can otherwise mean billions.
constexpr std::size_t kMostNodes = 1'000'000;
constexpr std::size_t kMostDepth = 64;

Diagnostic wrong(std::string message, std::string hint, SourceLocation where) {
  return {.code = ErrorCode::invalid_config,
          .message = std::move(message),
          .hint = std::move(hint),
          .where = std::move(where)};
}

/// Thrown to leave yaml-cpp's parser; caught in this file.
struct Refused {
  Diagnostic why = {};
};

/// Turns yaml-cpp's marks, which count bytes from 0, into lines and characters from 1.
class Places {
 public:
  Places(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
    lines_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') lines_.push_back(i + 1);
  }

  SourceLocation at(const YAML::Mark& mark) {
    if (mark.is_null()) return {.file = file_, .line = 1, .column = 1};
    go_to(offset(mark));
    return {.file = file_, .line = mark.line + 1, .column = column_};
  }

  /// Where the text of a scalar starts, which itself starts at `mark`.
  SourceLocation first_character(const YAML::Mark& mark) {
    SourceLocation where = at(mark);
    const std::size_t start = offset(mark);
    const char first = start < text_.size() ? text_[start] : ' ';
    if (first == '"' || first == '\'') ++where.column;
    const auto below = static_cast<std::size_t>(where.line);
    if ((first != '|' && first != '>') || below >= lines_.size()) return where;
    const std::size_t next = text_.find_first_not_of(' ', lines_[below]);
    return {
        .file = file_,
        .line = where.line + 1,
        .column = next == std::string_view::npos ? 1 : static_cast<int>(next - lines_[below]) + 1};
  }

  /// The place of a tab before the first word of this line.
  std::optional<SourceLocation> tab_in_indentation(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    if (line >= lines_.size()) return std::nullopt;
    const std::size_t first = text_.find_first_not_of(' ', lines_[line]);
    if (first == std::string_view::npos || text_[first] != '\t') return std::nullopt;
    return SourceLocation{
        .file = file_, .line = mark.line + 1, .column = static_cast<int>(first - lines_[line]) + 1};
  }

  /// Whether a text in quotes that starts at `mark` has its second quote: yaml-cpp takes the end of
  /// the file for one when a line break is before it.
  bool is_closed(const YAML::Mark& mark) const {
    const std::size_t start = offset(mark);
    const char quote = start < text_.size() ? text_[start] : ' ';
    if (quote != '"' && quote != '\'') return true;
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || text_.substr(i + 1, 1) != "'") return true;
        ++i;
      }
    }
    return false;
  }

  const std::string& file() const { return file_; }

  /// A line, counted from 1, without its end; empty when there is none.
  std::string_view line(int number) const {
    if (number < 1 || static_cast<std::size_t>(number) > lines_.size()) return {};
    const std::size_t start = lines_[static_cast<std::size_t>(number) - 1];
    return text_.substr(start, text_.find('\n', start) - start);
  }
  /// The place of a line's byte, counted from 0.
  SourceLocation at_byte(int number, std::size_t byte) {
    go_to(lines_[static_cast<std::size_t>(number) - 1] + byte);
    return {.file = file_, .line = number, .column = column_};
  }

 private:
  std::size_t offset(const YAML::Mark& mark) const {
    const auto line = std::min(static_cast<std::size_t>(mark.line), lines_.size() - 1);
    return std::min(lines_[line] + static_cast<std::size_t>(mark.column), text_.size());
  }

  // Marks come nearly in order, so that going on from the last one keeps long lines cheap.
  void go_to(std::size_t offset) {
    const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
    const std::size_t start = *std::prev(after);
    if (start != line_start_) {
      line_start_ = at_ = start;
      column_ = 1;
    }
    const auto is_start = [this](std::size_t i) {
      return (static_cast<unsigned char>(text_[i]) & 0xc0) != 0x80;
    };
    for (; at_ < offset; ++at_)
      if (is_start(at_)) ++column_;
    while (at_ > offset)
      if (is_start(--at_)) --column_;
  }

  std::string file_;
  std::string_view text_;
  std::vector<std::size_t> lines_ = {};
  std::size_t line_start_ = 0;
  std::size_t at_ = 0;
  int column_ = 1;
};

/// Builds nodes from yaml-cpp's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(Places& places, Diagnostics& diagnostics) : places_(places), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.node = node_at(mark, YamlNode::Kind::scalar)}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    node.text = text;
    node.text_where = places_.first_character(mark);
    node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (node.quoted && !places_.is_closed(mark))
      throw Refused{wrong("a text in quotes has no end",
                          "close it with the quote that it starts with", node.where)};
    check_tag(tag, node.where);
    auto value = node.quoted ? Result<Value>(Value(text)) : detail::plain_scalar(text);
    if (value)
      node.scalar = std::move(*value);
    else
      report(value.error(), node.where);
    add({.node = std::move(node)}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw Refused{wrong("this alias points into itself",
                          "an alias can only repeat what stands complete before it",
                          places_.at(mark))};
    count(found->second.size, mark);
    Built copy = found->second;
    copy.node.where = places_.at(mark);
    add(std::move(copy), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::list, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::map, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  bool has_root() const { return has_root_; }
  /// The place of the list or map that is open now; line 0 when none is.
  SourceLocation innermost() const {
    return stack_.empty() ? SourceLocation() : stack_.back().built.node.where;
  }
  YamlNode take_root() { return std::move(root_); }

 private:
  /// A node with how much it holds, itself included.
  struct Built {
    YamlNode node = {};
    std::size_t size = 1;
    std::size_t depth = 1;
  };

  struct Open {
    Built built = {};
    YAML::Mark mark = {};
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    bool merges_next = false;  ///< the key is `<<`
    YamlNode::Entry entry = {};
    std::unordered_map<std::string, std::size_t> keys = {};  ///< to entries
    std::vector<YamlNode> merges = {};
    SourceLocation merge_where = {};
  };

  void report(Diagnostic found, const SourceLocation& where) {
    found.where = where;
    diagnostics_.push_back(std::move(found));
  }

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
    count(1, mark);
    YamlNode node;
    node.kind = kind;
    node.where = places_.at(mark);
    return node;
  }

  void count(std::size_t nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ > kMostNodes)
      throw Refused{wrong(
          fmt::format("with its aliases written out, the file has more than {} values", kMostNodes),
          "use fewer aliases, or 'count' and 'for_each'", places_.at(mark))};
  }

  void check_tag(const std::string& tag, const SourceLocation& where) {
    static constexpr std::array<std::string_view, 9> kKnown = {
        "", "?", "!", "str", "int", "float", "bool", "null", "map"};
    static constexpr std::string_view kCore = "tag:yaml.org,2002:";
    const std::string_view word =
        tag.starts_with(kCore) ? std::string_view(tag).substr(kCore.size()) : tag;
    if (word == "seq" || std::find(kKnown.begin(), kKnown.end(), word) != kKnown.end()) return;
    report(wrong(fmt::format("the tag '{}' means nothing here", escape_control(tag)),
                 "take it away; plain values need no tag", {}),
           where);
  }

  void check_depth(std::size_t inner, const SourceLocation& where) {
    if (stack_.size() + inner > kMostDepth)
      throw Refused{
          wrong(fmt::format("values are nested more than {} levels deep", kMostDepth), "", where)};
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& tag,
            YAML::anchor_t anchor) {
    Open open = {.built = {.node = node_at(mark, kind)}, .mark = mark, .anchor = anchor};
    check_tag(tag, open.built.node.where);
    check_depth(1, open.built.node.where);
    stack_.push_back(std::move(open));
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    apply_merges(done);
    add(std::move(done.built), done.anchor, done.mark);
  }

  /// Keys of the map itself win over merged ones, earlier merged ones over later.
  static void apply_merges(Open& open) {
    for (YamlNode& merged : open.merges)
      for (YamlNode::Entry& entry : merged.entries)
        if (open.keys.emplace(entry.key, open.built.node.entries.size()).second)
          open.built.node.entries.push_back(std::move(entry));
  }

  void add(Built built, YAML::anchor_t anchor, const YAML::Mark& mark = {}) {
    if (anchor != 0) {
      count(built.size, mark);  // the copy that the anchor keeps
      anchors_[anchor] = built;
    }
    if (stack_.empty()) {
      root_ = std::move(built.node);
      has_root_ = true;
      return;
    }
    check_depth(built.depth, built.node.where);
    Open& open = stack_.back();
    Built& outer = open.built;
    outer.size += built.size;
    outer.depth = std::max(outer.depth, built.depth + 1);
    if (outer.node.kind == YamlNode::Kind::list)
      outer.node.items.push_back(std::move(built.node));
    else if (!open.has_key)
      add_key(open, built.node);
    else
      add_value(open, std::move(built.node));
  }

  static void add_key(Open& open, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar)
      throw Refused{wrong(fmt::format("a key must be plain text, not {}", kind_name(node)),
                          "an expression needs quotes: \"${...}\"", node.where)};
    if (node.text.empty() && !node.quoted)
      throw Refused{wrong("a key is missing before ':'", "", node.where)};
    open.has_key = true;
    open.merges_next = node.text == "<<" && !node.quoted;
    open.entry = {.key = node.text, .where = node.where};
  }

  void add_value(Open& open, YamlNode node) {
    open.has_key = false;
    std::vector<YamlNode::Entry>& entries = open.built.node.entries;
    if (open.merges_next && open.merge_where.line == 0) {
      open.merge_where = open.entry.where;
      return add_merge(open, std::move(node));
    }
    const auto [first, fresh] = open.keys.emplace(open.entry.key, entries.size());
    if (!fresh || open.merges_next) {
      const SourceLocation& there =
          open.merges_next ? open.merge_where : entries[first->second].where;
      return report(
          wrong(
              fmt::format("'{}' is here twice; the first is at {}:{}:{}",
                          escape_control(open.entry.key), there.file, there.line, there.column),
              open.merges_next ? "merge several maps by a list: <<: [*a, *b]" : "keep one of them",
              {}),
          open.entry.where);
    }
    open.entry.value = std::move(node);
    entries.push_back(std::move(open.entry));
  }

  void add_merge(Open& open, YamlNode node) {
    std::vector<YamlNode> parts;
    if (node.kind == YamlNode::Kind::list)
      parts = std::move(node.items);
    else
      parts.push_back(std::move(node));
    for (YamlNode& part : parts) {
      if (part.kind == YamlNode::Kind::map)
        open.merges.push_back(std::move(part));
      else
        report(wrong(fmt::format("'<<' takes a map or a list of maps, not {}", kind_name(part)),
                     "point it at the anchor of a map: <<: *defaults", {}),
               part.where);
    }
  }

  Places& places_;
  Diagnostics& diagnostics_;
  std::vector<Open> stack_ = {};
  std::unordered_map<YAML::anchor_t, Built> anchors_ = {};
  std::size_t nodes_ = 0;
  YamlNode root_ = {};
  bool has_root_ = false;
};

/// The place of byte `offset`; the text need not be UTF-8.
SourceLocation place(std::string_view text, std::size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {.file = file,
          .line = static_cast<int>(line) + 1,
          .column = static_cast<int>(width(before.substr(start))) + 1};
}

/// Refuses bytes that yaml-cpp would pass on, stumble over or read to no end.
bool check_bytes(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  const auto refuse = [&](std::size_t offset, const std::string& message, const std::string& hint) {
    diagnostics.push_back(wrong(message, hint, place(text, offset, file)));
    return false;
  };
  if (text.size() > kLargestText)
    return refuse(0, fmt::format("the file is larger than {} MiB", kLargestText >> 20),
                  "use 'count' and 'for_each', or split it with 'include'");
  if (const std::size_t bad = find_bad_utf8(text); bad != std::string_view::npos)
    return refuse(bad, "the file is not UTF-8 text here", "save it as UTF-8");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\t') continue;
    if (byte == '\r' && text.substr(i + 1, 1) == "\n") continue;
    return refuse(i, fmt::format("a control character (\\x{:02x}) stands in the file", byte),
                  R"(in a text write it as an escape: "\x1b")");
  }
  return true;
}

struct Saying {
  std::string_view theirs = {};
  std::string_view ours = {};
  std::string_view hint = {};
};

// What yaml-cpp says of its own grammar, said of the user's file. The first that fits counts.
constexpr std::string_view kEqualKeys = "indent the keys of one map equally";
constexpr std::string_view kQuoted =
    R"(between braces and brackets an expression stands in quotes: { name: "${var.name}" })";
constexpr std::array<Saying, 16> kSayings = {{
    {"end of map not found", "this line does not fit the map above it", kEqualKeys},
    {"end of map flow not found", "',' or '}' is missing in the map that starts here", kQuoted},
    {"end of sequence not found", "this line does not fit the list above it",
     "indent all '-' of one list equally"},
    {"end of sequence flow not found", "',' or ']' is missing in the list that starts here",
     kQuoted},
    {"illegal map value", "a ':' stands where none can be",
     "put text that holds ': ' in quotes, and indent the keys of one map equally"},
    {"illegal map key", "no key can stand here", kEqualKeys},
    {"illegal block entry", "no '-' can stand here", "start a list on a line of its own"},
    {"illegal flow end", "this bracket closes nothing", "put it in quotes if it is meant as text"},
    {"illegal EOF in scalar", "a text in quotes has no end",
     "close it with the quote that it starts with"},
    {"illegal document indicator in scalar", "a text in quotes has no end",
     "close it with the quote that it starts with"},
    {"unknown escape character", "this escape does not exist",
     "double the backslash, or use single quotes"},
    {"the referenced anchor is not defined", "this alias has no anchor",
     "write '&name' before the value that '*name' repeats"},
    {"alias not found after *", "a '*' starts an alias", "put it in quotes if it is meant as text"},
    {"anchor not found after &", "a '&' starts an anchor",
     "put it in quotes if it is meant as text"},
    {"unknown token", "no value can start with this character",
     "put it in quotes if it is meant as text"},
    {"illegal tab when looking for indentation", "a tab stands in the indentation",
     "YAML indents with spaces only"},
}};

/// Where a text in double quotes ends inside its expression, by a quote that was meant for the
/// expression: `"${file("x")}"`. Counted from 0; npos when there is no such place in the line.
std::size_t quote_inside_expression(std::string_view line) {
  char open = '\0';
  std::size_t start = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (open == '\0') {
      const bool begins = letter == '"' || letter == '\'';
      // An apostrophe inside a plain word opens nothing.
      if (!begins ||
          (i > 0 && std::string_view(" \t[{,:").find(line[i - 1]) == std::string_view::npos))
        continue;
      open = letter;
      start = i;
    } else if (open == '"' && letter == '\\') {
      ++i;
    } else if (letter == open) {
      const std::string_view text = line.substr(start, i - start);
      const std::size_t expression = text.rfind("${");
      if (open == '"' && expression != std::string_view::npos &&
          text.find('}', expression) == std::string_view::npos)
        return i;
      open = '\0';
    }
  }
  return std::string_view::npos;
}

/// The mistake that people from Terraform make, whose expressions have quotes of their own.
std::optional<Diagnostic> quote_in_quotes(Places& places, int line) {
  const std::size_t at = quote_inside_expression(places.line(line));
  if (at == std::string_view::npos) return std::nullopt;
  return wrong("this double quote ends the text in the middle of its ${...}",
               R"(use single quotes inside, "${file('a.txt')}", or around the whole text)",
               places.at_byte(line, at));
}

Diagnostic said_plainly(const YAML::ParserException& error, const SourceLocation& innermost,
                        Places& places) {
  for (const int line : {places.at(error.mark).line, innermost.line})
    if (auto quotes = quote_in_quotes(places, line)) return *std::move(quotes);
  if (const auto tab = places.tab_in_indentation(error.mark))
    return wrong(std::string(kSayings.back().ours), std::string(kSayings.back().hint), *tab);
  // At the end of the text the parser often has no place, but a list or map is still open.
  const bool unclosed = error.msg.find("flow not found") != std::string::npos;
  const SourceLocation where = unclosed && innermost.line != 0 ? innermost : places.at(error.mark);
  for (const Saying& saying : kSayings)
    if (error.msg.starts_with(saying.theirs))
      return wrong(std::string(saying.ours), std::string(saying.hint), where);
  return wrong("this is not YAML: " + escape_control(lower(error.msg)), "", where);
}

}  // namespace

bool read_yaml(std::string_view text, const std::string& file, YamlNode& root,
               Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!check_bytes(text, file, diagnostics)) return false;
  Places places(file, text);
  Builder builder(places, diagnostics);
  Diagnostics ignored;
  Builder second(places, ignored);
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    if (!parser.HandleNextDocument(builder) || !builder.has_root()) {
      diagnostics.push_back(wrong("the file is empty", "", {.file = file, .line = 1, .column = 1}));
      return false;
    }
    root = builder.take_root();
    if (parser.HandleNextDocument(second))
      diagnostics.push_back(wrong("the file holds more than one YAML document",
                                  "keep one; several files go together by 'include' or '-f'",
                                  second.take_root().where));
  } catch (const Refused& refused) {
    diagnostics.push_back(refused.why);
  } catch (const YAML::ParserException& error) {
    diagnostics.push_back(said_plainly(error, builder.innermost(), places));
  } catch (const std::exception& error) {
    diagnostics.push_back(wrong(std::string("this is not YAML: ") + error.what(), "",
                                {.file = file, .line = 1, .column = 1}));
  }
  return diagnostics.size() == before;
}

}  // namespace jim

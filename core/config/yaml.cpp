#include "core/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kLargestText = 16u << 20;
constexpr std::size_t kMostNodes = 2'000'000;  ///< aliases expanded: a few lines can otherwise mean billions
constexpr std::size_t kMostDepth = 64;

/// Thrown to leave yaml-cpp's parser; caught in this file.
struct Refused {
  Diagnostic why = {};
};

/// The scalar by the core schema of YAML 1.2, which knows no `yes`, no octal `010` and no base-60 numbers.
Value scalar_value(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
    return Value();
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const bool negative = text[0] == '-';
  const bool sign = negative || text[0] == '+';
  const std::string_view digits = std::string_view(text).substr(sign ? 1 : 0);
  if (digits.empty()) return text;
  const auto whole = [&](std::string_view part, int base) -> std::optional<std::int64_t> {
    std::int64_t number = 0;
    const std::string signed_part = (negative ? "-" : "") + std::string(part);
    const char* end = signed_part.data() + signed_part.size();
    const auto [rest, error] = std::from_chars(signed_part.data(), end, number, base);
    if (part.empty() || error != std::errc() || rest != end) return std::nullopt;
    return number;
  };
  if (!sign && digits.starts_with("0x")) {
    if (auto number = whole(digits.substr(2), 16)) return *number;
    return text;
  }
  if (!sign && digits.starts_with("0o")) {
    if (auto number = whole(digits.substr(2), 8)) return *number;
    return text;
  }
  if (digits.find_first_not_of("0123456789") == std::string_view::npos) {
    if (auto number = whole(digits, 10)) return *number;
  }
  const bool shaped = digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
                      digits.find_first_of("0123456789") != std::string_view::npos &&
                      (std::isdigit(static_cast<unsigned char>(digits[0])) != 0 ||
                       (digits[0] == '.' && digits.size() > 1));
  if (!shaped) return text;
  double number = 0;
  const std::string signed_text = (negative ? "-" : "") + std::string(digits);
  const char* end = signed_text.data() + signed_text.size();
  const auto [rest, error] = std::from_chars(signed_text.data(), end, number);
  if (error != std::errc() || rest != end) return text;
  return number;
}

/// Builds nodes from yaml-cpp's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string file, std::string_view text, Diagnostics& diagnostics)
      : file_(std::move(file)), text_(text), diagnostics_(diagnostics) {
    lines_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') lines_.push_back(i + 1);
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(node_at(mark, YamlNode::Kind::scalar), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    node.text = text;
    node.text_where = first_character(mark);
    node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    check_tag(tag, mark);
    if (!node.quoted && is_special_number(text)) {
      diagnostics_.push_back({.code = ErrorCode::invalid_config,
                              .message = "'" + text + "' is no number that jim can use",
                              .hint = "put it in quotes if it is meant as text",
                              .where = node.where});
    }
    node.scalar = node.quoted ? Value(text) : scalar_value(text);
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw Refused{{.code = ErrorCode::invalid_config,
                     .message = "this alias points into itself",
                     .hint = "an alias can only repeat what stands complete before it",
                     .where = at(mark)}};
    count(size_of(found->second), mark);
    YamlNode copy = found->second;
    copy.where = at(mark);
    add(std::move(copy), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node_at(mark, YamlNode::Kind::list), tag, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node_at(mark, YamlNode::Kind::map), tag, mark, anchor);
  }
  void OnMapEnd() override { close(); }

  YamlNode take_root() { return std::move(root_); }
  bool has_root() const { return has_root_; }

 private:
  struct Open {
    YamlNode node = {};
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    YamlNode::Entry entry = {};
    std::map<std::string, SourceLocation> keys = {};
    std::vector<YamlNode> merges = {};
  };

  SourceLocation at(const YAML::Mark& mark) const {
    return {.file = file_, .line = mark.line + 1, .column = mark.column + 1};
  }

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.where = at(mark);
    return node;
  }

  SourceLocation first_character(const YAML::Mark& mark) const {
    SourceLocation where = at(mark);
    const auto line = static_cast<std::size_t>(mark.line);
    if (line >= lines_.size()) return where;
    const std::size_t offset = lines_[line] + static_cast<std::size_t>(mark.column);
    if (offset >= text_.size()) return where;
    if (text_[offset] == '"' || text_[offset] == '\'') ++where.column;
    if ((text_[offset] == '|' || text_[offset] == '>') && line + 1 < lines_.size()) {
      ++where.line;
      const std::size_t start = lines_[line + 1];
      const std::size_t first = text_.find_first_not_of(" ", start);
      where.column = first == std::string_view::npos ? 1 : static_cast<int>(first - start) + 1;
    }
    return where;
  }

  static bool is_special_number(const std::string& text) {
    const std::string small = lower(text);
    return small == ".nan" || small == ".inf" || small == "-.inf" || small == "+.inf";
  }

  static std::size_t size_of(const YamlNode& node) {
    std::size_t size = 1;
    for (const YamlNode& item : node.items) size += size_of(item);
    for (const auto& entry : node.entries) size += size_of(entry.value);
    return size;
  }

  void count(std::size_t nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ > kMostNodes)
      throw Refused{{.code = ErrorCode::invalid_config,
                     .message = "with its aliases written out, this file has more than " +
                                std::to_string(kMostNodes) + " values",
                     .hint = "use fewer aliases, or 'count' and 'for_each'",
                     .where = at(mark)}};
  }

  void check_tag(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:")) return;
    diagnostics_.push_back({.code = ErrorCode::invalid_config,
                            .message = "the tag '" + escape_control(tag) + "' means nothing here",
                            .hint = "take it away; plain values need no tag",
                            .where = at(mark)});
  }

  void open(YamlNode node, const std::string& tag, const YAML::Mark& mark, YAML::anchor_t anchor) {
    check_tag(tag, mark);
    if (stack_.size() >= kMostDepth)
      throw Refused{{.code = ErrorCode::invalid_config,
                     .message = "values are nested more than " + std::to_string(kMostDepth) +
                                " levels deep",
                     .where = node.where}};
    count(1, mark);
    stack_.push_back({.node = std::move(node), .anchor = anchor});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    apply_merges(done);
    add(std::move(done.node), done.anchor);
  }

  /// Keys of the map itself win over merged ones, earlier merged ones over later.
  void apply_merges(Open& open) {
    for (YamlNode& merged : open.merges) {
      for (YamlNode::Entry& entry : merged.entries) {
        if (open.keys.contains(entry.key)) continue;
        open.keys.emplace(entry.key, entry.where);
        open.node.entries.push_back(std::move(entry));
      }
    }
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    if (node.kind == YamlNode::Kind::scalar && ++nodes_ > kMostNodes) {
      throw Refused{{.code = ErrorCode::invalid_config,
                     .message = "this file has more than " + std::to_string(kMostNodes) + " values",
                     .where = node.where}};
    }
    if (anchor != 0) anchors_[anchor] = node;
    if (stack_.empty()) {
      root_ = std::move(node);
      has_root_ = true;
      return;
    }
    Open& open = stack_.back();
    if (open.node.kind == YamlNode::Kind::list) {
      open.node.items.push_back(std::move(node));
    } else if (!open.has_key) {
      add_key(open, node);
    } else {
      add_value(open, std::move(node));
    }
  }

  void add_key(Open& open, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar)
      throw Refused{{.code = ErrorCode::invalid_config,
                     .message = "a key must be plain text, not a list or a map",
                     .hint = "an expression as a value needs quotes: key: \"${...}\"",
                     .where = node.where}};
    open.has_key = true;
    open.entry = {.key = node.text, .where = node.where};
  }

  void add_value(Open& open, YamlNode node) {
    open.has_key = false;
    if (open.entry.key == "<<") {
      add_merge(open, std::move(node));
      return;
    }
    const auto [first, fresh] = open.keys.emplace(open.entry.key, open.entry.where);
    if (!fresh) {
      diagnostics_.push_back(
          {.code = ErrorCode::invalid_config,
           .message = "'" + escape_control(open.entry.key) + "' is here twice; the first is at " +
                      first->second.file + ":" + std::to_string(first->second.line),
           .hint = "keep one of them",
           .where = open.entry.where});
      return;
    }
    open.entry.value = std::move(node);
    open.node.entries.push_back(std::move(open.entry));
  }

  void add_merge(Open& open, YamlNode node) {
    std::vector<YamlNode> parts;
    if (node.kind == YamlNode::Kind::list) {
      parts = std::move(node.items);
    } else {
      parts.push_back(std::move(node));
    }
    for (YamlNode& part : parts) {
      if (part.kind == YamlNode::Kind::map) {
        open.merges.push_back(std::move(part));
      } else {
        diagnostics_.push_back({.code = ErrorCode::invalid_config,
                                .message = "'<<' takes a map or a list of maps",
                                .hint = "point it at an anchor of a map: <<: *defaults",
                                .where = part.where});
      }
    }
  }

  std::string file_;
  std::string_view text_;
  std::vector<std::size_t> lines_ = {};
  Diagnostics& diagnostics_;
  std::vector<Open> stack_ = {};
  std::map<YAML::anchor_t, YamlNode> anchors_ = {};
  std::size_t nodes_ = 0;
  YamlNode root_ = {};
  bool has_root_ = false;
};

/// The place of byte `offset` in `text`.
SourceLocation place(std::string_view text, std::size_t offset, const std::string& file) {
  SourceLocation where = {.file = file, .line = 1, .column = 1};
  for (std::size_t i = 0; i < offset; ++i) {
    ++where.column;
    if (text[i] == '\n') ++where.line, where.column = 1;
  }
  return where;
}

/// Bytes that yaml-cpp would pass on, stumble over or read to no end.
bool check_bytes(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  const auto refuse = [&](std::size_t offset, const std::string& message, const std::string& hint) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = message,
                           .hint = hint,
                           .where = place(text, offset, file)});
    return false;
  };
  if (text.size() > kLargestText)
    return refuse(0, "the file is larger than " + std::to_string(kLargestText >> 20) + " MiB",
                  "split it with 'include', or use 'count' and 'for_each'");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 || byte == '\n' || byte == '\t' || byte == '\r') continue;
    return refuse(i, "a control character (byte " + std::to_string(byte) + ") stands in the file",
                  "the file must be plain UTF-8 text");
  }
  if (const std::size_t bad = find_bad_utf8(text); bad != std::string_view::npos)
    return refuse(bad, "the file is not UTF-8 text here", "save it as UTF-8");
  return true;
}

std::string plain(const YAML::ParserException& error) {
  std::string message = error.msg;
  if (!message.empty() && message[0] >= 'A' && message[0] <= 'Z')
    message[0] = static_cast<char>(message[0] - 'A' + 'a');
  return "this is not YAML: " + escape_control(message);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

bool read_yaml(std::string_view text, const std::string& file, YamlNode& root,
               Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!check_bytes(text, file, diagnostics)) return false;
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    Builder builder(file, text, diagnostics);
    if (!parser.HandleNextDocument(builder) || !builder.has_root()) {
      diagnostics.push_back({.code = ErrorCode::invalid_config,
                             .message = "the file is empty",
                             .hint = "'jim init' writes one to start from",
                             .where = {.file = file, .line = 1, .column = 1}});
      return false;
    }
    root = builder.take_root();
    Diagnostics ignored;
    Builder second(file, text, ignored);
    if (parser.HandleNextDocument(second))
      diagnostics.push_back({.code = ErrorCode::invalid_config,
                             .message = "the file holds more than one YAML document",
                             .hint = "keep one; several files go together with 'include' or '-f'",
                             .where = second.take_root().where});
  } catch (const Refused& refused) {
    diagnostics.push_back(refused.why);
  } catch (const YAML::ParserException& error) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = plain(error),
                           .hint = "look at the indentation, quotes and colons here and just above",
                           .where = {.file = file,
                                     .line = error.mark.line + 1,
                                     .column = error.mark.column + 1}});
  } catch (const std::exception& error) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = std::string("this is not YAML: ") + error.what(),
                           .where = {.file = file, .line = 1, .column = 1}});
  }
  return diagnostics.size() == before;
}

Value to_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::scalar: return node.scalar;
    case YamlNode::Kind::list: {
      ValueList items;
      items.reserve(node.items.size());
      for (const YamlNode& item : node.items) items.push_back(to_value(item));
      return Value(std::move(items));
    }
    case YamlNode::Kind::map: {
      ValueMap map;
      for (const auto& entry : node.entries) map.set(entry.key, to_value(entry.value));
      return Value(std::move(map));
    }
  }
  return Value();
}

}  // namespace jim

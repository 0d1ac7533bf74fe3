#include "core/provider/manifest_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace jim {
namespace {

const char* shape_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
    default:
      return "a single value";
  }
}

/// The place of a scalar's first character: behind the quote.
SourceLocation text_place(const YamlNode& node) {
  SourceLocation where = node.where;
  if (node.quoted && node.text.find('\n') == std::string::npos) ++where.column;
  return where;
}

}  // namespace

Section::Section(const YamlNode& node, std::string what, Diagnostics& diagnostics)
    : node_(node), what_(std::move(what)), diagnostics_(diagnostics) {
  if (node.kind == YamlNode::Kind::map) return;
  if (node.kind == YamlNode::Kind::scalar && node.scalar.is_null()) return;
  error(node.where, fmt::format("{} must be a map, not {}", what_, shape_name(node.kind)));
}

void Section::error(const SourceLocation& where, std::string message, std::string hint) {
  diagnostics_.push_back({.code = ErrorCode::invalid_config,
                          .message = std::move(message),
                          .hint = std::move(hint),
                          .where = where});
}

const YamlNode* Section::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return node_.kind == YamlNode::Kind::map ? node_.find(key) : nullptr;
}

const YamlNode* Section::require(std::string_view key) {
  const YamlNode* found = find(key);
  if (found == nullptr && node_.kind == YamlNode::Kind::map) {
    error(node_.where, fmt::format("{}: '{}' is missing", what_, key));
  }
  return found;
}

std::string Section::text(std::string_view key, std::string otherwise) {
  const YamlNode* found = find(key);
  if (found == nullptr) return otherwise;
  if (found->kind != YamlNode::Kind::scalar || found->scalar.is_null()) {
    error(found->where, fmt::format("{}.{} must be text", what_, key));
    return otherwise;
  }
  return found->text;
}

bool Section::flag(std::string_view key, bool otherwise) {
  const YamlNode* found = find(key);
  if (found == nullptr) return otherwise;
  if (found->kind != YamlNode::Kind::scalar || !found->scalar.is_bool()) {
    error(found->where, fmt::format("{}.{} must be true or false", what_, key));
    return otherwise;
  }
  return found->scalar.as_bool();
}

int Section::number(std::string_view key, int otherwise) {
  const YamlNode* found = find(key);
  if (found == nullptr) return otherwise;
  if (found->kind != YamlNode::Kind::scalar || !found->scalar.is_integer() ||
      found->scalar.as_integer() < 0 || found->scalar.as_integer() > 1'000'000'000) {
    error(found->where, fmt::format("{}.{} must be a whole number", what_, key));
    return otherwise;
  }
  return static_cast<int>(found->scalar.as_integer());
}

Duration Section::duration(std::string_view key, Duration otherwise) {
  const YamlNode* found = find(key);
  if (found == nullptr) return otherwise;
  const auto parsed =
      found->kind == YamlNode::Kind::scalar ? parse_duration(found->text) : std::nullopt;
  if (!parsed) {
    error(found->where,
          fmt::format("{}.{} must be a time such as 500ms, 30s, 8m or 1h", what_, key));
  }
  return parsed.value_or(otherwise);
}

std::vector<std::string> Section::texts(std::string_view key) {
  const YamlNode* found = find(key);
  if (found == nullptr) return {};
  std::vector<std::string> result;
  const auto take = [&](const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) {
      error(node.where, fmt::format("{}.{} must be text or a list of texts", what_, key));
    } else {
      result.push_back(node.text);
    }
  };
  if (found->kind == YamlNode::Kind::list) {
    for (const YamlNode& item : found->items) take(item);
  } else {
    take(*found);
  }
  return result;
}

std::optional<Template> Section::expression(std::string_view key) {
  const YamlNode* found = find(key);
  if (found == nullptr) return std::nullopt;
  return read_template(*found, diagnostics_);
}

Extract Section::extract(std::string_view key) {
  const YamlNode* found = find(key);
  return found == nullptr ? Extract() : read_extract(*found, diagnostics_);
}

std::string Section::one_of(const std::vector<std::string>& words) {
  std::string first;
  for (const std::string& word : words) {
    const YamlNode* found = find(word);
    if (found == nullptr) continue;
    if (!first.empty()) {
      error(found->where, fmt::format("{} has both '{}' and '{}'", what_, first, word));
      continue;
    }
    first = word;
  }
  return first;
}

void Section::allow(const std::vector<std::string>& keys) {
  known_.insert(known_.end(), keys.begin(), keys.end());
}

void Section::finish() {
  for (const YamlNode::Entry& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const auto likely = did_you_mean(entry.key, known_);
    std::vector<std::string> sorted = known_;
    std::sort(sorted.begin(), sorted.end());
    error(entry.where, fmt::format("{}: unknown key '{}'", what_, escape_control(entry.key)),
          likely ? fmt::format("did you mean '{}'?", *likely)
                 : fmt::format("known here: {}", join(sorted, ", ")));
  }
}

Template read_template(const YamlNode& node, Diagnostics& diagnostics) {
  if (node.kind != YamlNode::Kind::scalar) {
    diagnostics.push_back(
        {.code = ErrorCode::invalid_config,
         .message = fmt::format("an expression is wanted here, not {}", shape_name(node.kind)),
         .where = node.where});
    return Template();
  }
  if (!node.scalar.is_string()) return Template(node.scalar);
  auto parsed = Template::parse(node.text, text_place(node));
  if (!parsed) {
    diagnostics.push_back(parsed.error());
    return Template();
  }
  return *std::move(parsed);
}

Extract read_extract(const YamlNode& node, Diagnostics& diagnostics) {
  return Extract(read_template(node, diagnostics), node.text);
}

ValueTemplate read_value_template(const YamlNode& node, Diagnostics& diagnostics) {
  ValueTemplate result;
  if (node.kind == YamlNode::Kind::scalar) {
    result.leaf = read_template(node, diagnostics);
  } else if (node.kind == YamlNode::Kind::list) {
    result.kind = ValueTemplate::Kind::list;
    for (const YamlNode& item : node.items) {
      result.items.push_back(read_value_template(item, diagnostics));
    }
  } else {
    result.kind = ValueTemplate::Kind::map;
    for (const YamlNode::Entry& entry : node.entries) {
      result.entries.emplace_back(entry.key, read_value_template(entry.value, diagnostics));
    }
  }
  return result;
}

void report_unknown_word(Section& section, const YamlNode& node, std::string_view key,
                         const std::vector<std::string>& words) {
  const auto likely = did_you_mean(node.text, words);
  section.error(
      node.where,
      fmt::format("{}.{}: unknown word '{}'", section.what(), key, escape_control(node.text)),
      likely ? fmt::format("did you mean '{}'?", *likely)
             : fmt::format("one of: {}", join(words, ", ")));
}

}  // namespace jim

#include <fmt/format.h>

#include "core/base/text.h"
#include "core/provider/manifest_parts.h"

namespace jim {
namespace {

const std::vector<std::pair<std::string, Meaning>> kMeanings = {
    {"invalid", Meaning::invalid},
    {"not_found", Meaning::not_found},
    {"unauthorized", Meaning::unauthorized},
    {"conflict", Meaning::conflict},
    {"busy", Meaning::busy},
    {"out_of_capacity", Meaning::out_of_capacity},
    {"quota", Meaning::quota},
    {"rate_limited", Meaning::rate_limited},
    {"unavailable", Meaning::unavailable},
};

const std::vector<std::pair<std::string, AuthSpec::Kind>> kAuthKinds = {
    {"none", AuthSpec::Kind::none},
    {"bearer", AuthSpec::Kind::bearer},
    {"header", AuthSpec::Kind::header},
    {"basic", AuthSpec::Kind::basic},
};

AuthSpec read_one_auth(const YamlNode& node, const std::string& what, Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  AuthSpec result;
  section.require("kind");
  const auto kind = read_word(section, "kind", kAuthKinds);
  if (!kind) section.allow({"header", "token", "username", "password"});  // one mistake is enough
  result.kind = kind.value_or(AuthSpec::Kind::none);
  result.when = section.expression("when");
  const auto template_of = [&](std::string_view key) {
    const YamlNode* found = section.require(key);
    return found == nullptr ? Template() : read_template(*found, diagnostics);
  };
  if (result.kind == AuthSpec::Kind::bearer) result.token = template_of("token");
  if (result.kind == AuthSpec::Kind::header) {
    section.require("header");
    result.header = section.text("header");
    result.token = template_of("token");
  }
  if (result.kind == AuthSpec::Kind::basic) {
    result.username = template_of("username");
    if (const YamlNode* password = section.find("password")) {
      result.password = read_template(*password, diagnostics);
    }
  }
  section.finish();
  return result;
}

ErrorRule read_rule(const YamlNode& node, const std::string& what, Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  ErrorRule rule;
  for (const std::string& text : section.texts("status")) {
    const bool plausible = text.size() == 3 && text.find_first_not_of("0123456789") == text.npos;
    if (plausible) {
      rule.statuses.push_back(std::stoi(text));
    } else {
      section.error(section.where(), fmt::format("{}.status must be HTTP statuses", what));
    }
  }
  rule.code = section.text("code");
  rule.match = section.text("match");
  rule.hint = section.text("hint");
  section.require("means");
  rule.means = read_word(section, "means", kMeanings).value_or(Meaning::invalid);
  const bool named = section.find("status") || !rule.code.empty() || !rule.match.empty();
  if (!named) {
    section.error(section.where(), fmt::format("{} fits every error", what),
                  "name a status, a code or a part of the message");
  }
  section.finish();
  return rule;
}

bool is_zero(const YamlNode* node) {
  return node != nullptr && node->scalar.is_integer() && node->scalar.as_integer() == 0;
}

std::vector<Extract> read_extracts(Section& section, std::string_view key) {
  std::vector<Extract> result;
  const YamlNode* node = section.find(key);
  if (node == nullptr) return result;
  if (node->kind != YamlNode::Kind::list) {
    result.push_back(read_extract(*node, section.diagnostics()));
    return result;
  }
  for (const YamlNode& item : node->items) {
    result.push_back(read_extract(item, section.diagnostics()));
  }
  return result;
}

}  // namespace

std::vector<ConfigKey> read_config_keys(const YamlNode* node, Diagnostics& diagnostics) {
  std::vector<ConfigKey> result;
  if (node == nullptr) return result;
  Section all(*node, "config", diagnostics);
  for (const YamlNode::Entry& entry : node->entries) {
    all.find(entry.key);
    Section section(entry.value, "config." + entry.key, diagnostics);
    ConfigKey key;
    key.name = entry.key;
    key.description = section.text("description");
    key.env = section.texts("env");
    key.required = section.flag("required");
    key.secret = section.flag("secret");
    if (const YamlNode* value = section.find("default")) key.default_value = to_value(*value);
    section.finish();
    result.push_back(std::move(key));
  }
  return result;
}

std::vector<AuthSpec> read_auth(const YamlNode* node, Diagnostics& diagnostics) {
  std::vector<AuthSpec> result;
  if (node == nullptr) return result;
  if (node->kind != YamlNode::Kind::list) {
    result.push_back(read_one_auth(*node, "auth", diagnostics));
    return result;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    result.push_back(read_one_auth(node->items[i], fmt::format("auth[{}]", i), diagnostics));
  }
  return result;
}

std::vector<LimitSpec> read_limits(const YamlNode* node, Diagnostics& diagnostics) {
  std::vector<LimitSpec> result;
  if (node == nullptr) return result;
  if (node->kind != YamlNode::Kind::list) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = "limits must be a list",
                           .where = node->where});
    return result;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    Section section(node->items[i], fmt::format("limits[{}]", i), diagnostics);
    LimitSpec limit;
    limit.route = section.text("route");
    section.require("count");
    limit.count = section.number("count");
    section.require("per");
    limit.per = section.duration("per");
    section.finish();
    if (limit.count > 0 && limit.per > Duration::zero()) result.push_back(std::move(limit));
  }
  return result;
}

ErrorSpec read_errors(const YamlNode* node, Diagnostics& diagnostics) {
  ErrorSpec result;
  if (node == nullptr) return result;
  Section section(*node, "errors", diagnostics);
  result.messages = read_extracts(section, "message");
  result.codes = read_extracts(section, "code");
  const auto decode = read_word<bool>(section, "decode", {{"none", false}, {"json_in_json", true}});
  result.json_in_json = decode.value_or(false);
  if (const YamlNode* rules = section.find("rules")) {
    if (rules->kind != YamlNode::Kind::list) {
      section.error(rules->where, "errors.rules must be a list");
    }
    for (std::size_t i = 0; i < rules->items.size(); ++i) {
      result.rules.push_back(
          read_rule(rules->items[i], fmt::format("errors.rules[{}]", i), diagnostics));
    }
  }
  section.finish();
  return result;
}

PaginationSpec read_pagination(const YamlNode& node, const std::string& what,
                               Diagnostics& diagnostics) {
  using Kind = PaginationSpec::Kind;
  Section section(node, what, diagnostics);
  PaginationSpec result;
  section.require("kind");
  bool json_api = false;
  const YamlNode* kind = section.find("kind");
  if (kind != nullptr && kind->text == "json_api") {
    json_api = true;
    result.kind = Kind::page;
  } else {
    result.kind = read_word<Kind>(section, "kind",
                                  {{"none", Kind::none},
                                   {"page", Kind::page},
                                   {"json_api", Kind::page},
                                   {"offset", Kind::offset},
                                   {"cursor", Kind::cursor},
                                   {"marker", Kind::marker},
                                   {"next_url", Kind::next_url},
                                   {"link_header", Kind::link_header}})
                      .value_or(Kind::none);
  }
  const auto usual = [&](const char* word) -> std::string {
    if (json_api) return std::string("page[") + word + "]";
    return word;
  };
  result.size = section.number("size", 0);
  switch (result.kind) {
    case Kind::none:
      break;
    case Kind::page:
      result.position = section.text("page", json_api ? usual("number") : "page");
      result.size_name = section.text("size_name", json_api ? usual("size") : "per_page");
      result.first = section.number("first", 1);
      result.total = section.extract("total");
      break;
    case Kind::offset:
      result.position = section.text("offset", "offset");
      result.size_name = section.text("size_name", "limit");
      result.total = section.extract("total");
      break;
    case Kind::cursor:
      result.position = section.text("cursor", "cursor");
      result.size_name = section.text("size_name");
      section.require("next");
      result.next = section.extract("next");
      break;
    case Kind::marker:
      result.position = section.text("marker", "marker");
      result.size_name = section.text("size_name", "limit");
      result.next = section.extract("next");
      break;
    case Kind::next_url:
      result.size_name = section.text("size_name");
      section.require("next");
      result.next = section.extract("next");
      break;
    case Kind::link_header:
      result.size_name = section.text("size_name");
      break;
  }
  const bool needs_size = result.kind == Kind::page || result.kind == Kind::offset;
  if (needs_size && section.find("size") == nullptr) {
    section.error(section.where(), fmt::format("{}: 'size' is missing", what),
                  "without it the last page cannot be told from the others");
  } else if (const YamlNode* size = section.find("size"); is_zero(size)) {
    section.error(size->where, fmt::format("{}.size must be at least 1", what),
                  "it is how many objects a page is asked to hold");
  }
  section.finish();
  return result;
}

}  // namespace jim

#include "core/sandbox/faults.h"

#include <fnmatch.h>

#include <set>

#include "core/base/text.h"

namespace jim::sandbox {
namespace {

const std::set<std::string> kActions = {
    "capacity", "status",  "rate_limit", "lose_answer",  "lose_request", "cut",
    "delay",    "garbage", "huge",       "slow_machine", "fail_machine"};
const std::set<std::string> kWords = {"vendor", "on",   "times",       "after", "do",     "status",
                                      "when",   "body", "retry_after", "ms",    "factor", "match"};

Diagnostic wrong(std::string message, std::string hint = {}) {
  return {
      .code = ErrorCode::invalid_config, .message = std::move(message), .hint = std::move(hint)};
}

std::string known(const std::set<std::string>& words) {
  return "known are " + join({words.begin(), words.end()}, ", ");
}

int integer(const Json& entry, const char* name, int otherwise) {
  const Json& value = member(entry, name);
  return value.is_number() ? value.get<int>() : otherwise;
}

Result<Fault> read(const Json& entry) {
  if (!entry.is_object()) return wrong("a fault must be a map");
  for (const auto& [word, value] : entry.items()) {
    if (!kWords.contains(word))
      return wrong("unknown word '" + word + "' in a fault", known(kWords));
  }
  for (const char* name : {"times", "after", "status", "retry_after", "ms", "factor"})
    if (const Json& value = member(entry, name); !value.is_null() && !value.is_number())
      return wrong("'" + std::string(name) + "' of a fault takes a number");
  if (const Json& match = member(entry, "match"); !match.is_null() && !match.is_object())
    return wrong("'match' of a fault takes a map of attributes");
  Fault fault;
  fault.vendor = text_of(entry, "vendor");
  fault.action = text_of(entry, "do");
  if (!kActions.contains(fault.action)) {
    return wrong("unknown fault '" + fault.action + "'", known(kActions));
  }
  const std::string on = text_of(entry, "on", "*");
  const std::size_t space = on.find(' ');
  fault.method = on.substr(0, space);
  if (space != std::string::npos) fault.path = on.substr(space + 1);
  // A route as descriptions write it stands for all its paths.
  for (std::size_t open; (open = fault.path.find('{')) != std::string::npos;) {
    const std::size_t close = fault.path.find('}', open);
    if (close == std::string::npos) return wrong("'" + on + "' lacks a closing brace");
    fault.path.replace(open, close - open + 1, "*");
  }
  fault.match = member(entry, "match");
  fault.times = integer(entry, "times", 1);
  fault.after = integer(entry, "after", 0);
  fault.status = integer(entry, "status", 500);
  if (fault.status < 200 || fault.status > 599)
    return wrong("a fault's status must be from 200 to 599");
  const std::string when = text_of(entry, "when", "before");
  if (when != "before" && when != "after") return wrong("'when' must be before or after");
  fault.after_effect = when == "after";
  fault.body = member(entry, "body");
  fault.retry_after = integer(entry, "retry_after", 1);
  fault.milliseconds = integer(entry, "ms", 1000);
  if (const Json& factor = member(entry, "factor"); factor.is_number()) fault.factor = factor;
  return fault;
}

const Json& attributes(const Json& body) {
  const Json& inner = member(member(body, "data"), "attributes");
  return inner.is_object() ? inner : body;
}

}  // namespace

bool fits(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), FNM_PATHNAME) == 0;
}

bool fits_all(const Json& match, const Json& data) {
  for (const auto& [name, wanted] : match.items()) {
    const Json& value = member(data, name);
    if (wanted.is_string() && value.is_string()) {
      if (!fits(wanted.get<std::string>(), value.get<std::string>())) return false;
    } else if (wanted != value) {
      return false;
    }
  }
  return true;
}

Result<void> Faults::add(const Json& list) {
  std::vector<Fault> read_faults;
  if (!list.is_array()) return wrong("faults must be a list");
  for (const Json& entry : list) {
    auto fault = read(entry);
    if (!fault) return fault.error();
    read_faults.push_back(*std::move(fault));
  }
  for (Fault& fault : read_faults) faults_.push_back(std::move(fault));
  return {};
}

std::optional<Fault> Faults::take(const Request& request) {
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (!fault->vendor.empty() && fault->vendor != request.vendor) continue;
    if (fault->method != "*" && fault->method != request.method) continue;
    if (fault->path != "*" && !fits(fault->path, request.path)) continue;
    if (fault->match.is_object() && !fits_all(fault->match, attributes(request.json))) continue;
    if (fault->after > 0) {
      --fault->after;
      continue;
    }
    const Fault taken = *fault;
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
  }
  return std::nullopt;
}

}  // namespace jim::sandbox

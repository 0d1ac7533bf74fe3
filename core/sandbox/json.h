#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/value/value.h"

namespace jim::sandbox {

using Json = nlohmann::json;

/// A scenario's value as JSON; unknown becomes null.
Json from_value(const Value& value);

/// `object[key]`, or null when `object` is no object or has no such key.
const Json& member(const Json& object, std::string_view key);
/// The text under `key`, or `otherwise` when there is none or it is no text.
std::string text_of(const Json& object, std::string_view key, std::string_view otherwise = {});

}  // namespace jim::sandbox

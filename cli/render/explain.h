#pragma once

#include <string>

#include "core/provider/manifest.h"
#include "core/resource/resource_type.h"
#include "core/value/functions.h"
#include "core/value/value.h"

namespace jim {

/// What `jim explain` says of functions, types, attributes and providers: for people, and as data.
std::string function_text(const Function& function);
std::string functions_text();
std::string type_text(const ResourceType& type);
std::string attribute_text(const ResourceType& type, const Attribute& attribute);
std::string provider_text(const Manifest& manifest);

Value function_value(const Function& function);
Value type_value(const ResourceType& type);
Value attribute_value(const Attribute& attribute);
Value provider_value(const Manifest& manifest);

}  // namespace jim

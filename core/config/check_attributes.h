#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/config/config.h"
#include "core/resource/resource_type.h"
#include "core/value/value.h"

namespace jim {

/// Checks what does not depend on values: unknown, computed and missing attributes, names in
/// `ignore`.
void check_names(const ResourceBlock& block, const ResourceType& type, Diagnostics& diagnostics);

/// A warning about a value that is none of those that jim knows of, where there may be more.
std::optional<Diagnostic> doubt(const std::string& resource, const Attribute& attribute,
                                const Value& value, const SourceLocation& where);

/// A mistake in the expression of an attribute: of a secret one it shows no text that the
/// expression holds.
Diagnostic mistake_in(const Attribute& attribute, Diagnostic error);

/// Whether every text in the value, and every key, is UTF-8: nothing else can be sent or kept.
bool is_text(const Value& value);
/// The mistake of `what`, such as `output 'x'`, that is no text.
Diagnostic not_text(const std::string& what, const SourceLocation& where);

/// Converts one attribute's value to its type and checks allowed values and that it is text; secret
/// attributes become secret. Fails with invalid_config at `where`.
Result<Value> check_value(const std::string& resource, const Attribute& attribute,
                          const Value& value, const SourceLocation& where);

}  // namespace jim

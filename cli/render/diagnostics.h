#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "cli/render/paint.h"
#include "core/base/result.h"

namespace jim {

/// How findings are shown.
struct DiagnosticsLook {
  Paint paint = Paint();
  std::size_t width = 100;  ///< columns; longer source lines are cut around the place
  /// Keys whose values may be secret. Their lines, and what is indented below them, are not shown;
  /// nor are those of keys that sound secret, such as `api_token`.
  std::set<std::string> secret_keys = {};
};

/// The text of a file; nullopt when it cannot be read again.
using ReadSource = std::function<std::optional<std::string>(const std::string& file)>;

/// Findings for people, each with the source line of its place and a caret below the column:
///
///     jim.yaml:7:11: error: unknown type 'latitude.sever'
///         7 |     type: latitude.sever
///           |           ^
///       hint: did you mean 'latitude.server'?
///
/// Without the source line where the file cannot be read or the line may hold a secret.
std::string diagnostics_text(const Diagnostics& diagnostics, const ReadSource& read,
                             const DiagnosticsLook& look);

}  // namespace jim

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/value/value.h"

namespace jim {

/// How far an object is on its way to use.
enum class Readiness { ready, pending, failed };

/// A real thing at the vendor, as one list or read showed it.
struct Object {
  std::string type = {};  ///< `latitude.server`
  std::string id = {};
  ValueMap attributes = {};  ///< every readable attribute of the type, by its name in the file
  std::string mark = {};     ///< jim's mark as read back; empty: none
  Readiness readiness = Readiness::ready;
  std::string status = {};   ///< the vendor's word: `deploying`
  std::string problem = {};  ///< why it failed, in the vendor's words; empty: none said
};

/// What jim writes on an object: project, address and lineage.
/// Text form `jim:<lineage>:<project>:<address>`; forms for narrower fields are the manifest's
/// business.
struct Mark {
  std::string lineage = {};
  std::string project = {};
  std::string address = {};

  std::string text() const;
  bool operator==(const Mark&) const = default;
};

/// Reads a mark's text form; false when `text` is no mark.
bool parse_mark(std::string_view text, Mark& mark);

}  // namespace jim

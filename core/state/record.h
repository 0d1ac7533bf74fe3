#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/resource/address.h"
#include "core/resource/intent.h"
#include "core/value/value.h"

namespace jim {

/// What jim knows of one resource: its object's id and what was last applied. Holds no secret, only
/// fingerprints.
struct Record {
  Address address = {};
  std::string type = {};
  std::string id = {};                  ///< empty: none known yet, see `intent`
  ValueMap attributes = {};             ///< prior: as last applied or read, redacted
  std::vector<std::string> needs = {};  ///< names of resources that must be deleted after this one
  bool half_made = false;               ///< exists, but not all of its steps are done
  bool protect = false;
  bool keep = false;
  bool forgotten =
      false;  ///< left alone for good, but still marked: the vendor cannot take the mark off
  std::optional<Intent> intent = {};
  std::string created = {};               ///< UTC
  std::string updated = {};               ///< UTC
  std::vector<std::string> deposed = {};  ///< ids of replaced objects that still have to be deleted
  bool operator==(const Record&) const = default;
};

/// A record as JSON value and back (schema 1). `record_from` fails with `io` on what it does not
/// understand.
Value record_to_value(const Record& record);
Result<Record> record_from(const Value& value);

}  // namespace jim

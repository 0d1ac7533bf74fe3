#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/state/entry_store.h"
#include "core/state/process_identity.h"

namespace jim {

/// The lock as the document has it: the server's own lock knows no term and no sign of life.
struct HttpLock {
  std::string id = {};  ///< of the server's lock
  std::string who = {};
  std::string command = {};
  std::chrono::system_clock::time_point since = {};
  std::chrono::system_clock::time_point renewed = {};  ///< last sign of life, server's time
  Duration term = {};
  ProcessIdentity process = {};
};

/// State as one JSON object that servers of Terraform's state take: a Terraform state without
/// resources, with ours under the key `jim`. Its `terraform_version` is none, so that Terraform
/// itself refuses to read it, and thus to overwrite it.
struct HttpDocument {
  std::int64_t serial = 0;   ///< grows with each write; GitLab takes each number once
  std::string lineage = {};  ///< a UUID
  std::string write = {};    ///< tells this writing of it from all others
  std::int64_t token = 0;    ///< of the last holder
  std::optional<HttpLock> lock = {};
  std::map<std::string, Entry, std::less<>> entries = {};
};

std::string write_document(const HttpDocument& document);
/// Fails with `invalid_config` on a state of Terraform's and on what is no state at all, with `io`
/// on a damaged one. `place` is for messages.
Result<HttpDocument> read_document(std::string_view text, const std::string& place);

/// A random UUID.
std::string new_uuid();

}  // namespace jim

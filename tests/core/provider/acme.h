#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/provider/manifest.h"

namespace jim {

/// The manifest of a small vendor with one type, `acme.machine`. Tests give single sections another
/// text; an empty one leaves the section out.
class Acme {
 public:
  Acme();
  /// A section of the type: `ready`, `delete`, ...
  Acme& with(const std::string& section, const std::string& text);
  /// A section of the whole: `pagination`, `errors`, ...
  Acme& account(const std::string& section, const std::string& text);

  std::string text() const;
  /// Fails the test when there is a mistake in it.
  std::shared_ptr<const Manifest> compiled() const;
  /// Every mistake in it, one per line: `acme.yaml:3:5: message | hint`.
  std::string mistakes() const;

 private:
  std::map<std::string, std::string> account_ = {};
  std::map<std::string, std::string> type_ = {};
  mutable std::shared_ptr<const Manifest> compiled_ = {};  ///< of the sections as they are
};

/// Every mistake in a manifest's text, as Acme::mistakes has them.
std::string mistakes_in(const std::string& text);

}  // namespace jim

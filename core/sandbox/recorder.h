#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/sandbox/responder.h"

namespace jim::sandbox {

/// Writes each exchange as one line of JSON: vendor, method, path, query, request_headers,
/// request_body, status, response_headers, response_body, and `fault` where one was asked for.
/// Credentials are left out.
class Recorder {
 public:
  /// Appends to `path`; an empty path gives a recorder that records nothing. Fails with io.
  static Result<Recorder> open(const std::string& path);
  bool on() const { return file_ != nullptr; }
  void write(const Request& request, const Outcome& outcome);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_ = {};
};

}  // namespace jim::sandbox

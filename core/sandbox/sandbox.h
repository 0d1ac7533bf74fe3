#pragma once

#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

struct SandboxOptions {
  std::string folder = {};  ///< where its data lives; empty: in memory, gone at the end
  int port = 0;             ///< on 127.0.0.1; 0: any free one
  Value scenario = {};      ///< a parsed scenario (core/sandbox/README.md); null: all goes well
  double pace = 0;          ///< 1: as slow as the vendors, 0.1: ten times faster, 0: at once
  Duration latency = {};    ///< added to each reply
  std::string record = {};  ///< a file that gets each exchange as one line of JSON; empty: none
  std::string tls_certificate = {};  ///< PEM files; both given: HTTPS
  std::string tls_key = {};
};

/// Emulated vendors behind an HTTP server on loopback: Latitude.sh under `url()`/latitude, Lambda
/// under `url()`/lambda/api/v1. It runs on its own thread; the destructor stops it. Each reply is
/// sent only after what it reports is kept, so a killed process loses nothing that it answered.
class Sandbox {
 public:
  /// Fails with invalid_config (scenario, certificate) or io (folder, port, record file).
  static Result<std::unique_ptr<Sandbox>> start(const SandboxOptions& options);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  int port() const;
  /// `http://127.0.0.1:PORT`, or `https://`.
  std::string url() const;

 private:
  struct Impl;
  explicit Sandbox(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace jim

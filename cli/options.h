#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal.h"

namespace jim {

enum class Format { text, json, markdown };

/// Flags that every command takes.
struct Globals {
  std::vector<std::string> files = {};  ///< -f
  std::string folder = {};              ///< -C
  std::vector<std::string> vars = {};   ///< --var name=value
  std::string state = {};               ///< --state; over the file's
  Format format = Format::text;         ///< -o
  ColourMode colour = ColourMode::automatic;
  bool yes = false;
  bool no_input = false;
  bool sandbox = false;
  std::string sandbox_scenario = {};
  double sandbox_pace = 0;
  std::string log = {};     ///< debug, info; empty: nothing
  std::string events = {};  ///< file for newline-delimited JSON
};

struct InitFlags {
  std::string example = {};
};

struct PlanFlags {
  std::string out = {};
  bool destroy = false;
  bool offline = false;
  bool detailed_exit_code = false;
  std::vector<std::string> targets = {};
  std::vector<std::string> excludes = {};
};

struct ApplyFlags {
  std::string plan_file = {};
  bool destroy = false;
  std::vector<std::string> targets = {};
  std::vector<std::string> excludes = {};
};

struct DriftFlags {
  bool detailed_exit_code = false;
};

struct AdoptFlags {
  std::string address = {};
  std::string id = {};
};

struct StateFlags {
  std::string address = {};  ///< show, rm, mv
  std::string to = {};       ///< mv, move
  bool with_key = false;     ///< export
  std::string file = {};     ///< push
};

struct HistoryFlags {
  std::int64_t run = 0;  ///< its number; 0: the last one
};

struct ExplainFlags {
  std::vector<std::string> words = {};
};

struct GraphFlags {
  std::string kind = "dot";
};

struct SandboxFlags {
  std::string listen = "127.0.0.1:0";
  std::string data = {};      ///< folder; empty: .jim/sandbox
  std::string scenario = {};  ///< file
  std::string record = {};    ///< file
  double pace = 0;
  int latency = 0;  ///< milliseconds
  std::string tls_certificate = {};
  std::string tls_key = {};
};

}  // namespace jim

// ServerOptions: every setting of the server, and its command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/engine/limits.h"

namespace rope::server {

struct ServerOptions {
  std::vector<std::string> listen = {"127.0.0.1:50051"};  // HOST:PORT or unix:PATH
  int threads = 0;                                        // 0: one per core
  std::string backend;                                    // "": the best one of this host
  engine::Limits limits;
  int64_t drain_timeout_seconds = 30;
  std::vector<std::string> warm;  // WarmSpecs
  std::string snapshot;           // a file; "": none
  std::string log_level = "info";
};

// The options of a command line; or, where the program is to end at once (--help, --version, a
// mistake), the exit code, after the text was printed: 0 or 2.
struct CommandLine {
  ServerOptions options;
  std::optional<int> exit_code;
};
CommandLine ParseCommandLine(int argc, char** argv);

}  // namespace rope::server

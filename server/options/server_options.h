// ServerOptions: every setting of the server. The command line sets them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/engine/limits.h"

namespace rope::server {

struct ServerOptions {
  std::vector<std::string> listen = {"127.0.0.1:50051"};  // HOST:PORT or unix:PATH
  int threads = 0;                                        // that compute; 0: one per core
  std::string backend;                                    // "": the best one of this host
  engine::Limits limits;
  int64_t drain_timeout_seconds = 30;  // see Server::Drain
  std::vector<std::string> warm;       // texts for ParseWarmSpec
  std::string snapshot;                // a file; "": no snapshot
  std::string log_level = "info";      // debug, info, warning, error or off
};

// The options of a command line. If the program must end now (--help, --version, or a mistake),
// `exit_code` is its exit code, 0 or 2, and the text for the user has been printed.
struct CommandLine {
  ServerOptions options;
  std::optional<int> exit_code;
};
// Checks every value against its bounds, and addresses and backends too. Does not throw.
CommandLine ParseCommandLine(int argc, char** argv);

}  // namespace rope::server

// Options that several commands share, each group with the function that registers its flags.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/rope_client.h"
#include "rope/v1/tensor.pb.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}  // namespace CLI

namespace rope::ropectl {

// In all functions below, `options` must outlive the parsing of the command line, which fills it.

// --server, --timeout: which server, and how long to wait for it.
struct ServerOptions {
  std::string server = "127.0.0.1:50051";  // HOST:PORT or unix:PATH
  // 0: no limit. Absent: client::CallOptions' own.
  std::optional<double> timeout_seconds;
  bool is_named = false;  // by --server or ROPE_SERVER
  bool local = false;     // --local: whatever they name

  // The server, or with --local the service in this program. See RopeClient::Connect: it does not
  // wait for a connection.
  client::RopeClient Connect() const;
  client::CallOptions call_options() const;
  // For commands that can do without a server.
  bool is_used() const { return is_named && !local; }
};
void AddServerOptions(CLI::App* command, ServerOptions* options);

// --json: print one JSON document instead of text.
void AddJsonOption(CLI::App* command, bool* json);

// The same, and --local, for commands that need no server. They use one if is_used().
void AddOptionalServerOptions(CLI::App* command, ServerOptions* options);

// --local: use the library in this program and not a server.
void AddLocalOption(CLI::App* command, bool* local);

// A client of the service in this program, which is started when it is first asked for.
client::RopeClient ConnectLocally();

// --config, --strict: one configuration.
struct ConfigOptions {
  std::string config = "-";  // see ReadConfig
  bool strict = false;       // a configuration with warnings is refused too
};
void AddConfigOptions(CLI::App* command, ConfigOptions* options);

// --layer-type, --seq-len, --profile, --dialect: which frequencies of a configuration, in which
// arithmetic, by whose reading.
struct ResolutionOptions {
  std::string layer_type;          // empty: the default of the method
  std::optional<int64_t> seq_len;  // absent: the default of the method
  std::string profile = "hf";      // a name in AllNumericProfiles()
  std::string dialect;             // see FindDialect; empty: transformers

  v1::NumericProfile numeric_profile() const;
};
void AddResolutionOptions(CLI::App* command, ResolutionOptions* options);

// The names of a list of the core, for flags that take one of them.
template <typename Value>
std::vector<std::string> Names(absl::Span<const Value> values, absl::string_view (*name)(Value)) {
  std::vector<std::string> names;
  for (Value value : values) names.emplace_back(name(value));
  return names;
}

}  // namespace rope::ropectl

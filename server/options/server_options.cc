#include "server/options/server_options.h"

#include <iterator>
#include <limits>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "core/backends/backends.h"

namespace rope::server {
namespace {

constexpr char kDescription[] =
    "rope_server computes rotary position embeddings (RoPE) for inference fleets.\n"
    "\n"
    "It serves rope.v1.RopeService over gRPC. A client sends a model's configuration and gets its\n"
    "frequencies and cos/sin tensors, the same bits on every host; or it has the configuration\n"
    "validated. The server also serves health checks (grpc.health.v1) and reflection.\n"
    "When it is ready it prints one line, \"rope_server ready on HOST:PORT\". Logs go to stderr.\n"
    "After SIGTERM or SIGINT it accepts no new calls, finishes running ones and exits with code "
    "0.\n";

constexpr char kFooter[] =
    "\nExample: serve on all interfaces with 8 computing threads and a cache of 4 GiB\n"
    "  rope_server --listen 0.0.0.0:50051 --threads 8 --cache-bytes 4GiB\n"
    "The server does not encrypt. Outside a trusted network, put a proxy with mTLS before it.\n"
    "SIZE is a number of bytes, or a number with KiB, MiB, GiB or TiB.";

// The following checks return "" for a good value and otherwise an error text, as CLI11 requires.

std::string CheckBackend(const std::string& name) {
  const Backend* backend = FindBackend(name);
  if (backend != nullptr && backend->available()) return "";
  std::string known;
  for (const Backend* one : AllBackends()) {
    if (one->available()) known += (known.empty() ? "" : ", ") + std::string(one->name());
  }
  return "\"" + name + "\" is not a backend of this host; choose one of " + known;
}

// HOST:PORT, with [] around an IPv6 host, or unix:PATH. gRPC accepts other texts too and guesses
// their meaning.
std::string CheckListen(const std::string& address) {
  if (address.rfind("unix:", 0) == 0 && address.size() > 5) return "";
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  const bool bare_ipv6 = host.find(':') != std::string::npos && host.front() != '[';
  int port = -1;
  if (colon != std::string::npos && colon > 0 && !bare_ipv6 &&
      absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 0 && port <= 65535) {
    return "";
  }
  return "\"" + address + "\" is not HOST:PORT (port 0 to 65535, IPv6 as [::1]:PORT) or unix:PATH";
}

// A size in the form in which a user can state it: "1GiB".
std::string SizeText(int64_t bytes) {
  const char* const units[] = {"", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  for (; unit + 1 < std::size(units) && bytes != 0 && bytes % 1024 == 0; ++unit) bytes /= 1024;
  return std::to_string(bytes) + units[unit];
}

constexpr int64_t kNoBound = std::numeric_limits<int64_t>::max();

// Adds an option for a number from `min` to `max`. The check has no description, because CLI11
// would print it in the help; `description` states the bounds.
template <typename Number>
CLI::Option* AddNumber(CLI::App* app, const std::string& name, Number* number, Number min,
                       Number max, const std::string& description) {
  return app->add_option(name, *number, description)
      ->check(CLI::Range(min, max).description(""))
      ->type_name("N")
      ->capture_default_str();
}

void AddSize(CLI::App* app, const std::string& name, int64_t* bytes, int64_t min,
             const std::string& description) {
  AddNumber(app, name, bytes, min, kNoBound, description)
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false).description(""))
      ->type_name("SIZE")
      ->default_str(SizeText(*bytes));
}

void AddLimits(CLI::App* app, engine::Limits* limits) {
  AddSize(app, "--cache-bytes", &limits->cache_bytes, 0,
          "Bytes of tables to keep in the cache; 0: no cache");
  AddSize(app, "--max-pinned-bytes", &limits->max_pinned_bytes, 1,
          "Most bytes of tables that all streams together hold at a time,\n"
          "in addition to the cache");
  AddSize(app, "--max-answer-bytes", &limits->max_answer_bytes, 1,
          "Most bytes of one answer, all tensors together");
  AddNumber(app, "--max-rows", &limits->max_rows, int64_t{1}, kNoBound,
            "Most positions of one request");
  AddNumber(app, "--max-streams", &limits->max_streams, int64_t{1}, int64_t{1} << 20,
            "Most streams at the same time, up to 1048576; the server refuses\n"
            "one more with UNAVAILABLE");
}

void AddCacheOptions(CLI::App* app, ServerOptions* options) {
  app->add_option("--warm", options->warm,
                  "Table to compute before the server is ready; may be repeated.\n"
                  "CONFIG is preset:NAME or a config.json. KEY=VALUE is\n"
                  "positions=START:STOP, dtype=, layout=, profile= or layer_type=.\n"
                  "Without positions: the model's max_position_embeddings, up to 131072")
      ->type_name("CONFIG[,KEY=VALUE]...")
      ->take_all();
  app->add_option("--snapshot", options->snapshot,
                  "File with a list of the cached tables. The server reads it at the\n"
                  "start, if it exists, and writes it at the end")
      ->type_name("FILE");
}

void AddOptions(CLI::App* app, ServerOptions* options) {
  app->footer(kFooter);
  app->set_help_flag("-h,--help", "Print this text and exit");
  app->set_version_flag("--version", "rope_server " ROPE_VERSION, "Print the version and exit");
  app->add_option("--listen", options->listen,
                  "Address to serve on, HOST:PORT or unix:PATH; may be repeated.\n"
                  "Port 0 takes any free port")
      ->type_name("ADDRESS")
      ->check(CheckListen)
      ->capture_default_str();
  AddNumber(app, "--threads", &options->threads, 0, 4096,
            "Threads that compute, up to 4096; 0: one per core");
  app->add_option("--backend", options->backend,
                  "Backend that computes; default: the fastest one of this host")
      ->type_name("NAME")
      ->check(CheckBackend);
  AddLimits(app, &options->limits);
  AddCacheOptions(app, options);
  AddNumber(app, "--drain-timeout", &options->drain_timeout_seconds, int64_t{0}, int64_t{3600},
            "Seconds that running calls have after SIGTERM before the server\n"
            "cancels them, up to 3600")
      ->type_name("SECONDS");
  app->add_option("--log-level", options->log_level,
                  "Least severe messages to log: debug, info, warning, error or off")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}).description(""))
      ->capture_default_str();
}

}  // namespace

CommandLine ParseCommandLine(int argc, char** argv) {
  CommandLine result;
  CLI::App app{kDescription, "rope_server"};
  AddOptions(&app, &result.options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    result.exit_code = app.exit(error) == 0 ? 0 : 2;
  }
  return result;
}

}  // namespace rope::server

#include "server/server_options.h"

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
    "It serves rope.v1.RopeService over gRPC: frequencies and cos/sin tensors of a model's\n"
    "configuration, streamed, cached and equal bit for bit on every host, and a judgement of the\n"
    "configuration itself. Health (grpc.health.v1) and reflection are served too.\n"
    "When it is ready it prints one line, \"rope_server ready on HOST:PORT\"; logs go to stderr.\n"
    "SIGTERM or SIGINT: nothing new is accepted, streams under way are finished, exit code 0.\n";

constexpr char kFooter[] =
    "\nExample: serve on all interfaces with 8 computing threads and a cache of 4 GiB\n"
    "  rope_server --listen 0.0.0.0:50051 --threads 8 --cache-bytes 4GiB\n"
    "There is no encryption: outside a trusted network put a proxy with mTLS before it.\n"
    "SIZE is bytes, or a number with KiB, MiB, GiB, TiB.";

std::string CheckBackend(const std::string& name) {
  const Backend* backend = FindBackend(name);
  if (backend != nullptr && backend->available()) return "";
  std::string known;
  for (const Backend* one : AllBackends()) {
    if (one->available()) known += (known.empty() ? "" : ", ") + std::string(one->name());
  }
  return "\"" + name + "\" is not a backend of this host; there are " + known;
}

// HOST:PORT, with [] around an IPv6 host, or unix:PATH. gRPC would take much more, and guess.
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

// "1GiB": a size as it may be given.
std::string SizeText(int64_t bytes) {
  const char* const units[] = {"", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  for (; unit + 1 < std::size(units) && bytes != 0 && bytes % 1024 == 0; ++unit) bytes /= 1024;
  return std::to_string(bytes) + units[unit];
}

constexpr int64_t kNoBound = std::numeric_limits<int64_t>::max();

// Validators would repeat themselves in the help: the descriptions say what is allowed.
template <typename Number>
CLI::Option* AddNumber(CLI::App* app, const std::string& name, Number* number, Number least,
                       Number most, const std::string& description) {
  return app->add_option(name, *number, description)
      ->check(CLI::Range(least, most).description(""))
      ->type_name("N")
      ->capture_default_str();
}

void AddSize(CLI::App* app, const std::string& name, int64_t* bytes, int64_t least,
             const std::string& description) {
  AddNumber(app, name, bytes, least, kNoBound, description)
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false).description(""))
      ->type_name("SIZE")
      ->default_str(SizeText(*bytes));
}

void AddLimits(CLI::App* app, engine::Limits* limits) {
  AddSize(app, "--cache-bytes", &limits->cache_bytes, 0,
          "Bytes of computed tables to keep; 0: keep none");
  AddSize(app, "--max-pinned-bytes", &limits->max_pinned_bytes, 1,
          "Bytes of tables that streams may hold at a time, beside the cache");
  AddSize(app, "--max-answer-bytes", &limits->max_answer_bytes, 1,
          "Bytes of all tensors of one stream, at most");
  AddNumber(app, "--max-rows", &limits->max_rows, int64_t{1}, kNoBound,
            "Positions of one request, at most");
  AddNumber(app, "--max-streams", &limits->max_streams, int64_t{1}, int64_t{1} << 20,
            "Streams served at the same time, at most 1048576; one more is\n"
            "answered with UNAVAILABLE");
}

void AddOptions(CLI::App* app, ServerOptions* options) {
  app->footer(kFooter);
  app->set_help_flag("-h,--help", "Print this text and exit");
  app->set_version_flag("--version", "rope_server " ROPE_VERSION, "Print the version and exit");
  app->add_option("--listen", options->listen,
                  "Address to serve on, HOST:PORT or unix:PATH; may be repeated;\n"
                  "port 0 takes any free one")
      ->type_name("ADDRESS")
      ->check(CheckListen)
      ->capture_default_str();
  AddNumber(app, "--threads", &options->threads, 0, 4096,
            "Threads that compute, at most 4096; 0: one per core");
  app->add_option("--backend", options->backend, "Who computes; default: the fastest of this host")
      ->type_name("NAME")
      ->check(CheckBackend);
  AddLimits(app, &options->limits);
  app->add_option("--warm", options->warm,
                  "Table to compute before the server is ready; may be repeated:\n"
                  "preset:NAME or a config.json, then ,positions=START:STOP ,dtype=\n"
                  ",layout= ,profile= ,layer_type= as needed. Without positions: the\n"
                  "model's max_position_embeddings, up to 131072")
      ->type_name("CONFIG[,KEY=VALUE]...")
      ->take_all();
  app->add_option("--snapshot", options->snapshot,
                  "File that says which tables were in use: read at the start, where\n"
                  "it is there, and written at the end")
      ->type_name("FILE");
  AddNumber(app, "--drain-timeout", &options->drain_timeout_seconds, int64_t{0}, int64_t{3600},
            "Seconds that calls have to finish after SIGTERM before they are\n"
            "cut off, at most 3600")
      ->type_name("SECONDS");
  app->add_option("--log-level", options->log_level,
                  "Least severe message to log: debug, info, warning, error or off")
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

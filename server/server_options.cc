#include "server/server_options.h"

#include <string>

#include "CLI/CLI.hpp"
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
    "SIGTERM or SIGINT: nothing new is accepted, streams under way are finished, exit code 0.";

constexpr char kFooter[] =
    "\nExample: serve on all interfaces with 8 computing threads and a cache of 4 GiB\n"
    "  rope_server --listen 0.0.0.0:50051 --threads 8 --cache-bytes 4GiB\n"
    "There is no encryption: outside a trusted network put a proxy with mTLS before it.\n"
    "Sizes are bytes, or numbers with KiB, MiB, GiB.";

std::string CheckBackend(const std::string& name) {
  const Backend* backend = FindBackend(name);
  if (backend != nullptr && backend->available()) return "";
  std::string known;
  for (const Backend* one : AllBackends()) {
    if (one->available()) known += (known.empty() ? "" : ", ") + std::string(one->name());
  }
  return "\"" + name + "\" is not a backend of this host; there are " + known;
}

void AddLimits(CLI::App* app, Limits* limits) {
  const auto size = CLI::AsSizeValue(/*kb_is_1000=*/false);
  app->add_option("--cache-bytes", limits->cache_bytes,
                  "Bytes of computed tables to keep; 0: keep none")
      ->transform(size)
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--max-answer-bytes", limits->max_answer_bytes,
                  "Largest answer of one stream, bytes")
      ->transform(size)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--max-rows", limits->max_rows, "Most positions of one request")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--max-streams", limits->max_streams,
                  "Most streams at the same time; one more is answered with UNAVAILABLE")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

CommandLine ParseCommandLine(int argc, char** argv) {
  CommandLine result;
  ServerOptions& options = result.options;
  CLI::App app{kDescription, "rope_server"};
  app.footer(kFooter);
  app.set_version_flag("--version", "rope_server " ROPE_VERSION);
  app.add_option(
         "--listen", options.listen,
         "Address to serve on, HOST:PORT or unix:PATH; may be repeated; port 0: any free one")
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads that compute; 0: one per core")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  app.add_option("--backend", options.backend, "Who computes; default: the fastest of this host")
      ->check(CheckBackend);
  AddLimits(&app, &options.limits);
  app.add_option("--drain-timeout", options.drain_timeout_seconds,
                 "Seconds that streams have to finish after SIGTERM before they are cut off")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  app.add_option("--log-level", options.log_level, "Least severe message to log")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    result.exit_code = app.exit(error) == 0 ? 0 : 2;
  }
  return result;
}

}  // namespace rope::server

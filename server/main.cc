// The program rope_server; --help describes it.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "absl/strings/str_join.h"
#include "server/end_signals.h"
#include "server/server.h"

namespace {

void LogStart(const rope::server::Server& server) {
  if (!server.warning().empty()) spdlog::warn("{}", server.warning());
  const rope::engine::RopeEngine& engine = server.engine();
  spdlog::info("backend {} ({}), cache {} bytes, at most {} streams",
               std::string(engine.backend().name()), std::string(engine.backend().description()),
               engine.limits().cache_bytes, engine.limits().max_streams);
}

}  // namespace

int main(int argc, char** argv) {
  const rope::server::CommandLine command_line = rope::server::ParseCommandLine(argc, argv);
  if (command_line.exit_code.has_value()) return *command_line.exit_code;
  const rope::server::ServerOptions& options = command_line.options;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rope_server"));
  spdlog::set_level(spdlog::level::from_str(options.log_level));

  const rope::server::EndSignals end_signals;
  const auto server = rope::server::Server::Start(options);
  if (!server.ok()) {
    spdlog::error("{}", std::string(server.status().message()));
    return 1;
  }
  LogStart(**server);
  std::printf("rope_server ready on %s\n", absl::StrJoin((*server)->addresses(), " ").c_str());
  std::fflush(stdout);

  const int signal = end_signals.Wait();
  const rope::engine::RopeEngine& engine = (*server)->engine();
  spdlog::info("signal {}: finishing {} calls", signal, engine.streams() + engine.calls());
  (*server)->Drain(std::chrono::seconds(options.drain_timeout_seconds));
  if (!options.snapshot.empty()) {
    const absl::Status status = (*server)->WriteSnapshotTo(options.snapshot);
    if (!status.ok()) spdlog::error("{}", std::string(status.message()));
  }
  spdlog::info("stopped");
  return 0;
}

// rope_server: see --help.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "absl/strings/str_join.h"
#include "server/server.h"

namespace {

// Signals that end the server. Blocked in every thread, waited for in one: nothing runs in a
// handler.
sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

int main(int argc, char** argv) {
  const rope::server::CommandLine command_line = rope::server::ParseCommandLine(argc, argv);
  if (command_line.exit_code.has_value()) return *command_line.exit_code;
  const rope::server::ServerOptions& options = command_line.options;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rope_server"));
  spdlog::set_level(spdlog::level::from_str(options.log_level));

  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto server = rope::server::Server::Start(options);
  if (!server.ok()) {
    spdlog::error("{}", std::string(server.status().message()));
    return 1;
  }
  if (!(*server)->warning().empty()) spdlog::warn("{}", (*server)->warning());
  const rope::engine::RopeEngine& engine = (*server)->engine();
  spdlog::info("backend {} ({}), cache {} bytes, at most {} streams",
               std::string(engine.backend().name()), std::string(engine.backend().description()),
               engine.limits().cache_bytes, engine.limits().max_streams);
  std::printf("rope_server ready on %s\n", absl::StrJoin((*server)->addresses(), " ").c_str());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("signal {}: finishing {} calls", signal, engine.streams() + engine.calls());
  std::thread([signals] {  // a second signal does not wait
    int second = 0;
    sigwait(&signals, &second);
    _exit(1);
  })
      .detach();
  (*server)->Drain(std::chrono::seconds(options.drain_timeout_seconds));
  if (!options.snapshot.empty()) {
    const absl::Status status = (*server)->WriteSnapshotTo(options.snapshot);
    if (!status.ok()) spdlog::error("{}", std::string(status.message()));
  }
  spdlog::info("stopped");
  return 0;
}

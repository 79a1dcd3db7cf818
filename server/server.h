// Server: puts engine, service, health check and reflection together, and listens.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/options/server_options.h"
#include "server/rpc/rope_service.h"

namespace rope::server {

// One thread at a time may call its functions. Calls are served on threads of gRPC and of the
// engine.
class Server {
 public:
  // Computes the tables that the options name, then listens on every address. UNAVAILABLE, naming
  // the address, if the server cannot listen on it. If a table of --warm cannot be computed, the
  // status says why. A snapshot that cannot be read is only a warning.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);

  // The addresses on which the server listens. A port 0 in the options is replaced by the real
  // port.
  const std::vector<std::string>& addresses() const { return addresses_; }

  // Drains with a patience of 0.
  ~Server();

  // Reports NOT_SERVING, refuses new calls with UNAVAILABLE, lets running calls finish for at most
  // `patience`, cancels the others, and stops. Returns when nothing is served any more. If a client
  // watches the health of the server, this takes half a second longer than the calls need.
  void Drain(std::chrono::milliseconds patience);

  const engine::RopeEngine& engine() const { return engine_; }

  // What went wrong at the start without preventing it; "" if nothing did.
  const std::string& warning() const { return warning_; }

  // Writes a snapshot of the cached tables to `file`, which is replaced as a whole or not at all.
  // UNAVAILABLE if that fails.
  absl::Status WriteSnapshotTo(const std::string& file) const;

 private:
  explicit Server(const ServerOptions& options);
  // Fills the cache: from the snapshot, then with the tables of --warm.
  absl::Status WarmUp(const ServerOptions& options);
  absl::Status Listen(const ServerOptions& options);
  void ReportServing();

  // Destroyed from the last to the first: gRPC, then the service, then the engine.
  engine::RopeEngine engine_;
  RopeService service_;
  std::string warning_;
  std::vector<std::string> addresses_;
  std::unique_ptr<grpc::Server> grpc_server_;
};

}  // namespace rope::server

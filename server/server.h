// Server: the composition of engine, service, health and reflection on the listening addresses.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/rpc/rope_service.h"
#include "server/server_options.h"

namespace rope::server {

class Server {
 public:
  // Computes the tables that the options name, then listens on every address. UNAVAILABLE, naming
  // it, where one cannot be listened on; what is wrong with a table that is named.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);

  // The addresses served, with the real port where 0 was asked for.
  const std::vector<std::string>& addresses() const { return addresses_; }

  // Drains without patience.
  ~Server();

  // Says NOT_SERVING, refuses new calls with UNAVAILABLE, lets those under way finish for at most
  // `patience`, cuts off the rest, and stops. Blocks until nothing is served any more; half a
  // second longer than the calls need where a client watches our health.
  void Drain(std::chrono::milliseconds patience);

  const engine::RopeEngine& engine() const { return engine_; }

  // What went wrong at the start and did not prevent it; "" otherwise.
  const std::string& warning() const { return warning_; }

  // Writes which tables are cached to `file`. UNAVAILABLE where that is not possible.
  absl::Status WriteSnapshotTo(const std::string& file) const;

 private:
  absl::Status WarmUp(const ServerOptions& options);
  explicit Server(const ServerOptions& options);

  // Destroyed in reverse: gRPC first, then the service, then the engine its calls ran on.
  engine::RopeEngine engine_;
  RopeService service_;
  std::string warning_;
  std::vector<std::string> addresses_;
  std::unique_ptr<grpc::Server> grpc_server_;
};

}  // namespace rope::server

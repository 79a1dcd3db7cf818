// LocalService: the service inside the calling program, without a port.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "server/engine/rope_engine.h"
#include "server/rpc/rope_service.h"

namespace rope::server {

// Answers as a rope_server of the same version does, with the same bytes, for programs that must do
// without one. Computes on as many threads as the host has. The default limits hold.
class LocalService {
 public:
  LocalService();
  // Waits for running calls.
  ~LocalService();
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  // A channel for a client in this process. It must not be used when this object is gone.
  // Thread-safe.
  std::shared_ptr<grpc::Channel> Connect() const;

 private:
  // Destroyed from the last to the first: gRPC, then the service, then the engine.
  engine::RopeEngine engine_;
  RopeService service_;
  std::unique_ptr<grpc::Server> grpc_server_;
};

}  // namespace rope::server

// RpcServer: a RopeService on a loopback port in this process. Tests can look into its engine.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/rope_service.h"

namespace rope::testing {

class RpcServer {
 public:
  explicit RpcServer(const engine::EngineOptions& options = {})
      : engine_(options), service_(&engine_) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(-1);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~RpcServer() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  engine::RopeEngine& engine() { return engine_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  // Each call of NewStub makes a new connection.
  std::unique_ptr<v1::RopeService::Stub> NewStub() const {
    return v1::RopeService::NewStub(channel());
  }
  std::shared_ptr<grpc::Channel> channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments);
  }

 private:
  engine::RopeEngine engine_;
  server::RopeService service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace rope::testing

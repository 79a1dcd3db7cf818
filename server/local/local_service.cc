#include "server/local/local_service.h"

#include <algorithm>
#include <thread>

namespace rope::server {
namespace {

engine::EngineOptions AllThreads() {
  engine::EngineOptions options;
  options.threads = std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
  return options;
}

}  // namespace

LocalService::LocalService() : engine_(AllThreads()), service_(&engine_) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(static_cast<int>(engine_.limits().max_request_bytes));
  builder.RegisterService(&service_);
  grpc_server_ = builder.BuildAndStart();
}

LocalService::~LocalService() {
  grpc_server_->Shutdown();
  grpc_server_->Wait();
}

std::shared_ptr<grpc::Channel> LocalService::Connect() const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // the engine's limits bound the messages
  return grpc_server_->InProcessChannel(arguments);
}

}  // namespace rope::server

#include "server/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/backends/backends.h"
#include "server/engine/snapshot.h"
#include "server/options/warm_spec.h"

namespace rope::server {
namespace {

// Time for gRPC to send the trailers of calls that the server has finished.
constexpr std::chrono::milliseconds kLastWrites{500};

engine::EngineOptions EngineOptionsOf(const ServerOptions& options) {
  engine::EngineOptions engine;
  engine.limits = options.limits;
  engine.threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  engine.backend = options.backend.empty() ? nullptr : FindBackend(options.backend);
  return engine;
}

void SetChannelArguments(const engine::Limits& limits, grpc::ServerBuilder* builder) {
  constexpr int kSecond = 1000;
  constexpr int kMinute = 60 * kSecond;
  builder->SetMaxReceiveMessageSize(static_cast<int>(limits.max_request_bytes));
  builder->SetMaxSendMessageSize(-1);  // max_chunk_bytes bounds them
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  // This bound is per connection. It exceeds what each gate of the engine admits, so that the gate
  // refuses a call with a message and the call does not wait in gRPC.
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              static_cast<int>(limits.max_streams + limits.max_calls));
  // A client that disappeared without closing its connection holds blocks. Pings detect such a
  // client within 80 seconds.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kMinute);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecond);
  // Clients may ping as well, every ten seconds, even without a running call.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * kSecond);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  // Connections end after a while, so that clients connect to new servers too. Running calls finish
  // first.
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 15 * kMinute);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * kMinute);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                              std::numeric_limits<int>::max());
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10 * kSecond);
  // Without this, two servers could listen on the same port.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// `address` with `port` in place of its port, which may be 0.
std::string WithPort(const std::string& address, int port) {
  const size_t colon = address.rfind(':');
  if (address.rfind("unix:", 0) == 0 || colon == std::string::npos) return address;
  return absl::StrCat(address.substr(0, colon), ":", port);
}

}  // namespace

Server::Server(const ServerOptions& options)
    : engine_(EngineOptionsOf(options)), service_(&engine_) {}

absl::Status Server::WarmUp(const ServerOptions& options) {
  if (std::ifstream file(options.snapshot, std::ios::binary); !options.snapshot.empty() && file) {
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto blocks = engine::RestoreSnapshot(text, &engine_);
    // This is not an error: without the snapshot only the first requests are slower.
    if (!blocks.ok()) {
      warning_ = absl::StrCat("--snapshot ", options.snapshot, ": ", blocks.status().message());
    }
  }
  for (const std::string& text : options.warm) {
    const auto spec = ParseWarmSpec(text);
    const absl::Status status = spec.ok() ? Warm(*spec, &engine_) : spec.status();
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("--warm ", text, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status Server::WriteSnapshotTo(const std::string& file) const {
  // The file gets its name when it is complete, so that no reader sees a part of it.
  const std::string part = absl::StrCat(file, ".part");
  {
    std::ofstream stream(part, std::ios::binary | std::ios::trunc);
    stream << engine::WriteSnapshot(engine_);
    if (!stream.flush()) return absl::UnavailableError(absl::StrCat("cannot write ", part));
  }
  if (std::rename(part.c_str(), file.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot rename ", part, " to ", file));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  static std::once_flag once;
  std::call_once(once, [] {
    // There is no matching grpc_shutdown, because that call can wait ten seconds for one of gRPC's
    // pollers.
    grpc_init();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  std::unique_ptr<Server> server(new Server(options));
  if (absl::Status status = server->WarmUp(options); !status.ok()) return status;
  if (absl::Status status = server->Listen(options); !status.ok()) return status;
  server->ReportServing();
  return server;
}

absl::Status Server::Listen(const ServerOptions& options) {
  grpc::ServerBuilder builder;
  SetChannelArguments(options.limits, &builder);
  std::vector<int> ports(options.listen.size(), 0);
  for (size_t i = 0; i < ports.size(); ++i) {
    builder.AddListeningPort(options.listen[i], grpc::InsecureServerCredentials(), &ports[i]);
  }
  builder.RegisterService(&service_);
  grpc_server_ = builder.BuildAndStart();
  for (size_t i = 0; i < ports.size(); ++i) {
    if (ports[i] == 0) {  // BuildAndStart stops at the first address that fails
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen[i],
                                                 ": in use, not allowed, or not an address"));
    }
    addresses_.push_back(WithPort(options.listen[i], ports[i]));
  }
  return grpc_server_ == nullptr ? absl::InternalError("gRPC does not start") : absl::OkStatus();
}

void Server::ReportServing() {
  grpc::HealthCheckServiceInterface* health = grpc_server_->GetHealthCheckService();
  if (health == nullptr) return;
  health->SetServingStatus(true);
  health->SetServingStatus(v1::RopeService::service_full_name(), true);
}

void Server::Drain(std::chrono::milliseconds patience) {
  grpc::HealthCheckServiceInterface* health = grpc_server_->GetHealthCheckService();
  if (health != nullptr) health->Shutdown();  // sends NOT_SERVING to every watcher
  engine_.Drain();
  // The engine counts our calls. gRPC would also wait for a health watch, which never ends.
  engine_.AwaitIdle(patience);
  grpc_server_->Shutdown(std::chrono::system_clock::now() + kLastWrites);
  grpc_server_->Wait();
}

Server::~Server() {
  if (grpc_server_ != nullptr) Drain(std::chrono::milliseconds(0));
}

}  // namespace rope::server

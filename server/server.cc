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
#include "server/warm_spec.h"

namespace rope::server {
namespace {

// What is left to send when our own calls are done: trailers.
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
  builder->SetMaxSendMessageSize(-1);  // chunks have their own bound
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  // Per connection, and more than the gates let in: it is they who say no.
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              static_cast<int>(limits.max_streams + limits.max_calls));
  // Readers that are gone without a word hold tables: find out within a minute and a half.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kMinute);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecond);
  // Clients may ping too, every ten seconds, also while nothing is asked.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * kSecond);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  // Connections end now and then, so that clients spread over new servers; calls are never cut.
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 15 * kMinute);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * kMinute);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                              std::numeric_limits<int>::max());
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10 * kSecond);
  // Two servers on one port must not both believe that they serve it.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// "HOST:0" with the port that was taken.
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
    // Only a matter of speed: no reason not to serve.
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
  const std::string part = absl::StrCat(file, ".part");  // no reader sees half of it
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
    // Never shut down again: that can wait ten seconds for a poller of gRPC's own.
    grpc_init();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  std::unique_ptr<Server> server(new Server(options));
  if (absl::Status status = server->WarmUp(options); !status.ok()) return status;
  grpc::ServerBuilder builder;
  SetChannelArguments(options.limits, &builder);
  std::vector<int> ports(options.listen.size(), 0);
  for (size_t i = 0; i < ports.size(); ++i) {
    builder.AddListeningPort(options.listen[i], grpc::InsecureServerCredentials(), &ports[i]);
  }
  builder.RegisterService(&server->service_);
  server->grpc_server_ = builder.BuildAndStart();
  for (size_t i = 0; i < ports.size(); ++i) {
    if (ports[i] == 0) {  // BuildAndStart stops at the first address that fails
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen[i],
                                                 ": in use, not allowed, or not an address"));
    }
    server->addresses_.push_back(WithPort(options.listen[i], ports[i]));
  }
  if (server->grpc_server_ == nullptr) return absl::InternalError("gRPC does not start");
  grpc::HealthCheckServiceInterface* health = server->grpc_server_->GetHealthCheckService();
  if (health != nullptr) {
    health->SetServingStatus(true);
    health->SetServingStatus(v1::RopeService::service_full_name(), true);
  }
  return server;
}

void Server::Drain(std::chrono::milliseconds patience) {
  grpc::HealthCheckServiceInterface* health = grpc_server_->GetHealthCheckService();
  if (health != nullptr) health->Shutdown();  // every watcher is told NOT_SERVING
  engine_.Drain();
  // Our own count decides: gRPC's would also wait for a health watch that never ends.
  engine_.AwaitIdle(patience);
  grpc_server_->Shutdown(std::chrono::system_clock::now() + kLastWrites);
  grpc_server_->Wait();
}

Server::~Server() {
  if (grpc_server_ != nullptr) Drain(std::chrono::milliseconds(0));
}

}  // namespace rope::server

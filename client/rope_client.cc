#include "client/rope_client.h"

#include <utility>

#include "client/stream/grpc_status.h"
#include "client/stream/table_assembly.h"

namespace rope::client {
namespace {

void SetDeadline(const CallOptions& options, grpc::ClientContext* context) {
  if (const auto deadline = DeadlineOf(options); deadline.has_value()) {
    context->set_deadline(*deadline);
  }
}

}  // namespace

RopeClient::RopeClient(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), stub_(v1::RopeService::NewStub(channel_)) {}

RopeClient RopeClient::Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  // A window that holds several chunks; the bandwidth probe would replace it by its own estimate.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 1 << 20);  // a chunk arrives in few pieces
  return RopeClient(
      grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
}

absl::StatusOr<v1::GetServerInfoResponse> RopeClient::GetServerInfo(
    const CallOptions& options) const {
  grpc::ClientContext context;
  SetDeadline(options, &context);
  v1::GetServerInfoResponse response;
  const grpc::Status status = stub_->GetServerInfo(&context, {}, &response);
  if (!status.ok()) return FromGrpcStatus(status, nullptr);
  return response;
}

absl::StatusOr<v1::GetFrequenciesResponse> RopeClient::GetFrequencies(
    const v1::GetFrequenciesRequest& request, const CallOptions& options,
    std::vector<Finding>* findings) const {
  grpc::ClientContext context;
  SetDeadline(options, &context);
  v1::GetFrequenciesResponse response;
  const grpc::Status status = stub_->GetFrequencies(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status, findings);
  return response;
}

absl::StatusOr<v1::ValidateConfigResponse> RopeClient::ValidateConfig(
    const v1::ValidateConfigRequest& request, const CallOptions& options) const {
  grpc::ClientContext context;
  SetDeadline(options, &context);
  v1::ValidateConfigResponse response;
  const grpc::Status status = stub_->ValidateConfig(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status, nullptr);
  return response;
}

absl::StatusOr<v1::ListPresetsResponse> RopeClient::ListPresets(const CallOptions& options) const {
  grpc::ClientContext context;
  SetDeadline(options, &context);
  v1::ListPresetsResponse response;
  const grpc::Status status = stub_->ListPresets(&context, {}, &response);
  if (!status.ok()) return FromGrpcStatus(status, nullptr);
  return response;
}

absl::StatusOr<v1::GetPresetResponse> RopeClient::GetPreset(const std::string& name,
                                                            const CallOptions& options) const {
  grpc::ClientContext context;
  SetDeadline(options, &context);
  v1::GetPresetRequest request;
  request.set_name(name);
  v1::GetPresetResponse response;
  const grpc::Status status = stub_->GetPreset(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status, nullptr);
  return response;
}

absl::StatusOr<v1::WarmTablesResponse> RopeClient::WarmTables(
    const v1::WarmTablesRequest& request, const CallOptions& options,
    std::vector<Finding>* findings) const {
  grpc::ClientContext context;
  SetDeadline(options, &context);
  v1::WarmTablesResponse response;
  const grpc::Status status = stub_->WarmTables(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status, findings);
  return response;
}

std::unique_ptr<TableReader> RopeClient::StreamTable(const v1::StreamEmbeddingsRequest& request,
                                                     const CallOptions& options) const {
  return std::make_unique<TableReader>(channel_, request, options);
}

absl::StatusOr<Table> RopeClient::FetchTable(const v1::StreamEmbeddingsRequest& request,
                                             const CallOptions& options,
                                             std::vector<Finding>* findings) const {
  const std::unique_ptr<TableReader> reader = StreamTable(request, options);
  auto header = reader->Header();
  if (!header.ok()) {
    if (findings != nullptr) *findings = reader->findings();
    return header.status();
  }
  Table table = MakeRoom(*std::move(header));
  const absl::Status status = reader->ReadInto(
      [&table](v1::TensorKind kind, int64_t offset) { return PlaceIn(table, kind, offset); });
  if (!status.ok()) return status;
  table.footer = reader->footer();
  return table;
}

}  // namespace rope::client

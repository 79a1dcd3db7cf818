#include "client/rope_client.h"

#include <algorithm>
#include <utility>

#include "proto/wire/convert.h"
#include "rope/v1/status.pb.h"

namespace rope::client {
namespace {

void SetDeadline(const CallOptions& options, grpc::ClientContext* context) {
  if (options.timeout.has_value()) {
    context->set_deadline(std::chrono::system_clock::now() + *options.timeout);
  }
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status, std::vector<Finding>* findings) {
  if (status.ok()) return absl::OkStatus();
  v1::DetailedStatus detailed;
  if (findings != nullptr && detailed.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : detailed.details()) {
      v1::ConfigRefusal refusal;
      if (!detail.UnpackTo(&refusal)) continue;
      for (const v1::Finding& finding : refusal.findings()) {
        findings->push_back(wire::FindingFromProto(finding));
      }
    }
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

RopeClient::RopeClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(v1::RopeService::NewStub(std::move(channel))) {}

RopeClient RopeClient::Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  // A window that holds several chunks; the bandwidth probe would replace it by its own estimate.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
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

std::unique_ptr<TableReader> RopeClient::StreamTable(const v1::StreamEmbeddingsRequest& request,
                                                     const CallOptions& options) const {
  return std::unique_ptr<TableReader>(new TableReader(stub_.get(), request, options));
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
  Table table;
  table.header = *std::move(header);
  for (const v1::TensorSpec& spec : table.header.tensors()) {
    table.tensors.push_back({spec.kind(), {spec.shape().begin(), spec.shape().end()}, {}});
    table.tensors.back().bytes.resize(spec.byte_size());
  }
  while (true) {
    auto chunk = reader->Next();
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) break;
    for (Tensor& tensor : table.tensors) {
      if (tensor.kind != (*chunk)->kind()) continue;
      const std::string& data = (*chunk)->data();
      std::copy(data.begin(), data.end(), tensor.bytes.begin() + (*chunk)->byte_offset());
    }
  }
  table.footer = reader->footer();
  return table;
}

TableReader::TableReader(v1::RopeService::Stub* stub, const v1::StreamEmbeddingsRequest& request,
                         const CallOptions& options)
    : max_answer_bytes_(options.max_answer_bytes) {
  SetDeadline(options, &context_);
  reader_ = stub->StreamEmbeddings(&context_, request);
}

}  // namespace rope::client

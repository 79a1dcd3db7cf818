#include "client/rope_client.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "client/stream/grpc_status.h"
#include "client/stream/head_exchange.h"
#include "client/stream/retry.h"
#include "client/stream/table_assembly.h"
#include "client/stream/unary_answer_check.h"

namespace rope::client {
namespace {

using Stub = v1::RopeService::Stub;

template <typename Request, typename Response>
using UnaryMethod = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

template <typename Request, typename Response>
absl::StatusOr<Response> CallUnary(Stub* stub, UnaryMethod<Request, Response> method,
                                   const Request& request, const CallOptions& options,
                                   std::vector<Finding>* findings) {
  grpc::ClientContext context;
  if (const auto deadline = DeadlineOf(options); deadline.has_value()) {
    context.set_deadline(*deadline);
  }
  Response response;
  const grpc::Status status = (stub->*method)(&context, request, &response);
  if (status.ok()) {
    if (absl::Status answer = CheckAnswer(request, response); !answer.ok()) return answer;
    return response;
  }
  return ExplainDeadline(options, std::chrono::milliseconds(0), FromGrpcStatus(status, findings));
}

// See CallOptions.patience.
std::chrono::milliseconds TimeForHeads(absl::Span<const absl::string_view> tensors) {
  size_t bytes = 0;
  for (absl::string_view tensor : tensors) bytes += tensor.size();
  return std::chrono::seconds(bytes >> 20);
}

// Whether the target is a loopback address or a socket of this host.
bool IsThisHost(absl::string_view target) {
  for (absl::string_view start : {"127.", "localhost:", "[::1]:", "unix:"}) {
    if (absl::StartsWith(target, start)) return true;
  }
  return false;
}

}  // namespace

RopeClient::RopeClient(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), stub_(v1::RopeService::NewStub(channel_)) {}

RopeClient RopeClient::OnChannel(std::shared_ptr<grpc::Channel> channel) {
  return RopeClient(std::move(channel));
}

RopeClient RopeClient::Connect(const std::string& target) {
  return Connect(target, grpc::InsecureChannelCredentials());
}

RopeClient RopeClient::Connect(const std::string& target,
                               const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  // This is far more than any message of a server. Pings detect a dead connection within 80 seconds
  // while a call runs.
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  // The window holds several chunks. gRPC's bandwidth probe would replace its size by an estimate,
  // so the probe is off.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 1 << 20);  // A chunk arrives in few segments.
  // Otherwise clients of one server in one process would share a connection, which one core of the
  // server reads and writes.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // gRPC would send even calls to this host through the http_proxy of the environment.
  if (IsThisHost(target)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return OnChannel(grpc::CreateCustomChannel(target, credentials, arguments));
}

absl::StatusOr<v1::GetServerInfoResponse> RopeClient::GetServerInfo(
    const CallOptions& options) const {
  return CallUnary(stub_.get(), &Stub::GetServerInfo, v1::GetServerInfoRequest(), options, nullptr);
}

absl::StatusOr<v1::GetFrequenciesResponse> RopeClient::GetFrequencies(
    const v1::GetFrequenciesRequest& request, const CallOptions& options,
    std::vector<Finding>* findings) const {
  return CallUnary(stub_.get(), &Stub::GetFrequencies, request, options, findings);
}

absl::StatusOr<v1::PlanSequenceResponse> RopeClient::PlanSequence(
    const v1::PlanSequenceRequest& request, const CallOptions& options,
    std::vector<Finding>* findings) const {
  return CallUnary(stub_.get(), &Stub::PlanSequence, request, options, findings);
}

absl::StatusOr<v1::ValidateConfigResponse> RopeClient::ValidateConfig(
    const v1::ValidateConfigRequest& request, const CallOptions& options) const {
  return CallUnary(stub_.get(), &Stub::ValidateConfig, request, options, nullptr);
}

absl::StatusOr<v1::ListPresetsResponse> RopeClient::ListPresets(const CallOptions& options) const {
  return CallUnary(stub_.get(), &Stub::ListPresets, v1::ListPresetsRequest(), options, nullptr);
}

absl::StatusOr<v1::GetPresetResponse> RopeClient::GetPreset(const std::string& name,
                                                            const CallOptions& options) const {
  v1::GetPresetRequest request;
  request.set_name(name);
  return CallUnary(stub_.get(), &Stub::GetPreset, request, options, nullptr);
}

absl::StatusOr<v1::WarmTablesResponse> RopeClient::WarmTables(
    const v1::WarmTablesRequest& request, const CallOptions& options,
    std::vector<Finding>* findings) const {
  CallOptions without_patience = options;
  without_patience.patience = std::chrono::milliseconds(0);
  return CallUnary(stub_.get(), &Stub::WarmTables, request, without_patience, findings);
}

absl::StatusOr<v1::BuildPositionIdsResponse> RopeClient::BuildPositionIds(
    const v1::BuildPositionIdsRequest& request, const CallOptions& options) const {
  return CallUnary(stub_.get(), &Stub::BuildPositionIds, request, options, nullptr);
}

absl::StatusOr<RotatedHeads> RopeClient::ApplyRotary(const v1::RotationSetup& setup,
                                                     absl::Span<const absl::string_view> tensors,
                                                     const CallOptions& options,
                                                     std::vector<Finding>* findings) const {
  if (absl::Status status = CheckHeads(setup, tensors); !status.ok()) return status;
  const std::chrono::milliseconds more = TimeForHeads(tensors);
  grpc::ClientContext context;
  if (const auto deadline = DeadlineOf(options, more); deadline.has_value()) {
    context.set_deadline(*deadline);
  }
  const auto stream = stub_->ApplyRotary(&context);
  RotatedHeads answer;
  bool complete = false;
  absl::Status status = ExchangeHeads(setup, tensors, stream.get(), &context, &answer, &complete);
  const grpc::Status end = stream->Finish();
  if (!status.ok()) return status;
  if (!end.ok()) return ExplainDeadline(options, more, FromGrpcStatus(end, findings));
  if (!complete) return absl::DataLossError("the answer ended before its tensors were complete");
  return answer;
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
  Table table = AllocateTable(*std::move(header));
  const absl::Status status = reader->ReadInto(
      [&table](v1::TensorKind kind, int64_t offset) { return AddressIn(table, kind, offset); });
  if (!status.ok()) return status;
  table.footer = reader->footer();
  return table;
}

}  // namespace rope::client

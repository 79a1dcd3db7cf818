// RopeClient: the C++ client of rope.v1.RopeService.
//
//   auto client = rope::client::RopeClient::Connect("127.0.0.1:50051");
//   rope::v1::StreamEmbeddingsRequest request;
//   request.mutable_config()->set_model_config_json(text_of_config_json);
//   request.mutable_position_ids()->mutable_range()->set_count(8192);
//   absl::StatusOr<rope::client::Table> table = client.FetchTable(request);
//
// Requests and answers are the public messages of proto/rope/v1. Tables are checked as they arrive,
// see TableReader.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/call_options.h"
#include "client/rotated_heads.h"
#include "client/table.h"
#include "client/table_reader.h"
#include "core/findings/finding.h"
#include "core/sequences/sequence_history.h"  // IWYU pragma: export
#include "rope/v1/rope_service.grpc.pb.h"

namespace rope::client {

// Every call except StreamTable waits for its answer, at most as long as CallOptions allow. It
// returns the server's status if that is not OK, with the server's message, and DATA_LOSS if the
// answer cannot be one to the request. If the server refused a configuration, `findings` (null or
// an empty vector) receives what is wrong with it. Thread-safe; copies share one connection.
class RopeClient {
 public:
  // `target` is "host:port" or "unix:path". Each call makes another connection. Does not wait
  // for it: if there is none, calls
  // return UNAVAILABLE. The connection is not encrypted.
  static RopeClient Connect(const std::string& target);
  // The same, with the credentials of the channel: grpc::SslCredentials for TLS. Servers with TLS
  // are yet to come; a proxy in front of one can have it.
  static RopeClient Connect(const std::string& target,
                            const std::shared_ptr<grpc::ChannelCredentials>& credentials);
  // A client on a channel that the caller has made: with other arguments, or in this process. Its
  // largest message must be 4 MiB or more.
  static RopeClient OnChannel(std::shared_ptr<grpc::Channel> channel);

  // The channel that all calls use.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // What the server is, can do and has done, and its limits.
  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo(const CallOptions& options = {}) const;
  // The frequencies of one layer type, or of all if the request names none.
  absl::StatusOr<v1::GetFrequenciesResponse> GetFrequencies(
      const v1::GetFrequenciesRequest& request, const CallOptions& options = {},
      std::vector<Finding>* findings = nullptr) const;
  // Which frequencies sequences of given lengths get. SequenceHistory (core/sequences) is the
  // helper for clients that must follow the calls of a transformers model.
  absl::StatusOr<v1::PlanSequenceResponse> PlanSequence(
      const v1::PlanSequenceRequest& request, const CallOptions& options = {},
      std::vector<Finding>* findings = nullptr) const;
  // An invalid configuration is an answer and not an error: see ValidateConfigResponse.valid.
  absl::StatusOr<v1::ValidateConfigResponse> ValidateConfig(
      const v1::ValidateConfigRequest& request, const CallOptions& options = {}) const;
  // All presets of the server, without their configurations.
  absl::StatusOr<v1::ListPresetsResponse> ListPresets(const CallOptions& options = {}) const;
  // NOT_FOUND if no preset is called `name`.
  absl::StatusOr<v1::GetPresetResponse> GetPreset(const std::string& name,
                                                  const CallOptions& options = {}) const;
  // Returns when the tables are in the server's cache.
  absl::StatusOr<v1::WarmTablesResponse> WarmTables(const v1::WarmTablesRequest& request,
                                                    const CallOptions& options = {},
                                                    std::vector<Finding>* findings = nullptr) const;

  // The positions of tokens or patches. The answer's position_ids fit into a request for a table.
  absl::StatusOr<v1::BuildPositionIdsResponse> BuildPositionIds(
      const v1::BuildPositionIdsRequest& request, const CallOptions& options = {}) const;
  // Rotates the tensors of the setup; `tensors` are their bytes. They are sent and received at the
  // same time, chunk by chunk. INVALID_ARGUMENT if their sizes are not those of the setup, and
  // DATA_LOSS if the answer does not fit what was sent.
  absl::StatusOr<RotatedHeads> ApplyRotary(const v1::RotationSetup& setup,
                                           absl::Span<const absl::string_view> tensors,
                                           const CallOptions& options = {},
                                           std::vector<Finding>* findings = nullptr) const;

  // Streams a table chunk by chunk, for tables that are larger than memory or that are not kept in
  // memory. Never null. The reader must not be used by several threads at once.
  std::unique_ptr<TableReader> StreamTable(const v1::StreamEmbeddingsRequest& request,
                                           const CallOptions& options = {}) const;
  // The whole table in memory. Each byte is copied once after it has arrived. DATA_LOSS and
  // RESOURCE_EXHAUSTED as in TableReader; `findings` is set only if the call fails before its
  // header.
  absl::StatusOr<Table> FetchTable(const v1::StreamEmbeddingsRequest& request,
                                   const CallOptions& options = {},
                                   std::vector<Finding>* findings = nullptr) const;

 private:
  explicit RopeClient(std::shared_ptr<grpc::Channel> channel);

  std::shared_ptr<grpc::Channel> channel_;
  std::shared_ptr<v1::RopeService::Stub> stub_;
};

}  // namespace rope::client

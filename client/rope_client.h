// RopeClient: the C++ client of rope.v1.RopeService.
//
//   auto client = rope::client::RopeClient::Connect("127.0.0.1:50051");
//   rope::v1::StreamEmbeddingsRequest request;
//   request.mutable_config()->set_model_config_json(text_of_config_json);
//   request.mutable_position_ids()->mutable_range()->set_count(8192);
//   absl::StatusOr<rope::client::Table> table = client.FetchTable(request);
//
// Requests and answers are the public messages of proto/rope/v1. Everything that arrives is checked
// against what was announced before it is handed out. Thread-safe but for TableReader, which has
// one user.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/table_reader.h"
#include "core/findings/finding.h"
#include "rope/v1/rope_service.grpc.pb.h"

namespace rope::client {

// One tensor: row-major, unpadded, little-endian.
struct Tensor {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  std::vector<int64_t> shape;
  // Not initialised before it is received: that would be a pass over memory of its own.
  std::unique_ptr<char[]> data;
  int64_t byte_size = 0;

  absl::string_view bytes() const { return {data.get(), static_cast<size_t>(byte_size)}; }
};

struct Table {
  v1::StreamHeader header;
  v1::StreamFooter footer;
  std::vector<Tensor> tensors;  // in the header's order
};

class RopeClient {
 public:
  // Over it all calls go; see Connect.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // `target`: "host:port" or "unix:path". Does not wait for a connection; calls report it.
  static RopeClient Connect(const std::string& target);

  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo(const CallOptions& options = {}) const;
  // `findings`, where given, receives what is wrong with a configuration that was refused.
  absl::StatusOr<v1::GetFrequenciesResponse> GetFrequencies(
      const v1::GetFrequenciesRequest& request, const CallOptions& options = {},
      std::vector<Finding>* findings = nullptr) const;
  absl::StatusOr<v1::ValidateConfigResponse> ValidateConfig(
      const v1::ValidateConfigRequest& request, const CallOptions& options = {}) const;
  absl::StatusOr<v1::ListPresetsResponse> ListPresets(const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetPresetResponse> GetPreset(const std::string& name,
                                                  const CallOptions& options = {}) const;
  // Returns when the tables are in the server's cache.
  absl::StatusOr<v1::WarmTablesResponse> WarmTables(const v1::WarmTablesRequest& request,
                                                    const CallOptions& options = {},
                                                    std::vector<Finding>* findings = nullptr) const;

  std::unique_ptr<TableReader> StreamTable(const v1::StreamEmbeddingsRequest& request,
                                           const CallOptions& options = {}) const;
  // The whole table in memory; each byte is copied once after it has arrived.
  absl::StatusOr<Table> FetchTable(const v1::StreamEmbeddingsRequest& request,
                                   const CallOptions& options = {},
                                   std::vector<Finding>* findings = nullptr) const;

 private:
  explicit RopeClient(std::shared_ptr<grpc::Channel> channel);

  std::shared_ptr<grpc::Channel> channel_;
  std::shared_ptr<v1::RopeService::Stub> stub_;
};

}  // namespace rope::client

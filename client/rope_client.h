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

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/config/finding.h"
#include "rope/v1/rope_service.grpc.pb.h"

namespace rope::client {

struct CallOptions {
  // Time for the whole call; absent: no limit.
  std::optional<std::chrono::milliseconds> timeout;
  // An announced answer beyond this is refused before anything is allocated for it.
  int64_t max_answer_bytes = int64_t{16} << 30;
};

// One tensor: row-major, unpadded, little-endian.
struct Tensor {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  std::vector<int64_t> shape;
  std::vector<char> bytes;
};

struct Table {
  v1::StreamHeader header;
  v1::StreamFooter footer;
  std::vector<Tensor> tensors;  // in the header's order
};

// A stream of verified chunks. Dropping it cancels the call.
class TableReader {
 public:
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  // The header, read with the first message. Called before Next, or any time after.
  absl::StatusOr<v1::StreamHeader> Header();

  // The next chunk; absent after the last one, when the footer has been checked. DATA_LOSS where
  // the stream is not what its header announced or a checksum is wrong; otherwise the server's
  // status. After an error the stream is over.
  absl::StatusOr<std::optional<v1::Chunk>> Next();

  // REQUIRES Next has returned an absent chunk.
  const v1::StreamFooter& footer() const { return footer_; }

  // What is wrong with the configuration, where the server refused it.
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  friend class RopeClient;
  TableReader(v1::RopeService::Stub* stub, const v1::StreamEmbeddingsRequest& request,
              const CallOptions& options);

  // Reads one message into chunks_; at the end of the stream, checks its status and totals.
  absl::Status ReadMessage();
  absl::Status TakeHeader(const v1::StreamHeader& header);
  absl::Status TakeChunk(v1::Chunk* chunk);
  absl::Status Finish();
  absl::Status Fail(absl::Status status);

  struct Progress {
    v1::TensorSpec spec;
    int64_t row_bytes = 0;
    int64_t received = 0;
  };

  const int64_t max_answer_bytes_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::StreamEmbeddingsResponse>> reader_;
  v1::StreamEmbeddingsResponse message_;
  std::optional<v1::StreamHeader> header_;
  std::vector<Progress> tensors_;
  std::vector<v1::Chunk> chunks_;  // verified, not yet handed out; in order
  size_t next_chunk_ = 0;
  bool has_footer_ = false;
  bool ended_ = false;
  v1::StreamFooter footer_;
  absl::Status status_;
  std::vector<Finding> findings_;
};

class RopeClient {
 public:
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

  std::unique_ptr<TableReader> StreamTable(const v1::StreamEmbeddingsRequest& request,
                                           const CallOptions& options = {}) const;
  // The whole table in memory.
  absl::StatusOr<Table> FetchTable(const v1::StreamEmbeddingsRequest& request,
                                   const CallOptions& options = {},
                                   std::vector<Finding>* findings = nullptr) const;

 private:
  explicit RopeClient(std::shared_ptr<grpc::Channel> channel);

  std::shared_ptr<v1::RopeService::Stub> stub_;
};

// gRPC's status as ours, with the findings of a refused configuration where there are some.
absl::Status FromGrpcStatus(const grpc::Status& status, std::vector<Finding>* findings);

}  // namespace rope::client

// TableReader: the stream of one table, checked as it arrives.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/stream/chunk_copy.h"
#include "client/stream/response_parser.h"
#include "client/stream/stream_call.h"
#include "client/stream/stream_check.h"
#include "core/findings/finding.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// Has one user. Dropping it cancels the call. Where the stream breaks with UNAVAILABLE it goes on
// from the last good row, as the options' retry policy says.
class TableReader {
 public:
  TableReader(std::shared_ptr<grpc::Channel> channel, v1::StreamEmbeddingsRequest request,
              const CallOptions& options);
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  // The header, read with the first message. Called before the others, or any time after.
  absl::StatusOr<v1::StreamHeader> Header();

  // The next chunk; absent after the last one, when the footer has been checked. DATA_LOSS where
  // the stream is not what its header announced or a checksum is wrong; otherwise the server's
  // status. After an error the stream is over.
  absl::StatusOr<std::optional<v1::Chunk>> Next();

  // The same without a copy: the bytes belong to the reader, until the next call.
  absl::StatusOr<std::optional<ChunkView>> NextView();

  // Reads to the end, each byte copied once: chunk by chunk to where `place(kind, byte_offset)`
  // says there is room for the rest of that tensor. After an error what was written is unspecified.
  absl::Status ReadInto(absl::FunctionRef<std::byte*(v1::TensorKind, int64_t)> place);

  // REQUIRES the end was read.
  const v1::StreamFooter& footer() const { return check_.footer(); }

  // What is wrong with the configuration, where the server refused it.
  const std::vector<Finding>& findings() const { return findings_; }

  // Calls made after the first one.
  int retries() const { return retries_; }

 private:
  using Clock = std::chrono::system_clock;

  // Makes view_ the next chunk, its place checked; false at the end.
  absl::StatusOr<bool> NextChunk();
  // Reads one message into response_; at the end of the stream checks its status and totals.
  absl::Status ReadMessage();
  absl::Status TakeMessage();
  absl::Status TakeStatus();
  void StartCall();
  void EndCall();
  bool Await(StreamCall::Event event);
  absl::Status Fail(absl::Status status);

  const std::shared_ptr<grpc::Channel> channel_;
  v1::StreamEmbeddingsRequest request_;
  const CallOptions options_;
  const std::optional<Clock::time_point> deadline_;
  StreamCheck check_;
  ChunkCopier copier_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<StreamCall> call_;  // null: to be started

  grpc::ByteBuffer message_;  // that response_ looks into
  ResponseView response_;
  size_t next_chunk_ = 0;
  ChunkView view_;
  int64_t skipped_ = 0;  // first bytes of view_ that were handed out before

  int attempts_ = 0;  // in a row, without anything new
  int retries_ = 0;
  bool ended_ = false;
  absl::Status status_;
  std::vector<Finding> findings_;
};

}  // namespace rope::client

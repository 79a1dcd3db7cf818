// TableReader: the stream of one table, checked as it arrives.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/chunk_view.h"
#include "core/findings/finding.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// Reads header, chunks and footer of one StreamEmbeddings call. Checks the header against the
// request, all of them against each other and, unless CallOptions.verify is false, the checksum of
// every chunk. If the stream breaks, the reader starts another call for the rows that are missing,
// as CallOptions.retry allows; its user sees one stream without gaps.
//
// All functions that read return DATA_LOSS if the header is not the answer to the request, if the
// stream is not what its header announced, or if a checksum is wrong, RESOURCE_EXHAUSTED if the
// header announces more than max_answer_bytes, and otherwise the server's status. An error ends the
// stream: every later attempt to read a chunk returns the same error.
//
// Not thread-safe. The destructor cancels a call that has not ended.
class TableReader {
 public:
  // Starts the call and does not wait for it. Most callers use RopeClient::StreamTable instead.
  TableReader(std::shared_ptr<grpc::Channel> channel, v1::StreamEmbeddingsRequest request,
              const CallOptions& options);
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  // The header. Waits for the first message; may be called at any time and more than once.
  absl::StatusOr<v1::StreamHeader> Header();

  // The next chunk, without its checksum; absent after the last one, when the footer has been
  // checked too. Chunks of one tensor come in order, without gaps and without overlap.
  absl::StatusOr<std::optional<v1::Chunk>> Next();

  // Like Next, but without a copy. The view is valid until the next call of any function that
  // reads.
  absl::StatusOr<std::optional<ChunkView>> NextView();

  // Reads to the end of the stream and copies each byte once. For each chunk, `place(kind, offset)`
  // returns the address for byte `offset` of tensor `kind`, or null to drop the chunk. The memory
  // from there to the end of the tensor must belong to the caller. After an error the content of
  // that memory is unspecified.
  absl::Status ReadInto(absl::FunctionRef<std::byte*(v1::TensorKind, int64_t)> place);

  // REQUIRES: Next, NextView or ReadInto has reported the end without an error.
  const v1::StreamFooter& footer() const;

  // What is wrong with the configuration, if the server refused it; otherwise empty.
  const std::vector<Finding>& findings() const;

  // The number of calls after the first one.
  int retries() const;

 private:
  class Stream;

  const std::unique_ptr<Stream> stream_;
};

}  // namespace rope::client

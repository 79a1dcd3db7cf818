// AnswerChunks: the rows of one answer, fetched block by block and cut into chunks.
//
// A chunk is one message's part of one tensor. On the wire it is a frame of a few bytes and then
// bytes of a block, which are not copied.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rope/v1/embeddings.pb.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

// `bytes` bytes at `data`, which lie inside `block`.
struct Chunk {
  std::shared_ptr<const engine::TableBlock> block;
  const std::byte* data = nullptr;
  int64_t bytes = 0;
  std::string frame;  // the bytes that precede `data` on the wire
};

// Appends the frame and the bytes of a chunk to `slices`. The bytes are not copied: their slice
// holds the block until the transport is done with it.
void AppendChunk(Chunk chunk, std::vector<grpc::Slice>* slices);

// How rows are cut.
struct ChunkOptions {
  std::vector<v1::TensorKind> tensors;  // the requested ones, in the order of the answer
  int64_t row_bytes = 0;                // of one tensor
  int64_t chunk_bytes = 0;              // of the largest chunk; a larger row is a chunk alone
  bool omit_checksums = false;
};

// Not thread-safe: one thread at a time may use it, and no thread until FetchBlock has called back.
class AnswerChunks {
 public:
  using Done = std::function<void(const absl::Status&)>;

  // `engine` must outlive this object.
  AnswerChunks(engine::RopeEngine* engine, std::shared_ptr<engine::TableStream> stream,
               ChunkOptions options);

  engine::TableStream& stream() const { return *stream_; }
  int64_t rows() const { return stream_->rows() - stream_->first_row(); }  // of the whole answer
  int64_t bytes() const;  // of the whole answer: all rows of all requested tensors

  // Whether every row has been cut into chunks, taken or not.
  bool AllRowsCut() const { return rows_cut_ == stream_->rows(); }
  // The chunks that were cut and not taken yet, in the order of the answer.
  const std::deque<Chunk>& chunks() const { return chunks_; }

  // Fetches the next block, cuts its rows into chunks and then calls `done` once: on this thread if
  // the block is ready and nothing must be hashed, otherwise on a thread of the engine. If the
  // stream fails or is cancelled, `done` gets its status and there are no new chunks. `done` may
  // destroy this object. REQUIRES !AllRowsCut(), and that no other FetchBlock waits.
  void FetchBlock(Done done);

  // Takes the chunks of the next message: as many as fit into chunk_bytes together, at least one.
  // Small chunks share a message because every message wakes up a thread at both ends. REQUIRES
  // that chunks() is not empty.
  std::vector<grpc::Slice> TakeMessage();
  // Appends all chunks to `slices` and takes them.
  void TakeAll(std::vector<grpc::Slice>* slices);

 private:
  void OnSlice(const absl::StatusOr<engine::BlockSlice>& slice);
  // Whether CutIntoChunks must compute a checksum. A chunk that is a whole block uses the block's
  // checksum.
  bool NeedsHashing(const engine::BlockSlice& slice) const;
  void CutIntoChunks(const engine::BlockSlice& slice);
  void CallBack(const absl::Status& status);

  engine::RopeEngine* engine_;
  std::shared_ptr<engine::TableStream> stream_;
  ChunkOptions options_;
  std::deque<Chunk> chunks_;
  int64_t
      rows_cut_;  // the request's rows before this one are cut, or were not requested (first_row)
  Done done_;     // of the FetchBlock that waits
};

}  // namespace rope::server

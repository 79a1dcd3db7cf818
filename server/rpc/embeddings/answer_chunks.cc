#include "server/rpc/embeddings/answer_chunks.h"

#include <algorithm>
#include <utility>

#include "core/checksum/xxh3.h"
#include "proto/wire/chunk_frame.h"

namespace rope::server {

void AppendChunk(Chunk chunk, std::vector<grpc::Slice>* slices) {
  using Owner = std::shared_ptr<const engine::TableBlock>;
  slices->emplace_back(chunk.frame);
  // gRPC's slices take a pointer to mutable bytes, but do not write to them.
  slices->emplace_back(
      const_cast<std::byte*>(chunk.data), static_cast<size_t>(chunk.bytes),
      [](void* owner) { delete static_cast<Owner*>(owner); }, new Owner(std::move(chunk.block)));
}

AnswerChunks::AnswerChunks(engine::RopeEngine* engine, std::shared_ptr<engine::TableStream> stream,
                           ChunkOptions options)
    : engine_(engine),
      stream_(std::move(stream)),
      options_(std::move(options)),
      rows_cut_(stream_->first_row()) {}

int64_t AnswerChunks::bytes() const {
  return rows() * options_.row_bytes * static_cast<int64_t>(options_.tensors.size());
}

void AnswerChunks::FetchBlock(Done done) {
  done_ = std::move(done);
  stream_->Next([this](const absl::StatusOr<engine::BlockSlice>& slice) { OnSlice(slice); });
}

void AnswerChunks::OnSlice(const absl::StatusOr<engine::BlockSlice>& slice) {
  if (!slice.ok()) {
    CallBack(slice.status());
  } else if (NeedsHashing(*slice)) {
    // Hashing is work for the engine's threads; this may be one of gRPC's.
    engine_->Run([this, slice = *slice] {
      CutIntoChunks(slice);
      CallBack(absl::OkStatus());
    });
  } else {
    CutIntoChunks(*slice);
    CallBack(absl::OkStatus());
  }
}

// `done` may destroy this object, so it must not be a member while it runs.
void AnswerChunks::CallBack(const absl::Status& status) {
  Done done;
  done.swap(done_);
  done(status);
}

bool AnswerChunks::NeedsHashing(const engine::BlockSlice& slice) const {
  const bool whole_block =
      slice.rows == slice.block->rows() && slice.block->tensor_bytes() <= options_.chunk_bytes;
  return !options_.omit_checksums && !whole_block;
}

void AnswerChunks::CutIntoChunks(const engine::BlockSlice& slice) {
  const engine::TableBlock& block = *slice.block;
  const int64_t row_bytes = options_.row_bytes;
  const int64_t rows_per_chunk = std::max<int64_t>(1, options_.chunk_bytes / row_bytes);
  for (int64_t row = 0; row < slice.rows; row += rows_per_chunk) {
    const int64_t bytes = std::min(rows_per_chunk, slice.rows - row) * row_bytes;
    for (v1::TensorKind kind : options_.tensors) {
      const int64_t tensor = kind == v1::TENSOR_KIND_SIN ? 1 : 0;
      const std::byte* const data = block.tensor(tensor) + (slice.first_row + row) * row_bytes;
      const uint64_t hash = options_.omit_checksums ? 0
                            : bytes == block.tensor_bytes()
                                ? block.xxh3(tensor)
                                : Xxh3(data, static_cast<size_t>(bytes));
      const int64_t offset = (rows_cut_ + row) * row_bytes;
      chunks_.push_back(
          {slice.block, data, bytes, wire::ChunkFrameBytes({kind, offset, hash, bytes})});
    }
  }
  rows_cut_ += slice.rows;
}

std::vector<grpc::Slice> AnswerChunks::TakeMessage() {
  std::vector<grpc::Slice> slices;
  int64_t bytes = 0;
  do {
    bytes += chunks_.front().bytes;
    AppendChunk(std::move(chunks_.front()), &slices);
    chunks_.pop_front();
  } while (!chunks_.empty() && bytes + chunks_.front().bytes <= options_.chunk_bytes);
  return slices;
}

void AnswerChunks::TakeAll(std::vector<grpc::Slice>* slices) {
  for (Chunk& chunk : chunks_) AppendChunk(std::move(chunk), slices);
  chunks_.clear();
}

}  // namespace rope::server

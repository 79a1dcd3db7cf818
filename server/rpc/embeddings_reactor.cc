#include "server/rpc/embeddings_reactor.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/wire/chunk_frame.h"
#include "proto/wire/convert.h"
#include "server/rpc/answers.h"
#include "server/rpc/status.h"
#include "xxhash.h"

namespace rope::server {
namespace {

// Answers up to this size are one message: a stream of three would cost more than its bytes.
constexpr int64_t kSmallAnswerBytes = 64 << 10;

v1::CacheOutcome OutcomeToProto(CacheOutcome outcome) {
  switch (outcome) {
    case CacheOutcome::kHit:
      return v1::CACHE_OUTCOME_HIT;
    case CacheOutcome::kMiss:
      return v1::CACHE_OUTCOME_MISS;
    case CacheOutcome::kBypass:
      break;
  }
  return v1::CACHE_OUTCOME_BYPASS;
}

absl::StatusOr<v1::StreamEmbeddingsRequest> ParseRequest(const grpc::ByteBuffer& bytes,
                                                         int64_t max_bytes) {
  if (static_cast<int64_t>(bytes.Length()) > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the request has ", bytes.Length(), " bytes; this server reads at most ", max_bytes));
  }
  grpc::ByteBuffer copy(bytes);  // shares the slices; the reader wants one it may consume
  grpc::ProtoBufferReader reader(&copy);
  v1::StreamEmbeddingsRequest request;
  if (!reader.status().ok() || !request.ParseFromZeroCopyStream(&reader)) {
    return absl::InvalidArgumentError("the request is not a StreamEmbeddingsRequest message");
  }
  return request;
}

absl::StatusOr<int64_t> ChunkBytes(int64_t asked, const Limits& limits) {
  if (asked == 0) return limits.default_chunk_bytes;
  if (asked >= limits.min_chunk_bytes && asked <= limits.max_chunk_bytes) return asked;
  return absl::InvalidArgumentError(
      absl::StrCat("chunk_bytes is ", asked, "; it lies in ", limits.min_chunk_bytes, "..",
                   limits.max_chunk_bytes, ", 0 means ", limits.default_chunk_bytes));
}

grpc::Slice SliceOfBlock(std::shared_ptr<const TableBlock> block, const std::byte* data,
                         int64_t bytes) {
  auto* const owner = new std::shared_ptr<const TableBlock>(std::move(block));
  return grpc::Slice(
      const_cast<std::byte*>(data), static_cast<size_t>(bytes),
      [](void* held) { delete static_cast<std::shared_ptr<const TableBlock>*>(held); }, owner);
}

}  // namespace

EmbeddingsReactor* EmbeddingsReactor::Start(RopeEngine* engine,
                                            grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer& request) {
  auto* const reactor = new EmbeddingsReactor(engine, context);
  auto admission = engine->AdmitStream();
  if (!admission.ok()) {
    AskToRetry(context);
    reactor->Finish(ToGrpcStatus(admission.status()));
    return reactor;
  }
  reactor->admission_ = *std::move(admission);
  engine->Run([reactor, request] { reactor->Begin(request); });
  return reactor;
}

void EmbeddingsReactor::Begin(const grpc::ByteBuffer& bytes) {
  std::vector<Finding> findings;
  const auto request = ParseRequest(bytes, engine_->limits().max_request_bytes);
  const absl::Status status = request.ok() ? Open(*request, &findings) : request.status();
  if (!status.ok()) {
    Finish(ToGrpcStatus(status, findings));
    return;
  }
  const int64_t answer_bytes = stream_->rows() * row_bytes_ * static_cast<int64_t>(tensors_.size());
  small_ = answer_bytes <= kSmallAnswerBytes;
  if (small_) {
    Continue();
    return;
  }
  const grpc::Slice slice(header_.SerializeAsString());
  message_ = grpc::ByteBuffer(&slice, 1);
  StartWrite(&message_);
}

absl::Status EmbeddingsReactor::Open(const v1::StreamEmbeddingsRequest& request,
                                     std::vector<Finding>* findings) {
  const auto dtype = wire::DTypeFromProto(request.dtype());
  if (!dtype.ok()) return dtype.status();
  const auto layout = wire::LayoutFromProto(request.layout());
  if (!layout.ok()) return layout.status();
  const auto profile = wire::NumericProfileFromProto(request.numeric_profile());
  if (!profile.ok()) return profile.status();
  const auto chunk_bytes = ChunkBytes(request.chunk_bytes(), engine_->limits());
  if (!chunk_bytes.ok()) return chunk_bytes.status();
  chunk_bytes_ = *chunk_bytes;
  if (absl::Status status = ReadTensors(request); !status.ok()) return status;
  auto positions = wire::PositionIdsFromProto(request.position_ids(), engine_->limits().max_rows);
  if (!positions.ok()) return positions.status();
  const auto json = wire::ConfigJsonFromProto(request.config());
  if (!json.ok()) return json.status();

  ResolveOptions options;
  options.layer_type = request.layer_type();
  options.seq_len = request.has_seq_len() ? request.seq_len() : positions->max() + 1;
  options.profile = *profile;
  options.path = HfPath::kForward;
  auto resolved = engine_->ResolveOne(*json, options, findings);
  if (!resolved.ok()) return resolved.status();
  const TableForm form{*dtype, *layout};
  auto stream = engine_->Open(resolved->plan, *std::move(positions), form);
  if (!stream.ok()) return stream.status();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cancelled_) return absl::CancelledError("the call was cancelled");
    stream_ = *std::move(stream);
  }
  row_bytes_ = RowBytes(form, resolved->plan.half_width());
  FillHeader(request, *resolved);
  return absl::OkStatus();
}

absl::Status EmbeddingsReactor::ReadTensors(const v1::StreamEmbeddingsRequest& request) {
  for (int tensor : request.tensors()) {
    const auto kind = static_cast<v1::TensorKind>(tensor);
    const bool known = kind == v1::TENSOR_KIND_COS || kind == v1::TENSOR_KIND_SIN;
    if (!known || std::find(tensors_.begin(), tensors_.end(), kind) != tensors_.end()) {
      return absl::InvalidArgumentError(
          "tensors: TENSOR_KIND_COS and TENSOR_KIND_SIN are allowed, each once");
    }
    tensors_.push_back(kind);
  }
  if (tensors_.empty()) tensors_ = {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN};
  return absl::OkStatus();
}

void EmbeddingsReactor::FillHeader(const v1::StreamEmbeddingsRequest& request,
                                   const Resolved& resolved) {
  v1::StreamHeader& header = *header_.mutable_header();
  *header.mutable_resolution() = ResolutionOf(resolved);
  header.set_dtype(wire::DTypeToProto(stream_->form().dtype));
  header.set_layout(wire::LayoutToProto(stream_->form().layout));
  header.set_numeric_profile(wire::NumericProfileToProto(resolved.plan.profile));
  header.set_backend(std::string(engine_->backend().name()));
  header.set_cache(OutcomeToProto(stream_->cache_outcome()));
  for (v1::TensorKind kind : tensors_) {
    v1::TensorSpec& tensor = *header.add_tensors();
    tensor.set_kind(kind);
    *tensor.mutable_shape() = request.position_ids().shape();
    if (tensor.shape_size() == 0) tensor.add_shape(stream_->rows());
    tensor.add_shape(RowWidth(stream_->form().layout, resolved.plan.half_width()));
    tensor.set_byte_size(stream_->rows() * row_bytes_);
  }
}

void EmbeddingsReactor::Continue() {
  if (rows_done_ < stream_->rows()) {
    stream_->Next([this](const absl::StatusOr<BlockSlice>& slice) { OnSlice(slice); });
  } else if (small_) {
    WriteAll();
  } else {
    const grpc::Slice slice(Footer());
    WriteLast(grpc::ByteBuffer(&slice, 1));
  }
}

void EmbeddingsReactor::OnSlice(const absl::StatusOr<BlockSlice>& slice) {
  if (!slice.ok()) {
    Finish(ToGrpcStatus(slice.status()));
    return;
  }
  const bool whole =
      slice->rows == slice->block->rows() && slice->block->tensor_bytes() <= chunk_bytes_;
  const auto cut_and_go_on = [this, slice = *slice] {
    Cut(slice);
    if (small_) {
      Continue();
    } else {
      WriteNextPiece();
    }
  };
  // A part of a block is hashed, which is work: not on gRPC's threads.
  if (whole) {
    cut_and_go_on();
  } else {
    engine_->Run(cut_and_go_on);
  }
}

void EmbeddingsReactor::Cut(const BlockSlice& slice) {
  if (rows_done_ == 0) first_chunk_us_ = MicrosecondsSinceAccepted();
  const TableBlock& block = *slice.block;
  const int64_t rows_per_piece = std::max<int64_t>(1, chunk_bytes_ / row_bytes_);
  for (int64_t row = 0; row < slice.rows; row += rows_per_piece) {
    const int64_t rows = std::min(rows_per_piece, slice.rows - row);
    const int64_t bytes = rows * row_bytes_;
    for (v1::TensorKind kind : tensors_) {
      const bool is_cos = kind == v1::TENSOR_KIND_COS;
      const std::byte* const data =
          (is_cos ? block.cos() : block.sin()) + (slice.first_row + row) * row_bytes_;
      const uint64_t known = is_cos ? block.cos_xxh3() : block.sin_xxh3();
      const uint64_t hash =
          bytes == block.tensor_bytes() ? known : XXH3_64bits(data, static_cast<size_t>(bytes));
      pieces_.push_back({slice.block, kind, data, bytes, (rows_done_ + row) * row_bytes_, hash});
    }
  }
  rows_done_ += slice.rows;
}

void EmbeddingsReactor::WriteNextPiece() {
  Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  const grpc::Slice slices[] = {grpc::Slice(wire::ChunkFrameBytes(
                                    {piece.kind, piece.byte_offset, piece.xxh3_64, piece.bytes})),
                                SliceOfBlock(std::move(piece.block), piece.data, piece.bytes)};
  message_ = grpc::ByteBuffer(slices, 2);
  StartWrite(&message_);
}

void EmbeddingsReactor::WriteAll() {
  std::string message = header_.SerializeAsString();
  for (const Piece& piece : pieces_) {
    message += wire::ChunkFrameBytes({piece.kind, piece.byte_offset, piece.xxh3_64, piece.bytes});
    message.append(reinterpret_cast<const char*>(piece.data), static_cast<size_t>(piece.bytes));
  }
  pieces_.clear();
  message += Footer();
  const grpc::Slice slice(message);
  WriteLast(grpc::ByteBuffer(&slice, 1));
}

void EmbeddingsReactor::WriteLast(grpc::ByteBuffer message) {
  message_ = std::move(message);
  admission_ = Admission();  // before the client can know that it was answered
  StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
}

std::string EmbeddingsReactor::Footer() {
  v1::StreamEmbeddingsResponse response;
  v1::StreamFooter& footer = *response.mutable_footer();
  footer.set_rows(stream_->rows());
  footer.set_bytes(stream_->rows() * row_bytes_ * static_cast<int64_t>(tensors_.size()));
  footer.set_first_chunk_us(first_chunk_us_);
  footer.set_total_us(MicrosecondsSinceAccepted());
  return response.SerializeAsString();
}

int64_t EmbeddingsReactor::MicrosecondsSinceAccepted() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               accepted_)
      .count();
}

void EmbeddingsReactor::OnWriteDone(bool ok) {
  if (!ok) {
    Finish(grpc::Status::CANCELLED);  // the client is gone
  } else if (!pieces_.empty()) {
    WriteNextPiece();
  } else {
    Continue();
  }
}

void EmbeddingsReactor::OnCancel() {
  std::shared_ptr<TableStream> stream;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    stream = stream_;
  }
  if (stream != nullptr) stream->Cancel();
}

}  // namespace rope::server

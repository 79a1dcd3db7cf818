// TableReader: what a stream must look like, and what is said where it does not.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rope_client.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "proto/wire/convert.h"
#include "xxhash.h"

namespace rope::client {
namespace {

absl::Status DataLoss(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the stream is broken: ", what));
}

// Product of `shape` and `element_bytes`; -1 where it is not a size.
int64_t BytesOf(const google::protobuf::RepeatedField<int64_t>& shape, int64_t element_bytes) {
  int64_t bytes = element_bytes;
  for (int64_t dimension : shape) {
    if (dimension < 1 || __builtin_mul_overflow(bytes, dimension, &bytes)) return -1;
  }
  return shape.empty() ? -1 : bytes;
}

}  // namespace

TableReader::~TableReader() {
  if (ended_) return;
  context_.TryCancel();
  while (reader_->Read(&message_)) {
  }
  (void)reader_->Finish();
}

absl::Status TableReader::Fail(absl::Status status) {
  status_ = std::move(status);
  chunks_.clear();
  next_chunk_ = 0;
  if (!ended_) {
    ended_ = true;
    context_.TryCancel();
    while (reader_->Read(&message_)) {
    }
    (void)reader_->Finish();
  }
  return status_;
}

absl::StatusOr<v1::StreamHeader> TableReader::Header() {
  if (!header_.has_value() && status_.ok() && !ended_) {
    if (absl::Status status = ReadMessage(); !status.ok()) return status;
  }
  if (header_.has_value()) return *header_;
  return status_.ok() ? DataLoss("it has no header") : status_;
}

absl::StatusOr<std::optional<v1::Chunk>> TableReader::Next() {
  while (next_chunk_ == chunks_.size()) {
    if (!status_.ok()) return status_;
    if (ended_) return std::nullopt;
    if (absl::Status status = ReadMessage(); !status.ok()) return status;
  }
  return std::move(chunks_[next_chunk_++]);
}

absl::Status TableReader::ReadMessage() {
  chunks_.clear();
  next_chunk_ = 0;
  if (!reader_->Read(&message_)) return Finish();
  if (has_footer_) return Fail(DataLoss("a message after the footer"));
  if (message_.has_header() == header_.has_value()) {
    return Fail(DataLoss(header_.has_value() ? "a second header" : "no header at its begin"));
  }
  if (message_.has_header()) {
    if (absl::Status status = TakeHeader(message_.header()); !status.ok()) return Fail(status);
  }
  for (v1::Chunk& chunk : *message_.mutable_chunks()) {
    if (absl::Status status = TakeChunk(&chunk); !status.ok()) return Fail(status);
  }
  if (message_.has_footer()) {
    has_footer_ = true;
    footer_ = message_.footer();
  }
  return absl::OkStatus();
}

absl::Status TableReader::TakeHeader(const v1::StreamHeader& header) {
  const auto dtype = wire::DTypeFromProto(header.dtype());
  if (!dtype.ok() || header.dtype() == v1::D_TYPE_UNSPECIFIED) {
    return DataLoss("a dtype this client does not know");
  }
  const auto layout = wire::LayoutFromProto(header.layout());
  if (!layout.ok() || header.layout() == v1::LAYOUT_UNSPECIFIED) {
    return DataLoss("a layout this client does not know");
  }
  const int64_t numbers = *layout == Layout::kComplex ? 2 : 1;  // of one element
  const int64_t element_bytes = numbers * static_cast<int64_t>(DTypeSize(*dtype));
  const int row_dimensions = *layout == Layout::kPairs ? 2 : 1;
  int64_t total = 0;
  for (const v1::TensorSpec& spec : header.tensors()) {
    const int64_t bytes = BytesOf(spec.shape(), element_bytes);
    const bool repeated = std::any_of(tensors_.begin(), tensors_.end(), [&](const Progress& one) {
      return one.spec.kind() == spec.kind();
    });
    if (bytes < 0 || bytes != spec.byte_size() || repeated ||
        __builtin_add_overflow(total, bytes, &total)) {
      return DataLoss("a tensor whose announced size is not that of its shape");
    }
    int64_t row_bytes = element_bytes;
    for (int i = 1; i <= row_dimensions && i <= spec.shape_size(); ++i) {
      row_bytes *= spec.shape(spec.shape_size() - i);
    }
    tensors_.push_back({spec, row_bytes, 0});
  }
  if (tensors_.empty()) return DataLoss("no tensors");
  if (total > max_answer_bytes_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer has ", total, " bytes; this call allows ", max_answer_bytes_));
  }
  header_ = header;
  return absl::OkStatus();
}

absl::Status TableReader::TakeChunk(v1::Chunk* chunk) {
  const auto tensor = std::find_if(tensors_.begin(), tensors_.end(), [&](const Progress& one) {
    return one.spec.kind() == chunk->kind();
  });
  if (tensor == tensors_.end()) return DataLoss("a chunk of a tensor that was not announced");
  const auto bytes = static_cast<int64_t>(chunk->data().size());
  if (chunk->byte_offset() != tensor->received) {
    return DataLoss(absl::StrCat("a chunk at byte ", chunk->byte_offset(), " where byte ",
                                 tensor->received, " is next"));
  }
  if (bytes == 0 || bytes % tensor->row_bytes != 0 ||
      bytes > tensor->spec.byte_size() - tensor->received) {
    return DataLoss(absl::StrCat("a chunk of ", bytes, " bytes, which is not whole rows of ",
                                 tensor->row_bytes, " bytes within the tensor"));
  }
  if (XXH3_64bits(chunk->data().data(), chunk->data().size()) != chunk->xxh3_64()) {
    return DataLoss(
        absl::StrCat("the chunk at byte ", chunk->byte_offset(), " does not have its checksum"));
  }
  tensor->received += bytes;
  chunks_.push_back(std::move(*chunk));
  return absl::OkStatus();
}

absl::Status TableReader::Finish() {
  ended_ = true;
  const grpc::Status grpc_status = reader_->Finish();
  if (!grpc_status.ok()) return Fail(FromGrpcStatus(grpc_status, &findings_));
  if (!has_footer_) return Fail(DataLoss("it ended without a footer"));
  int64_t received = 0;
  for (const Progress& tensor : tensors_) {
    if (tensor.received != tensor.spec.byte_size()) {
      return Fail(DataLoss("it ended before its tensors were complete"));
    }
    received += tensor.received;
  }
  if (footer_.bytes() != received ||
      footer_.rows() != tensors_.front().received / tensors_.front().row_bytes) {
    return Fail(DataLoss("its footer's totals are not those of its chunks"));
  }
  return absl::OkStatus();
}

}  // namespace rope::client

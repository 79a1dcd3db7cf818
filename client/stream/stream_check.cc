#include "client/stream/stream_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "proto/wire/convert.h"

namespace rope::client {
namespace {

absl::Status DataLoss(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the stream is broken: ", what));
}

// The size of a tensor in bytes; -1 if `shape` is empty, has a dimension below 1 or overflows.
int64_t TensorBytes(const google::protobuf::RepeatedField<int64_t>& shape, int64_t element_bytes) {
  int64_t bytes = element_bytes;
  for (int64_t dimension : shape) {
    if (dimension < 1 || __builtin_mul_overflow(bytes, dimension, &bytes)) return -1;
  }
  return shape.empty() ? -1 : bytes;
}

// The size of one element of a tensor: of a complex number in layout complex.
int64_t ElementBytes(Layout layout, DType dtype) {
  return (layout == Layout::kComplex ? 2 : 1) * static_cast<int64_t>(DTypeSize(dtype));
}

// How many of a tensor's dimensions are one row: [.., h, 2] in layout pairs, [.., h, 2, 2] in
// matrices.
int RowDimensions(Layout layout) {
  if (layout == Layout::kMatrices) return 3;
  return layout == Layout::kPairs ? 2 : 1;
}

}  // namespace

absl::Status StreamCheck::TakeMessage(const ResponseView& message) {
  if (call_has_footer_) return DataLoss("a message follows the footer");
  if (message.header.has_value() == call_has_header_) {
    return DataLoss(call_has_header_ ? "a second header" : "it does not start with a header");
  }
  if (message.header.has_value()) {
    absl::Status status =
        has_header_ ? TakeSameHeader(*message.header) : TakeHeader(*message.header);
    if (!status.ok()) return status;
    call_has_header_ = true;
    has_header_ = true;
  }
  if (message.footer.has_value()) {
    call_has_footer_ = true;
    footer_ = *message.footer;
  }
  return absl::OkStatus();
}

absl::Status StreamCheck::TakeHeader(const v1::StreamHeader& header) {
  const auto dtype = wire::DTypeFromProto(header.dtype());
  if (!dtype.ok() || header.dtype() == v1::D_TYPE_UNSPECIFIED) {
    return DataLoss("this client does not know the dtype");
  }
  const auto layout = wire::LayoutFromProto(header.layout());
  if (!layout.ok() || header.layout() == v1::LAYOUT_UNSPECIFIED) {
    return DataLoss("this client does not know the layout");
  }
  absl::Status status = TakeTensors(header, ElementBytes(*layout, *dtype), RowDimensions(*layout));
  if (status.ok()) header_ = header;
  return status;
}

absl::Status StreamCheck::TakeTensors(const v1::StreamHeader& header, int64_t element_bytes,
                                      int row_dimensions) {
  int64_t total = 0;
  for (const v1::TensorSpec& spec : header.tensors()) {
    const int64_t bytes = TensorBytes(spec.shape(), element_bytes);
    if (bytes < 0 || bytes != spec.byte_size() || __builtin_add_overflow(total, bytes, &total)) {
      return DataLoss("the announced size of a tensor is not that of its shape");
    }
    if (Find(spec.kind()) != nullptr) return DataLoss("the header announces a tensor twice");
    int64_t row_bytes = element_bytes;
    for (int i = 1; i <= row_dimensions && i <= spec.shape_size(); ++i) {
      row_bytes *= spec.shape(spec.shape_size() - i);
    }
    // This check also keeps first_row_ * row_bytes below the size of the tensor.
    if (first_row_ >= bytes / row_bytes) {
      return DataLoss(absl::StrCat("the table has ", bytes / row_bytes,
                                   " rows; the call asked for rows from ", first_row_, " on"));
    }
    tensors_.push_back({spec, row_bytes, first_row_ * row_bytes, first_row_ * row_bytes});
  }
  if (tensors_.empty()) return DataLoss("the header announces no tensors");
  if (total > max_answer_bytes_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the answer has ", total, " bytes; this call allows at most ", max_answer_bytes_));
  }
  return absl::OkStatus();
}

StreamCheck::Progress* StreamCheck::Find(v1::TensorKind kind) {
  const auto tensor = std::find_if(tensors_.begin(), tensors_.end(),
                                   [&](const Progress& one) { return one.spec.kind() == kind; });
  return tensor == tensors_.end() ? nullptr : &*tensor;
}

// Another backend, or a cache, may answer the resumed call. The tensors must be the same.
absl::Status StreamCheck::TakeSameHeader(const v1::StreamHeader& header) {
  v1::StreamHeader same = header;
  same.set_backend(header_.backend());
  same.set_cache(header_.cache());
  if (same.SerializeAsString() == header_.SerializeAsString()) return absl::OkStatus();
  return DataLoss("the resumed call announces other tensors");
}

absl::Status StreamCheck::TakeChunk(const ChunkView& chunk, int64_t* skipped) {
  Progress* const tensor = Find(chunk.kind);
  if (tensor == nullptr) return DataLoss("a chunk of a tensor that was not announced");
  if (chunk.byte_offset != tensor->next) {
    return DataLoss(
        absl::StrCat("a chunk starts at byte ", chunk.byte_offset, ", not at byte ", tensor->next));
  }
  if (chunk.byte_size == 0 || chunk.byte_size % tensor->row_bytes != 0 ||
      chunk.byte_size > tensor->spec.byte_size() - tensor->next) {
    return DataLoss(absl::StrCat("a chunk of ", chunk.byte_size, " bytes is not whole rows of ",
                                 tensor->row_bytes, " bytes within the tensor"));
  }
  *skipped = std::min(tensor->received - tensor->next, chunk.byte_size);
  tensor->next += chunk.byte_size;
  tensor->received = std::max(tensor->received, tensor->next);
  return absl::OkStatus();
}

absl::Status StreamCheck::CheckHash(const ChunkView& chunk, uint64_t xxh3_64) const {
  if (!verify_ || xxh3_64 == chunk.xxh3_64) return absl::OkStatus();
  return DataLoss(
      absl::StrCat("the checksum of the chunk at byte ", chunk.byte_offset, " is wrong"));
}

absl::Status StreamCheck::TakeEnd() {
  if (!call_has_footer_) return DataLoss("it ended without a footer");
  int64_t sent = 0;
  for (const Progress& tensor : tensors_) {
    if (tensor.next != tensor.spec.byte_size()) {
      return DataLoss("it ended before its tensors were complete");
    }
    sent += tensor.next - first_row_ * tensor.row_bytes;
  }
  const Progress& first = tensors_.front();
  if (footer_.bytes() != sent || footer_.rows() != first.next / first.row_bytes - first_row_) {
    return DataLoss("the totals in the footer are not those of the chunks");
  }
  return absl::OkStatus();
}

int64_t StreamCheck::Resume() {
  call_has_header_ = false;
  call_has_footer_ = false;
  if (!has_header_) return first_row_;
  first_row_ = tensors_.front().received / tensors_.front().row_bytes;
  for (const Progress& tensor : tensors_) {
    first_row_ = std::min(first_row_, tensor.received / tensor.row_bytes);
  }
  // A request must ask for at least one row. If only the footer is missing, the last row is sent a
  // second time.
  const Progress& tensor = tensors_.front();
  first_row_ = std::min(first_row_, tensor.spec.byte_size() / tensor.row_bytes - 1);
  for (Progress& one : tensors_) one.next = first_row_ * one.row_bytes;
  return first_row_;
}

}  // namespace rope::client

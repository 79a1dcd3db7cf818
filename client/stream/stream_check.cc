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

// Product of `shape` and `element_bytes`; -1 where it is not a size.
int64_t BytesOf(const google::protobuf::RepeatedField<int64_t>& shape, int64_t element_bytes) {
  int64_t bytes = element_bytes;
  for (int64_t dimension : shape) {
    if (dimension < 1 || __builtin_mul_overflow(bytes, dimension, &bytes)) return -1;
  }
  return shape.empty() ? -1 : bytes;
}

}  // namespace

absl::Status StreamCheck::TakeMessage(const ResponseView& message) {
  if (call_has_footer_) return DataLoss("a message after the footer");
  if (message.header.has_value() == call_has_header_) {
    return DataLoss(call_has_header_ ? "a second header" : "no header at its begin");
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
    tensors_.push_back({spec, row_bytes, first_row_ * row_bytes, first_row_ * row_bytes});
  }
  if (tensors_.empty()) return DataLoss("no tensors");
  if (total > max_answer_bytes_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer has ", total, " bytes; this call allows ", max_answer_bytes_));
  }
  header_ = header;
  return absl::OkStatus();
}

// Who answers, and whether it was cached, may differ; what is answered may not.
absl::Status StreamCheck::TakeSameHeader(const v1::StreamHeader& header) {
  v1::StreamHeader same = header;
  same.set_backend(header_.backend());
  same.set_cache(header_.cache());
  if (same.SerializeAsString() == header_.SerializeAsString()) return absl::OkStatus();
  return DataLoss("the call that goes on with it announces other tensors");
}

absl::Status StreamCheck::TakeChunk(const ChunkView& chunk, int64_t* skipped) {
  const auto tensor = std::find_if(tensors_.begin(), tensors_.end(), [&](const Progress& one) {
    return one.spec.kind() == chunk.kind;
  });
  if (tensor == tensors_.end()) return DataLoss("a chunk of a tensor that was not announced");
  if (chunk.byte_offset != tensor->next) {
    return DataLoss(absl::StrCat("a chunk at byte ", chunk.byte_offset, " where byte ",
                                 tensor->next, " is next"));
  }
  if (chunk.bytes == 0 || chunk.bytes % tensor->row_bytes != 0 ||
      chunk.bytes > tensor->spec.byte_size() - tensor->next) {
    return DataLoss(absl::StrCat("a chunk of ", chunk.bytes, " bytes, which is not whole rows of ",
                                 tensor->row_bytes, " bytes within the tensor"));
  }
  *skipped = std::min(tensor->received - tensor->next, chunk.bytes);
  tensor->next += chunk.bytes;
  tensor->received = std::max(tensor->received, tensor->next);
  return absl::OkStatus();
}

absl::Status StreamCheck::CheckHash(const ChunkView& chunk, uint64_t xxh3_64) const {
  if (!verify_ || xxh3_64 == chunk.xxh3_64) return absl::OkStatus();
  return DataLoss(
      absl::StrCat("the chunk at byte ", chunk.byte_offset, " does not have its checksum"));
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
    return DataLoss("its footer's totals are not those of its chunks");
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
  // There is no request for no rows: where only the footer was lost, the last row comes again.
  const Progress& tensor = tensors_.front();
  first_row_ = std::min(first_row_, tensor.spec.byte_size() / tensor.row_bytes - 1);
  for (Progress& one : tensors_) one.next = first_row_ * one.row_bytes;
  return first_row_;
}

}  // namespace rope::client

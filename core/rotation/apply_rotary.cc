#include "core/rotation/apply_rotary.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/rotation/complex_tail.h"
#include "core/rotation/kernels/kernels.h"
#include "core/rotation/table_columns.h"
#include "core/table/table_rows.h"

namespace rope {
namespace {

using rotation::BestKernel;
using rotation::ComplexTail;
using rotation::Loop;
using rotation::RotateRowsFunction;
using rotation::Rows;
using rotation::TableColumns;

absl::Status CheckSizes(const HeadTensor& in, const MutableHeadTensor& out) {
  if (in.dtype != out.dtype) {
    return absl::InvalidArgumentError(absl::StrCat("the result must have the input's dtype, ",
                                                   DTypeName(in.dtype), ", not ",
                                                   DTypeName(out.dtype)));
  }
  const int64_t in_sizes[] = {in.batch, in.heads, in.seq, in.dim};
  const int64_t out_sizes[] = {out.batch, out.heads, out.seq, out.dim};
  if (!std::equal(in_sizes, in_sizes + 4, out_sizes)) {
    return absl::InvalidArgumentError("the result must have the input's shape");
  }
  if (*std::min_element(in_sizes, in_sizes + 4) < 0) {
    return absl::InvalidArgumentError("the shape has a negative size");
  }
  return absl::OkStatus();
}

absl::Status Check(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
                   const MutableHeadTensor& out) {
  if (absl::Status status = CheckSizes(in, out); !status.ok()) return status;
  if (in.dtype == DType::kFloat64 || table.dtype == DType::kFloat64) {
    return absl::InvalidArgumentError("float64 is not rotated: only float32, float16 and bfloat16");
  }
  if (table.half_width < 1 || table.half_width > kMaxHalfWidth) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the table has ", table.half_width, " frequencies; allowed are 1 to ", kMaxHalfWidth));
  }
  if (rotation.arithmetic == Arithmetic::kComplex && rotation.pairing != Pairing::kInterleaved) {
    return absl::InvalidArgumentError("the two parts of a complex number are interleaved pairs");
  }
  const int64_t width = 2 * table.half_width;
  if (rotation.offset < 0 || width > in.dim || rotation.offset > in.dim - width) {
    return absl::InvalidArgumentError(absl::StrCat("the table turns ", width,
                                                   " channels from channel ", rotation.offset,
                                                   " on, but a head has ", in.dim));
  }
  return absl::OkStatus();
}

// Rotates the rows of one call, block by block.
class Rotator {
 public:
  Rotator(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
          const MutableHeadTensor& out, const SequencePart& part)
      : rotation_(rotation),
        in_(in),
        out_(out),
        size_(static_cast<int64_t>(DTypeSize(in.dtype))),
        width_(2 * table.half_width),
        in_place_(in.data == out.data),
        first_row_(part.first),
        columns_(table, rotation.inverse),
        complex_tail_(in.dtype, part.total, table.half_width) {
    const bool rounds_each_step =
        rotation.arithmetic == Arithmetic::kPromoted && in.dtype == table.dtype;
    rotate_rows_ = BestKernel().rotate_rows(Loop{in.dtype, rotation.pairing, rounds_each_step});
    if (in_place_ && rotation.pairing == Pairing::kDeinterleave) {
      copied_rows_.resize(static_cast<size_t>(columns_.max_rows() * width_ * size_));
    }
  }

  void Run() {
    for (int64_t batch = 0; batch < in_.batch; ++batch) {
      for (int64_t first = 0; first < in_.seq; first += columns_.max_rows()) {
        const int64_t rows = std::min(columns_.max_rows(), in_.seq - first);
        columns_.Load(batch, first, rows);
        for (int64_t head = 0; head < in_.heads; ++head) RotateHead(batch, head, first, rows);
      }
    }
  }

 private:
  void RotateHead(int64_t batch, int64_t head, int64_t first, int64_t rows) {
    const std::byte* const in =
        in_.data +
        size_ * (batch * in_.batch_stride + head * in_.head_stride + first * in_.seq_stride);
    std::byte* const out = out_.data + size_ * (batch * out_.batch_stride +
                                                head * out_.head_stride + first * out_.seq_stride);
    if (!in_place_) CopyRest(in, rows, out);
    Rows job;
    job.in = in + size_ * rotation_.offset;
    job.in_stride = in_.seq_stride;
    job.out = out + size_ * rotation_.offset;
    job.out_stride = out_.seq_stride;
    job.rows = rows;
    if (head + 1 < in_.heads) {
      job.next_in = job.in + size_ * in_.head_stride;
      job.next_out = job.out + size_ * out_.head_stride;
    }
    columns_.Assign(&job);
    if (!copied_rows_.empty()) MoveAside(&job);
    const bool is_complex = rotation_.arithmetic == Arithmetic::kComplex;
    if (is_complex) complex_tail_.Read(job, first_row_ + first);
    rotate_rows_(job);
    if (is_complex) complex_tail_.Write(job, first_row_ + first);
  }

  // Copies the channels before and after the window.
  void CopyRest(const std::byte* in, int64_t rows, std::byte* out) const {
    const auto before = static_cast<size_t>(size_ * rotation_.offset);
    const int64_t end = size_ * (rotation_.offset + width_);
    const auto after = static_cast<size_t>(size_ * in_.dim - end);
    if (before + after == 0) return;
    for (int64_t row = 0; row < rows; ++row) {
      const std::byte* const from = in + row * size_ * in_.seq_stride;
      std::byte* const to = out + row * size_ * out_.seq_stride;
      std::memcpy(to, from, before);
      std::memcpy(to + end, from + end, after);
    }
  }

  // Copies the job's input, because the loop would overwrite channels that it has yet to read.
  void MoveAside(Rows* job) {
    for (int64_t row = 0; row < job->rows; ++row) {
      std::memcpy(copied_rows_.data() + row * width_ * size_,
                  job->in + row * size_ * job->in_stride, static_cast<size_t>(width_ * size_));
    }
    job->in = copied_rows_.data();
    job->in_stride = width_;
  }

  const Rotation& rotation_;
  const HeadTensor& in_;
  const MutableHeadTensor& out_;
  const int64_t size_;   // of an element, in bytes
  const int64_t width_;  // of the window, in channels
  const bool in_place_;
  const int64_t first_row_;  // of the sequence
  TableColumns columns_;
  ComplexTail complex_tail_;
  RotateRowsFunction rotate_rows_ = nullptr;
  std::vector<std::byte> copied_rows_;  // empty: the loop reads its input where it is
};

}  // namespace

absl::Status ApplyRotary(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
                         const MutableHeadTensor& out) {
  return ApplyRotary(rotation, table, in, out, SequencePart{0, in.seq});
}

absl::Status ApplyRotary(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
                         const MutableHeadTensor& out, const SequencePart& part) {
  if (absl::Status status = Check(rotation, table, in, out); !status.ok()) return status;
  Rotator(rotation, table, in, out, part).Run();
  return absl::OkStatus();
}

}  // namespace rope

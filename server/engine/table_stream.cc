#include "server/engine/table_stream.h"

#include <algorithm>
#include <utility>

namespace rope {
namespace {

constexpr size_t kBlocksAhead = 2;

}  // namespace

std::shared_ptr<TableStream> TableStream::Open(const TableSource& source, FrequencyPlan plan,
                                               PositionIds positions, TableForm form) {
  std::shared_ptr<TableStream> stream(
      new TableStream(source, std::move(plan), std::move(positions), form));
  if (stream->positions_.contiguous()) {
    stream->outcome_ = stream->AllThere() ? CacheOutcome::kHit : CacheOutcome::kMiss;
  }
  return stream;
}

TableStream::TableStream(const TableSource& source, FrequencyPlan plan, PositionIds positions,
                         TableForm form)
    : source_(source),
      plan_(std::move(plan)),
      positions_(std::move(positions)),
      form_(form),
      plan_bytes_(CanonicalBytes(plan_)),
      rows_per_block_(RowsPerBlock(form_, plan_.half_width())) {}

TableStream::Piece TableStream::PieceAt(int64_t row) const {
  Piece piece;
  if (!positions_.contiguous()) {
    piece.compute_first = row;
    piece.compute_rows = std::min(rows_per_block_, rows() - row);
    piece.slice_rows = piece.compute_rows;
    return piece;
  }
  const int64_t position = positions_.start() + row;
  const int bucket = RowBucket(position);
  const int64_t begin = BucketBegin(bucket);
  piece.key = {plan_bytes_, form_, bucket};
  piece.block_index = (position - begin) / rows_per_block_;
  piece.compute_first = begin + piece.block_index * rows_per_block_;
  // The last bucket ends with the last position there is.
  const int64_t end = std::min(BucketEnd(bucket), kMaxPosition + 1);
  piece.compute_rows = std::min(rows_per_block_, end - piece.compute_first);
  piece.slice_first = position - piece.compute_first;
  piece.slice_rows = std::min(piece.compute_rows - piece.slice_first, rows() - row);
  return piece;
}

bool TableStream::AllThere() const {
  for (int64_t row = 0; row < rows();) {
    const Piece piece = PieceAt(row);
    if (!source_.cache->Contains(piece.key, piece.block_index)) return false;
    row += piece.slice_rows;
  }
  return true;
}

void TableStream::Next(NextCallback done) {
  bool cancelled = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled = cancelled_;
    if (!cancelled) waiting_ = std::move(done);
  }
  if (cancelled) {
    done(absl::CancelledError("the stream was cancelled"));
    return;
  }
  FetchAhead();
  DeliverIfReady();
}

void TableStream::Cancel() {
  NextCallback waiting;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    interest_.reset();
    ahead_.clear();
    waiting.swap(waiting_);
  }
  if (waiting) waiting(absl::CancelledError("the stream was cancelled"));
}

void TableStream::FetchAhead() {
  while (true) {
    Piece piece;
    uint64_t number = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (cancelled_ || ahead_.size() >= kBlocksAhead || next_row_ == rows()) return;
      piece = PieceAt(next_row_);
      number = first_number_ + ahead_.size();
      ahead_.push_back({piece, std::nullopt});
      next_row_ += piece.slice_rows;
    }
    Fetch(number, piece);
  }
}

void TableStream::Fetch(uint64_t number, const Piece& piece) {
  std::weak_ptr<void> owner;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    owner = interest_;
  }
  auto self = shared_from_this();
  if (!positions_.contiguous()) {
    source_.queue->Push([self, number, piece, owner] {
      if (owner.expired()) return;
      self->OnBlock(number,
                    TableBlock::Compute(*self->source_.backend, self->plan_, self->positions_,
                                        piece.compute_first, piece.compute_rows, self->form_,
                                        self->source_.threads_per_block));
    });
    return;
  }
  const auto compute = [self, piece]() -> BlockResult {
    const auto positions = PositionIds::Range(piece.compute_first, piece.compute_rows);
    if (!positions.ok()) return positions.status();
    return TableBlock::Compute(*self->source_.backend, self->plan_, *positions, 0,
                               piece.compute_rows, self->form_, self->source_.threads_per_block);
  };
  source_.cache->Get(piece.key, piece.block_index, compute, owner,
                     [self, number](const BlockResult& result) { self->OnBlock(number, result); });
}

void TableStream::OnBlock(uint64_t number, const BlockResult& result) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cancelled_) return;
    ahead_[number - first_number_].result = result;
  }
  DeliverIfReady();
}

void TableStream::DeliverIfReady() {
  NextCallback waiting;
  Fetched fetched;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!waiting_ || ahead_.empty() || !ahead_.front().result.has_value()) return;
    waiting.swap(waiting_);
    fetched = std::move(ahead_.front());
    ahead_.pop_front();
    ++first_number_;
  }
  FetchAhead();
  if (!fetched.result->ok()) {
    waiting(fetched.result->status());
    return;
  }
  waiting(BlockSlice{**fetched.result, fetched.piece.slice_first, fetched.piece.slice_rows});
}

}  // namespace rope

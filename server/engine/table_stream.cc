#include "server/engine/table_stream.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace rope::engine {
namespace {

// The last position there is ends a bucket, so that no bucket has positions beyond it.
static_assert(BucketEnd(kLastBucket) == kMaxPosition + 1);

absl::Status Cancelled() { return absl::CancelledError("the stream was cancelled"); }

}  // namespace

std::shared_ptr<TableStream> TableStream::Open(const TableSource& source, TableRequest request) {
  return std::shared_ptr<TableStream>(new TableStream(source, std::move(request)));
}

TableStream::TableStream(const TableSource& source, TableRequest request)
    : source_(source),
      request_(std::move(request)),
      cached_(request_.positions.contiguous()),
      plan_bytes_(CanonicalBytes(request_.plan)),
      rows_per_block_(RowsPerBlock(request_.form, request_.plan.half_width())),
      outcome_(!cached_     ? CacheOutcome::kBypass
               : AllThere() ? CacheOutcome::kHit
                            : CacheOutcome::kMiss),
      next_row_(request_.first_row) {}

TableStream::Piece TableStream::PieceAt(int64_t row) const {
  Piece piece;
  if (!cached_) {
    piece.compute_first = row;
    piece.compute_rows = std::min(rows_per_block_, rows() - row);
    piece.slice_rows = piece.compute_rows;
    return piece;
  }
  const int64_t position = request_.positions.start() + row;
  const int bucket = RowBucket(position);
  const int64_t begin = BucketBegin(bucket);
  piece.key = {{plan_bytes_, request_.form, bucket}, (position - begin) / rows_per_block_};
  piece.compute_first = begin + piece.key.index * rows_per_block_;
  piece.compute_rows = std::min(rows_per_block_, BucketEnd(bucket) - piece.compute_first);
  piece.slice_first = position - piece.compute_first;
  piece.slice_rows = std::min(piece.compute_rows - piece.slice_first, rows() - row);
  return piece;
}

bool TableStream::AllThere() const {
  for (int64_t row = first_row(); row < rows();) {
    const Piece piece = PieceAt(row);
    if (!source_.cache->Contains(piece.key)) return false;
    row += piece.slice_rows;
  }
  return true;
}

void TableStream::Next(NextCallback done) {
  // A callback on another thread may end the call that owns this stream before we return.
  const auto self = shared_from_this();
  std::unique_lock<std::mutex> lock(mutex_);
  if (cancelled_) {
    lock.unlock();
    done(Cancelled());
    return;
  }
  waiting_ = std::move(done);
  lock.unlock();
  Prefetch();
  DeliverIfReady();
}

void TableStream::Cancel() {
  const auto self = shared_from_this();
  NextCallback waiting;
  std::optional<Fetched> ahead;  // freed without the lock
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    interest_.reset();
    ahead.swap(ahead_);
    waiting.swap(waiting_);
  }
  if (waiting) waiting(Cancelled());
}

void TableStream::Prefetch() {
  Piece piece;
  std::weak_ptr<void> interest;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cancelled_ || ahead_.has_value() || next_row_ == rows()) return;
    piece = PieceAt(next_row_);
    interest = interest_;
    ahead_ = Fetched{piece, std::nullopt};
    next_row_ += piece.slice_rows;
  }
  Fetch(piece, interest);
}

void TableStream::Fetch(const Piece& piece, const std::weak_ptr<void>& interest) {
  const auto self = shared_from_this();
  if (!cached_) {
    source_.queue->Push([self, piece, interest] {
      if (!interest.expired()) self->OnBlock(self->Compute(piece));
    });
    return;
  }
  source_.cache->Get(
      piece.key, [self, piece] { return self->Compute(piece); }, interest,
      [self](const BlockResult& result) { self->OnBlock(result); });
}

BlockResult TableStream::Compute(const Piece& piece) const {
  const FrequencyPlan& plan = request_.plan;
  if (!cached_) {
    return TableBlock::Compute(source_.maker, plan, request_.positions, piece.compute_first,
                               piece.compute_rows, request_.form);
  }
  const auto positions = PositionIds::Range(piece.compute_first, piece.compute_rows);
  if (!positions.ok()) return positions.status();
  return TableBlock::Compute(source_.maker, plan, *positions, 0, piece.compute_rows, request_.form);
}

void TableStream::OnBlock(const BlockResult& result) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cancelled_) return;
    ahead_->result = result;
  }
  DeliverIfReady();
}

void TableStream::DeliverIfReady() {
  NextCallback waiting;
  Fetched fetched;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!waiting_ || !ahead_.has_value() || !ahead_->result.has_value()) return;
    waiting.swap(waiting_);
    fetched = *std::move(ahead_);
    ahead_.reset();
  }
  if (!fetched.result->ok()) {
    waiting(fetched.result->status());
    return;
  }
  waiting(BlockSlice{**fetched.result, fetched.piece.slice_first, fetched.piece.slice_rows});
}

}  // namespace rope::engine

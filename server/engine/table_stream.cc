#include "server/engine/table_stream.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace rope::engine {
namespace {

// The outermost buckets end with the outermost positions, so every row of a bucket has a valid
// position.
static_assert(BucketEnd(kLastBucket) == kMaxPosition + 1);
static_assert(BucketStart(kFirstBucket) == kMinPosition);

absl::Status Cancelled() { return absl::CancelledError("the stream was cancelled"); }

}  // namespace

std::shared_ptr<TableStream> TableStream::Open(const TableSource& source, TableRequest request) {
  return std::shared_ptr<TableStream>(new TableStream(source, std::move(request)));
}

TableStream::TableStream(const TableSource& source, TableRequest request)
    : source_(source),
      request_(std::move(request)),
      uses_cache_(request_.positions.contiguous() && request_.runs.size() == 1),
      plan_bytes_(CanonicalBytes(plan())),
      rows_per_block_(RowsPerBlock(request_.form, plan().half_width())),
      outcome_(!uses_cache_    ? CacheOutcome::kBypass
               : CacheHasAll() ? CacheOutcome::kHit
                               : CacheOutcome::kMiss),
      next_row_(request_.first_row) {}

TableStream::SliceSpec TableStream::SliceAt(int64_t row) const {
  SliceSpec spec;
  if (!uses_cache_) {
    spec.block_first = row;
    spec.block_rows = std::min(rows_per_block_, rows() - row);
    spec.rows = spec.block_rows;
    return spec;
  }
  const int64_t position = request_.positions.start() + row;
  const int bucket = RowBucket(position);
  const int64_t start = BucketStart(bucket);
  spec.key = {{plan_bytes_, request_.form, bucket}, (position - start) / rows_per_block_};
  spec.block_first = start + spec.key.index * rows_per_block_;
  spec.block_rows = std::min(rows_per_block_, BucketEnd(bucket) - spec.block_first);
  spec.first_row = position - spec.block_first;
  spec.rows = std::min(spec.block_rows - spec.first_row, rows() - row);
  return spec;
}

bool TableStream::CacheHasAll() const {
  for (int64_t row = first_row(); row < rows();) {
    const SliceSpec spec = SliceAt(row);
    if (!source_.cache->Contains(spec.key)) return false;
    row += spec.rows;
  }
  return true;
}

int64_t TableStream::RowsInCache() const {
  int64_t kept = 0;
  if (!uses_cache_) return kept;
  for (int64_t row = first_row(); row < rows();) {
    const SliceSpec spec = SliceAt(row);
    if (source_.cache->Contains(spec.key)) kept += spec.rows;
    row += spec.rows;
  }
  return kept;
}

void TableStream::Next(NextCallback done) {
  // A callback on another thread may release the owner's reference before this function returns.
  const auto self = shared_from_this();
  MutexLock lock(mutex_);
  if (cancelled_) {
    lock.Unlock();
    done(Cancelled());
    return;
  }
  waiting_ = std::move(done);
  lock.Unlock();
  Prefetch();
  DeliverIfReady();
}

void TableStream::Cancel() {
  const auto self = shared_from_this();
  NextCallback waiting;
  std::optional<PendingSlice> pending;  // freed without the lock
  {
    const MutexLock lock(mutex_);
    cancelled_ = true;
    wanted_.reset();
    pending.swap(pending_);
    waiting.swap(waiting_);
  }
  if (waiting) waiting(Cancelled());
}

void TableStream::Prefetch() {
  SliceSpec spec;
  std::weak_ptr<void> wanted;
  {
    const MutexLock lock(mutex_);
    if (cancelled_ || pending_.has_value() || next_row_ == rows()) return;
    spec = SliceAt(next_row_);
    wanted = wanted_;
    pending_ = PendingSlice{spec, std::nullopt};
    next_row_ += spec.rows;
  }
  Fetch(spec, wanted);
}

void TableStream::Fetch(const SliceSpec& spec, const std::weak_ptr<void>& wanted) {
  const auto self = shared_from_this();
  if (!uses_cache_) {
    source_.queue->Push([self, spec, wanted] {
      if (!wanted.expired()) self->OnBlock(self->ComputeBlock(spec));
    });
    return;
  }
  source_.cache->Get(
      spec.key, [self, spec] { return self->ComputeBlock(spec); }, wanted,
      [self](const BlockResult& result) { self->OnBlock(result); });
}

BlockResult TableStream::ComputeBlock(const SliceSpec& spec) const {
  if (!uses_cache_) {
    return TableBlock::Compute(source_.settings, PlansOf(spec.block_first, spec.block_rows),
                               request_.positions, spec.block_first, request_.form);
  }
  const auto positions = PositionIds::Range(spec.block_first, spec.block_rows);
  if (!positions.ok()) return positions.status();
  return TableBlock::Compute(source_.settings, plan(), *positions, 0, spec.block_rows,
                             request_.form);
}

std::vector<PlannedRows> TableStream::PlansOf(int64_t first, int64_t rows) const {
  auto run = std::upper_bound(request_.runs.begin(), request_.runs.end(), first,
                              [](int64_t row, const PlanRun& one) { return row < one.end; });
  std::vector<PlannedRows> plans;
  for (const int64_t end = first + rows; first < end; ++run) {
    const int64_t stop = std::min(run->end, end);
    plans.push_back({run->plan.get(), stop - first});
    first = stop;
  }
  return plans;
}

void TableStream::OnBlock(const BlockResult& result) {
  {
    const MutexLock lock(mutex_);
    if (cancelled_) return;
    pending_->result = result;
  }
  DeliverIfReady();
}

void TableStream::DeliverIfReady() {
  NextCallback waiting;
  PendingSlice ready;
  {
    const MutexLock lock(mutex_);
    if (!waiting_ || !pending_.has_value() || !pending_->result.has_value()) return;
    waiting.swap(waiting_);
    ready = *std::move(pending_);
    pending_.reset();
  }
  if (!ready.result->ok()) {
    waiting(ready.result->status());
    return;
  }
  waiting(BlockSlice{**ready.result, ready.spec.first_row, ready.spec.rows});
}

}  // namespace rope::engine

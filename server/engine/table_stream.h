// TableStream: the rows of one request, block after block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "server/engine/cache/table_block.h"
#include "server/engine/cache/table_cache.h"
#include "server/engine/schedule/admission.h"
#include "server/engine/schedule/mutex.h"
#include "server/engine/schedule/work_queue.h"

namespace rope::engine {

// Rows [first_row, first_row + rows) of `block`: the next rows of the request.
struct BlockSlice {
  std::shared_ptr<const TableBlock> block;
  int64_t first_row = 0;
  int64_t rows = 0;
};

// Whether the cache had the blocks of a stream. kBypass: the stream does not use the cache.
enum class CacheOutcome { kHit, kMiss, kBypass };

// What all streams share. The cache and the queue must not be null and must outlive all streams.
struct TableSource {
  ComputeSettings settings;
  TableCache* cache = nullptr;
  WorkQueue* queue = nullptr;
};

// Consecutive rows of a request that have the same plan.
struct PlanRun {
  std::shared_ptr<const FrequencyPlan> plan;  // never null
  int64_t end = 0;                            // the row behind the last one
};

// What one stream delivers, and the room that was admitted for it.
struct TableRequest {
  // Ascending; the last one ends with the last row. At least one. All plans have the same number of
  // frequencies.
  std::vector<PlanRun> runs;
  PositionIds positions;
  TableForm form;
  int64_t first_row = 0;  // the stream starts with this row, in [0, positions.size())
  Admission list_room;    // for the list of positions and the plans
  Admission block_room;   // for kMaxBlocks blocks
};

// A range of positions with step 1 and one plan goes through the cache. Anything else is computed
// for this stream alone, block by block.
//
// One consumer calls Next, waits for the callback, and calls Next again. It may call Prefetch
// between the calls. Cancel may come from any thread at any time. The stream keeps itself alive
// while it waits for a block.
class TableStream : public std::enable_shared_from_this<TableStream> {
 public:
  // The most blocks that a stream and its consumer hold together: one is being sent and the next
  // one is ready or being computed.
  static constexpr int64_t kMaxBlocks = 2;

  using NextCallback = std::function<void(const absl::StatusOr<BlockSlice>&)>;

  // Opens a stream without computing a row. The stream holds the room in `request` until it is
  // destroyed.
  static std::shared_ptr<TableStream> Open(const TableSource& source, TableRequest request);

  // The plan of the first row.
  const FrequencyPlan& plan() const { return *request_.runs.front().plan; }
  // The number of axes of the positions.
  int64_t axes() const { return request_.positions.axes(); }
  const TableForm& form() const { return request_.form; }
  int64_t rows() const { return request_.positions.size(); }
  int64_t first_row() const { return request_.first_row; }
  // kHit: when the stream was opened, the cache had every row that the stream delivers.
  CacheOutcome cache_outcome() const { return outcome_; }
  // How many of the rows that the stream delivers are in the cache now. Linear in the blocks.
  int64_t RowsInCache() const;

  // Calls `done` exactly once: with the next slice, with CANCELLED after Cancel, or with the
  // backend's status if it fails. If the block is ready, `done` runs on this thread before Next
  // returns; otherwise it runs later on a thread of the queue. Never computes on this thread.
  // REQUIRES that no other Next is pending and that rows are left.
  void Next(NextCallback done);

  // Starts to fetch the next block before Next asks for it. Does nothing if that has been done, if
  // no row is left, or after Cancel. Never computes on this thread.
  void Prefetch();

  // Calls a pending Next back with CANCELLED, on this thread. A block that only this stream waits
  // for is not computed any more, unless its computation has started.
  void Cancel();

 private:
  // Which block to fetch, and which of its rows this stream needs.
  struct SliceSpec {
    BlockKey key;  // only if the cache is used
    int64_t block_first =
        0;  // position of the block's first row; without the cache: its row number
    int64_t block_rows = 0;
    int64_t first_row = 0;  // in the block
    int64_t rows = 0;
  };
  struct PendingSlice {
    SliceSpec spec;
    std::optional<BlockResult> result;  // absent until the block is ready
  };

  TableStream(const TableSource& source, TableRequest request);

  // The slice that starts with row `row` of the request.
  SliceSpec SliceAt(int64_t row) const;
  // Whether the cache has every block that the stream delivers.
  bool CacheHasAll() const;
  void Fetch(const SliceSpec& spec, const std::weak_ptr<void>& wanted);
  BlockResult ComputeBlock(const SliceSpec& spec) const;
  // The plans of the rows [first, first + rows) of the request.
  std::vector<PlannedRows> PlansOf(int64_t first, int64_t rows) const;
  void OnBlock(const BlockResult& result);
  // Calls a pending Next back if its block is ready.
  void DeliverIfReady();

  const TableSource source_;
  const TableRequest request_;
  const bool uses_cache_;
  const std::string plan_bytes_;
  const int64_t rows_per_block_;
  const CacheOutcome outcome_;

  Mutex mutex_;
  // Cancel resets it. The cache and the queue hold weak pointers, which then have expired: that
  // tells them that this stream no longer wants its blocks.
  std::shared_ptr<void> wanted_ ABSL_GUARDED_BY(mutex_) = std::make_shared<int>(0);
  std::optional<PendingSlice> pending_ ABSL_GUARDED_BY(mutex_);  // fetched and not yet delivered
  int64_t next_row_ ABSL_GUARDED_BY(mutex_);                     // the first row not yet fetched
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  NextCallback waiting_ ABSL_GUARDED_BY(mutex_);  // of the pending Next, otherwise empty
};

}  // namespace rope::engine

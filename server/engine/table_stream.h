// TableStream: the rows of one request, block after block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "server/engine/cache/table_block.h"
#include "server/engine/cache/table_cache.h"
#include "server/engine/schedule/admission.h"
#include "server/engine/schedule/work_queue.h"

namespace rope::engine {

// Rows [first_row, first_row + rows) of `block`, which are the request's next rows.
struct BlockSlice {
  std::shared_ptr<const TableBlock> block;
  int64_t first_row = 0;
  int64_t rows = 0;
};

enum class CacheOutcome { kHit, kMiss, kBypass };

// What all streams share. Outlives them.
struct TableSource {
  BlockMaker maker;
  TableCache* cache = nullptr;
  WorkQueue* queue = nullptr;
};

// What one stream is about.
struct TableRequest {
  FrequencyPlan plan;
  PositionIds positions;
  TableForm form;
  int64_t first_row = 0;  // of the rows that are wanted
  Admission list_room;    // of the positions' list; held as long as the list
  Admission block_room;   // of the blocks that the stream holds
};

// Positions that are a range of step 1 go through the cache; others are computed for this stream
// alone, block by block. One block is made ahead where the consumer asks for that.
//
// One consumer calls Prefetch and Next, and Next again after each callback; Cancel may come from
// any thread at any time. The stream stays alive by itself while a call is in it.
class TableStream : public std::enable_shared_from_this<TableStream> {
 public:
  // Blocks that a stream and its consumer hold: one that is being sent, and the one after it.
  static constexpr int64_t kMostBlocks = 2;

  using NextCallback = std::function<void(const absl::StatusOr<BlockSlice>&)>;

  static std::shared_ptr<TableStream> Open(const TableSource& source, TableRequest request);

  const FrequencyPlan& plan() const { return request_.plan; }
  const TableForm& form() const { return request_.form; }
  int64_t rows() const { return request_.positions.size(); }
  int64_t first_row() const { return request_.first_row; }
  // kHit: when the stream was opened every row that it wants was there.
  CacheOutcome cache_outcome() const { return outcome_; }

  // Calls `done` exactly once: with the next slice, on this thread if it is there, otherwise on a
  // thread of the queue; with CANCELLED after Cancel; with the backend's status where it fails.
  // Never computes on the caller's thread. REQUIRES no other Next is pending, and rows are left.
  void Next(NextCallback done);

  // Begins with the next block, which may have to be computed, before it is asked for. Nothing
  // where that was done, or no row is left. Never computes on the caller's thread.
  void Prefetch();

  // A pending Next gets CANCELLED, on this thread. What this stream alone waits for is not computed
  // any more, unless it is being computed already.
  void Cancel();

 private:
  struct Piece {                // one slice to come
    BlockKey key;               // where the cache is used
    int64_t compute_first = 0;  // position, or where the cache is not used, number of a position
    int64_t compute_rows = 0;
    int64_t slice_first = 0;
    int64_t slice_rows = 0;
  };
  struct Fetched {
    Piece piece;
    std::optional<BlockResult> result;  // absent: under way
  };

  TableStream(const TableSource& source, TableRequest request);

  Piece PieceAt(int64_t row) const;
  bool AllThere() const;
  void Fetch(const Piece& piece, const std::weak_ptr<void>& interest);
  BlockResult Compute(const Piece& piece) const;
  void OnBlock(const BlockResult& result);
  void DeliverIfReady();

  const TableSource source_;
  const TableRequest request_;
  const bool cached_;  // the cache is used
  const std::string plan_bytes_;
  const int64_t rows_per_block_;
  const CacheOutcome outcome_;

  std::mutex mutex_;
  // Expires with Cancel, which is what tells the cache that nobody waits here any more.
  std::shared_ptr<void> interest_ = std::make_shared<int>(0);
  std::optional<Fetched> ahead_;
  int64_t next_row_;  // first row not yet asked for
  bool cancelled_ = false;
  NextCallback waiting_;
};

}  // namespace rope::engine

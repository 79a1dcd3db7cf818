// TableStream: the rows of one request, block after block.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "core/table/frequency_plan.h"
#include "core/table/position_ids.h"
#include "server/engine/table_block.h"
#include "server/engine/table_cache.h"

namespace rope {

// Rows [first_row, first_row + rows) of `block`, which are the request's next rows.
struct BlockSlice {
  std::shared_ptr<const TableBlock> block;
  int64_t first_row = 0;
  int64_t rows = 0;
};

enum class CacheOutcome { kHit, kMiss, kBypass };

// What all streams share.
struct TableSource {
  const Backend* backend = nullptr;
  TableCache* cache = nullptr;
  WorkQueue* queue = nullptr;
  int threads_per_block = 1;
};

// One consumer calls Next again after each callback; Cancel may come from any thread at any time.
// While a block is being consumed the one after it is already asked for, so memory is bounded by
// two blocks.
class TableStream : public std::enable_shared_from_this<TableStream> {
 public:
  using NextCallback = std::function<void(const absl::StatusOr<BlockSlice>&)>;

  static std::shared_ptr<TableStream> Open(const TableSource& source, FrequencyPlan plan,
                                           PositionIds positions, TableForm form);

  const FrequencyPlan& plan() const { return plan_; }
  const TableForm& form() const { return form_; }
  int64_t rows() const { return positions_.size(); }
  // kHit: when the stream was opened every row was there.
  CacheOutcome cache_outcome() const { return outcome_; }

  // Calls `done` exactly once: with the next slice, at once or on a thread of the queue; CANCELLED
  // after Cancel; the backend's status where it fails. REQUIRES no other Next is pending, and rows
  // are left.
  void Next(NextCallback done);

  // A pending Next gets CANCELLED, at once. Nothing more is computed for this stream.
  void Cancel();

 private:
  struct Piece {              // one slice to come
    TableKey key;             // where contiguous
    int64_t block_index = 0;  // where contiguous
    int64_t compute_first = 0;
    int64_t compute_rows = 0;
    int64_t slice_first = 0;
    int64_t slice_rows = 0;
  };
  struct Fetched {
    Piece piece;
    std::optional<BlockResult> result;  // absent: under way
  };

  TableStream(const TableSource& source, FrequencyPlan plan, PositionIds positions, TableForm form);

  Piece PieceAt(int64_t row) const;
  bool AllThere() const;
  void FetchAhead();
  void Fetch(uint64_t number, const Piece& piece);
  void OnBlock(uint64_t number, const BlockResult& result);
  void DeliverIfReady();

  const TableSource source_;
  const FrequencyPlan plan_;
  const PositionIds positions_;
  const TableForm form_;
  const std::string plan_bytes_;
  const int64_t rows_per_block_;
  CacheOutcome outcome_ = CacheOutcome::kBypass;

  std::mutex mutex_;
  // Expires with Cancel, which is what tells the cache that nobody waits here any more.
  std::shared_ptr<void> interest_ = std::make_shared<int>(0);
  std::deque<Fetched> ahead_;
  uint64_t first_number_ = 0;  // of ahead_.front()
  int64_t next_row_ = 0;       // first row not yet asked for
  bool cancelled_ = false;
  NextCallback waiting_;
};

}  // namespace rope

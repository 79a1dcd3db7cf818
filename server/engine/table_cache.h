// TableCache: the blocks of tables that were computed lately.
//
// An entry holds the blocks of one bucket of rows, as many of them as were asked for. Entries are
// dropped whole, least recently used first, to make room for a new block. A block that is dropped
// lives on for those who hold it. A block is computed once, however many ask while it is not there.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/engine/table_block.h"
#include "server/engine/table_key.h"
#include "server/engine/work_queue.h"

namespace rope {

// Thread-safe. One lock, held for look-ups and bookkeeping only: a block is a MiB or two, so it is
// taken a few thousand times a second at most.
class TableCache {
 public:
  using ComputeBlock = std::function<BlockResult()>;

  struct Counters {
    int64_t hits = 0;      // blocks that were there
    int64_t misses = 0;    // blocks that were not, and nobody computed them
    int64_t joined = 0;    // requests that waited for another's computation
    int64_t computed = 0;  // computations begun; fewer than misses where waiters left in time
    int64_t evicted = 0;   // entries dropped to make room
    int64_t entries = 0;   // now
    int64_t bytes = 0;     // now; never more than the capacity
  };

  // `capacity_bytes` 0: nothing is kept. `queue` outlives every call.
  TableCache(int64_t capacity_bytes, WorkQueue* queue);

  // Calls `done` with block `key`, made by `compute` if need be: at once, on this thread, if it is
  // there; otherwise later, on a thread of the queue. `done` must not block. A caller that leaves
  // lets its `interest` expire: its `done` is not called later then, and a block that nobody is
  // interested in when its turn comes is not computed. A failure is passed on and not kept.
  void Get(const BlockKey& key, ComputeBlock compute, std::weak_ptr<void> interest,
           BlockCallback done);

  // Whether the block is there. Does not count as use.
  bool Contains(const BlockKey& key) const;

  Counters counters() const;

 private:
  struct Waiter {
    std::weak_ptr<void> interest;
    BlockCallback done;
  };
  struct Entry {
    TableKey key;
    absl::flat_hash_map<int64_t, std::shared_ptr<const TableBlock>> blocks;
    int64_t charge = 0;
  };

  // Both need mutex_.
  std::shared_ptr<const TableBlock> Find(const BlockKey& key);
  std::list<Entry> Keep(const BlockKey& key, const std::shared_ptr<const TableBlock>& block);

  // On a thread of the queue.
  void ComputeAndDeliver(const BlockKey& key, const ComputeBlock& compute);
  bool StillWanted(const BlockKey& key);

  const int64_t capacity_bytes_;
  WorkQueue* const queue_;

  mutable std::mutex mutex_;
  std::list<Entry> recency_;  // most recently used first
  absl::flat_hash_map<TableKey, std::list<Entry>::iterator> entries_;
  absl::flat_hash_map<BlockKey, std::vector<Waiter>> under_way_;  // queued or being computed
  Counters counters_;
};

}  // namespace rope

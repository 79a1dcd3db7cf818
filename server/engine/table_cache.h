// TableCache: the blocks of tables that were computed lately.
//
// One entry holds the blocks of one bucket of rows; each is computed when it is first asked for,
// once, however many ask. Entries are dropped least recently used first, as soon as the blocks
// together exceed the capacity. A block that is dropped lives on for those who hold it.
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

// Thread-safe.
class TableCache {
 public:
  using ComputeBlock = std::function<BlockResult()>;

  struct Counters {
    int64_t hits = 0;      // blocks that were there
    int64_t computed = 0;  // computations
    int64_t joined = 0;    // requests that waited for another's computation
    int64_t evicted = 0;   // entries dropped for room
    int64_t entries = 0;
    int64_t bytes = 0;
  };

  // `capacity_bytes` 0: nothing is kept. `queue` outlives the cache.
  TableCache(int64_t capacity_bytes, WorkQueue* queue);

  // Calls `done` with block `index` of the entry `key`, made by `compute` if need be: at once, on
  // this thread, if it is there; otherwise later on a thread of the queue. `done` must not block.
  // It is not called once `owner` has expired, and a block whose owners have all expired before its
  // computation began is not computed.
  void Get(const TableKey& key, int64_t index, ComputeBlock compute, std::weak_ptr<void> owner,
           BlockCallback done);

  // Whether the block is there. Does not count as use.
  bool Contains(const TableKey& key, int64_t index) const;

  Counters counters() const;

 private:
  struct Waiter {
    std::weak_ptr<void> owner;
    BlockCallback done;
  };
  struct Slot {
    std::shared_ptr<const TableBlock> block;
    bool scheduled = false;  // a computation is queued or running
    std::vector<Waiter> waiters;
  };
  struct Entry {
    TableKey key;
    absl::flat_hash_map<int64_t, Slot> slots;
    int64_t charge = 0;
    bool cached = true;  // false once dropped
    std::list<Entry*>::iterator place;
  };

  // All need mutex_.
  std::shared_ptr<Entry> Touch(const TableKey& key);
  void Charge(Entry* entry, int64_t bytes);
  void DropUntilItFits();

  // On a thread of the queue.
  void ComputeAndDeliver(const std::shared_ptr<Entry>& entry, int64_t index,
                         const ComputeBlock& compute);

  const int64_t capacity_bytes_;
  WorkQueue* const queue_;

  mutable std::mutex mutex_;
  absl::flat_hash_map<TableKey, std::shared_ptr<Entry>> entries_;
  std::list<Entry*> recency_;  // most recently used first
  Counters counters_;
};

}  // namespace rope

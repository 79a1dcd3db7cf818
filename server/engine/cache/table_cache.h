// TableCache: the blocks of tables that were computed lately.
//
// An entry holds the blocks of one bucket of rows, as many of them as were asked for, and is
// dropped whole. A block that is dropped lives on for those who hold it. A block is computed once,
// however many ask while it is not there.
//
// What stays is decided by reuse, then recency (2Q; Johnson and Shasha, VLDB 1994): an entry comes
// in on probation and is protected from when it is asked for again, be it shortly after it was
// dropped. Probation is dropped first, as long as it holds more than a fifth of the bytes. So a
// stream of requests that nobody repeats, however long, costs the tables in use a fifth at most.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "server/engine/cache/table_block.h"
#include "server/engine/cache/table_key.h"
#include "server/engine/schedule/work_queue.h"

namespace rope::engine {

class CacheShard;

// Thread-safe. Entries are spread by their hash over shards, each with its share of the capacity
// and a lock, which is held for look-ups and bookkeeping only.
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
  ~TableCache();

  // Calls `done` with block `key`, made by `compute` if need be: at once, on this thread, if it is
  // there; otherwise later, on a thread of the queue. `done` must not block. A caller that leaves
  // lets its `interest` expire: its `done` is not called later then, and a block that nobody is
  // interested in when its turn comes is not computed. A failure is passed on and not kept.
  void Get(const BlockKey& key, ComputeBlock compute, std::weak_ptr<void> interest,
           BlockCallback done);

  // Whether the block is there. Does not count as use.
  bool Contains(const BlockKey& key) const;

  Counters counters() const;

  // What is kept, most recently used first within a shard.
  struct Kept {
    TableKey key;
    std::vector<int64_t> blocks;  // indexes, ascending
  };
  std::vector<Kept> Contents() const;

 private:
  CacheShard& ShardOf(const TableKey& key) const;

  std::vector<std::unique_ptr<CacheShard>> shards_;
};

}  // namespace rope::engine

// TableCache: keeps requested blocks of tables, within a bound of bytes.
//
// An entry holds the blocks of one bucket of rows, as far as they were requested. An entry is
// dropped as a whole. A dropped block lives on while a stream holds it. A block is computed once,
// even if many streams ask for it before it is ready.
//
// Entries that were requested again stay longer than others; among equals, the entry that was used
// most recently stays longest (the 2Q algorithm; Johnson and Shasha, VLDB 1994). A new entry is on
// probation. When it is requested again, even soon after it was dropped, it becomes protected.
// While the entries on probation use more than a fifth of the bytes, they are dropped first. A long
// series of requests that nobody repeats can therefore take at most a fifth of the cache from the
// tables in use.
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

// Thread-safe. The hash of an entry's key selects its shard. Each shard has an equal part of the
// capacity and one mutex, which is locked for look-ups and bookkeeping, never while a block is
// computed.
class TableCache {
 public:
  using ComputeBlock = std::function<BlockResult()>;

  struct Counters {
    int64_t hits = 0;      // requests for a block that the cache had
    int64_t misses = 0;    // requests that started a computation
    int64_t joined = 0;    // requests that waited for the computation of an earlier request
    int64_t computed = 0;  // blocks computed; not counted: misses that nobody waits for any more
    int64_t evicted = 0;   // entries dropped to make room
    int64_t entries = 0;   // now
    int64_t bytes = 0;     // now; never more than the capacity
  };

  // `capacity_bytes` (>= 0); with 0 the cache keeps nothing. `queue` must outlive every call.
  TableCache(int64_t capacity_bytes, WorkQueue* queue);
  ~TableCache();

  // Calls `done` with the block of `key`. If the cache has the block, it calls `done` on this
  // thread before it returns. Otherwise it calls `done` later, on a thread of the queue, with the
  // result of `compute`, or of the `compute` that an earlier caller passed for the same block. A
  // failure is passed to everyone who waits and is not kept. `done` must not block.
  //
  // `wanted` tells whether the caller still waits: once it has expired, `done` is not called any
  // more. If nobody wants the block when its turn in the queue comes, it is not computed.
  void Get(const BlockKey& key, ComputeBlock compute, std::weak_ptr<void> wanted,
           BlockCallback done);

  // Whether the cache has the block now. Does not count as use.
  bool Contains(const BlockKey& key) const;

  Counters counters() const;

  // One entry of the cache.
  struct Kept {
    TableKey key;
    std::vector<int64_t> blocks;  // indexes, ascending
  };
  // All entries, shard by shard. In a shard the protected entries come first. Each of the two
  // groups starts with the most recently used entry.
  std::vector<Kept> Contents() const;

 private:
  CacheShard& ShardOf(const TableKey& key) const;

  std::vector<std::unique_ptr<CacheShard>> shards_;
};

}  // namespace rope::engine

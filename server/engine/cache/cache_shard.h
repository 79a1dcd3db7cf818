// CacheShard: one shard of TableCache. table_cache.h has the contract of the public functions.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/engine/cache/table_cache.h"
#include "server/engine/schedule/mutex.h"

namespace rope::engine {

// Thread-safe. A block that the cache lacks has at most one computation, in `pending_`, from the
// first Get to its delivery.
class CacheShard {
 public:
  CacheShard(int64_t capacity_bytes, WorkQueue* queue);

  void Get(const BlockKey& key, TableCache::ComputeBlock compute, std::weak_ptr<void> wanted,
           BlockCallback done);
  bool Contains(const BlockKey& key) const;
  TableCache::Counters counters() const;
  void AppendContents(std::vector<TableCache::Kept>* out) const;

 private:
  struct Waiter {
    std::weak_ptr<void> wanted;
    BlockCallback done;
  };
  struct Entry {
    TableKey key;
    absl::flat_hash_map<int64_t, std::shared_ptr<const TableBlock>> blocks;
    int64_t charge = 0;
    bool is_protected = false;
  };
  using Entries = std::list<Entry>;

  // The block, or null. A hit means that the block was requested before, so its entry becomes
  // protected.
  std::shared_ptr<const TableBlock> Find(const BlockKey& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Adds the block and returns the entries that were dropped to make room. If the block's bucket
  // fills the whole shard, its entry is dropped too and starts again with this block. Keeps nothing
  // if the block alone exceeds the capacity.
  Entries Keep(const BlockKey& key, const std::shared_ptr<const TableBlock>& block)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The entry of `key`, now the most recently used one of its list.
  Entry& FindOrAdd(const TableKey& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Moves the entry to the front of the protected ones.
  void Protect(Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether the next entry to drop is one on probation.
  bool DropsFromProbation() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Removes the next entry to drop and adds it to `dropped`. REQUIRES that the shard has an entry.
  void DropOne(Entries* dropped) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Protects each entry that would be dropped next although its blocks were used without Get (see
  // TableBlock::MarkUsed).
  void ProtectMarked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Remembers that the entry of `key` was dropped while on probation.
  void RememberDropped(const TableKey& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Runs on a thread of the queue.
  void ComputeAndDeliver(const BlockKey& key, const TableCache::ComputeBlock& compute);
  // Whether anyone still waits for the block. If not, it is no longer pending.
  bool StillWanted(const BlockKey& key);

  const int64_t capacity_bytes_;
  WorkQueue* const queue_;

  mutable Mutex mutex_;
  Entries probation_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  Entries protected_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  int64_t probation_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<TableKey, Entries::iterator> entries_ ABSL_GUARDED_BY(mutex_);
  // Hashes of the entries that were last dropped while on probation, in that order and as a set. If
  // two keys have the same hash, an entry may be protected too early; nothing else goes wrong.
  std::deque<size_t> dropped_order_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<size_t> dropped_ ABSL_GUARDED_BY(mutex_);
  // The blocks that are queued or being computed, each with its waiters (at least one).
  absl::flat_hash_map<BlockKey, std::vector<Waiter>> pending_ ABSL_GUARDED_BY(mutex_);
  TableCache::Counters counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rope::engine

// CacheShard: one shard of TableCache, which says what it does.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/engine/cache/table_cache.h"

namespace rope::engine {

// Thread-safe.
class CacheShard {
 public:
  CacheShard(int64_t capacity_bytes, WorkQueue* queue);

  // As TableCache's.
  void Get(const BlockKey& key, TableCache::ComputeBlock compute, std::weak_ptr<void> interest,
           BlockCallback done);
  bool Contains(const BlockKey& key) const;
  TableCache::Counters counters() const;
  void AppendContents(std::vector<TableCache::Kept>* out) const;

 private:
  struct Waiter {
    std::weak_ptr<void> interest;
    BlockCallback done;
  };
  struct Entry {
    TableKey key;
    absl::flat_hash_map<int64_t, std::shared_ptr<const TableBlock>> blocks;
    int64_t charge = 0;
    bool is_protected = false;
  };
  using Entries = std::list<Entry>;

  // These need mutex_.
  std::shared_ptr<const TableBlock> Find(const BlockKey& key);
  Entries Keep(const BlockKey& key, const std::shared_ptr<const TableBlock>& block);
  Entry& FindOrAdd(const TableKey& key);
  void Protect(Entries::iterator entry);
  bool FromProbation() const;
  void DropOne(Entries* dropped);
  void Remember(const TableKey& key);

  // On a thread of the queue.
  void ComputeAndDeliver(const BlockKey& key, const TableCache::ComputeBlock& compute);
  bool StillWanted(const BlockKey& key);

  const int64_t capacity_bytes_;
  WorkQueue* const queue_;

  mutable std::mutex mutex_;
  Entries probation_;  // most recently used first, both
  Entries protected_;
  int64_t probation_bytes_ = 0;
  absl::flat_hash_map<TableKey, Entries::iterator> entries_;
  // Hashes of the entries last dropped on probation. Two keys with one hash may protect an entry
  // too early, and do no other harm.
  std::deque<size_t> dropped_order_;
  absl::flat_hash_set<size_t> dropped_;
  absl::flat_hash_map<BlockKey, std::vector<Waiter>> under_way_;  // queued or being computed
  TableCache::Counters counters_;
};

}  // namespace rope::engine

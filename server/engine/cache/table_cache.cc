#include "server/engine/cache/table_cache.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "server/engine/cache/cache_shard.h"

namespace rope::engine {
namespace {

// A shard must hold many entries of several MiB, otherwise one of them would push out all others. A
// smaller cache has a single shard.
constexpr int64_t kMinShardBytes = int64_t{256} << 20;
// Enough that threads rarely wait for one another.
constexpr int64_t kMaxShards = 32;

}  // namespace

TableCache::TableCache(int64_t capacity_bytes, WorkQueue* queue) {
  const int64_t shards = std::clamp<int64_t>(capacity_bytes / kMinShardBytes, 1, kMaxShards);
  for (int64_t i = 0; i < shards; ++i) {
    shards_.push_back(std::make_unique<CacheShard>(capacity_bytes / shards, queue));
  }
}

TableCache::~TableCache() = default;

CacheShard& TableCache::ShardOf(const TableKey& key) const {
  return *shards_[absl::HashOf(key) % shards_.size()];
}

void TableCache::Get(const BlockKey& key, ComputeBlock compute, std::weak_ptr<void> wanted,
                     BlockCallback done) {
  ShardOf(key.table).Get(key, std::move(compute), std::move(wanted), std::move(done));
}

bool TableCache::Contains(const BlockKey& key) const { return ShardOf(key.table).Contains(key); }

std::vector<TableCache::Kept> TableCache::Contents() const {
  std::vector<Kept> all;
  for (const auto& shard : shards_) shard->AppendContents(&all);
  return all;
}

TableCache::Counters TableCache::counters() const {
  Counters all;
  for (const auto& shard : shards_) {
    const Counters one = shard->counters();
    all.hits += one.hits;
    all.misses += one.misses;
    all.joined += one.joined;
    all.computed += one.computed;
    all.evicted += one.evicted;
    all.entries += one.entries;
    all.bytes += one.bytes;
  }
  return all;
}

}  // namespace rope::engine

#include "server/engine/table_cache.h"

#include <algorithm>
#include <utility>

namespace rope {
namespace {

// What keeping a block costs beside its bytes, as if each had an entry to itself: keeps a flood of
// tiny entries bounded too.
constexpr int64_t kOverhead = 512;

int64_t ChargeOf(const BlockKey& key, const TableBlock& block) {
  return block.charge() + kOverhead + 2 * static_cast<int64_t>(key.table.plan.size());
}

}  // namespace

TableCache::TableCache(int64_t capacity_bytes, WorkQueue* queue)
    : capacity_bytes_(capacity_bytes), queue_(queue) {}

void TableCache::Get(const BlockKey& key, ComputeBlock compute, std::weak_ptr<void> interest,
                     BlockCallback done) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (const std::shared_ptr<const TableBlock> ready = Find(key); ready != nullptr) {
    ++counters_.hits;
    lock.unlock();
    done(ready);
    return;
  }
  std::vector<Waiter>& waiters = under_way_[key];
  const bool is_first = waiters.empty();
  ++(is_first ? counters_.misses : counters_.joined);
  waiters.push_back({std::move(interest), std::move(done)});
  lock.unlock();
  if (is_first) {
    queue_->Push([this, key, compute = std::move(compute)] { ComputeAndDeliver(key, compute); });
  }
}

bool TableCache::StillWanted(const BlockKey& key) {
  std::vector<Waiter> left;  // destroyed without the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = under_way_.find(key);
  const bool wanted = std::any_of(it->second.begin(), it->second.end(),
                                  [](const Waiter& waiter) { return !waiter.interest.expired(); });
  if (wanted) {
    ++counters_.computed;
  } else {
    left.swap(it->second);
    under_way_.erase(it);
  }
  return wanted;
}

void TableCache::ComputeAndDeliver(const BlockKey& key, const ComputeBlock& compute) {
  if (!StillWanted(key)) return;
  const BlockResult result = compute();
  std::vector<Waiter> waiters;
  std::list<Entry> dropped;  // freed without the lock
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto it = under_way_.find(key);
    waiters.swap(it->second);
    under_way_.erase(it);
    if (result.ok()) dropped = Keep(key, *result);
  }
  for (const Waiter& waiter : waiters) {
    if (const std::shared_ptr<void> alive = waiter.interest.lock()) waiter.done(result);
  }
}

bool TableCache::Contains(const BlockKey& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = entries_.find(key.table);
  return it != entries_.end() && it->second->blocks.contains(key.index);
}

TableCache::Counters TableCache::counters() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Counters counters = counters_;
  counters.entries = static_cast<int64_t>(entries_.size());
  return counters;
}

std::shared_ptr<const TableBlock> TableCache::Find(const BlockKey& key) {
  const auto it = entries_.find(key.table);
  if (it == entries_.end()) return nullptr;
  recency_.splice(recency_.begin(), recency_, it->second);
  const auto block = it->second->blocks.find(key.index);
  return block == it->second->blocks.end() ? nullptr : block->second;
}

// Returns the entries that had to go. Where a single bucket fills the cache it goes too, and starts
// anew.
std::list<TableCache::Entry> TableCache::Keep(const BlockKey& key,
                                              const std::shared_ptr<const TableBlock>& block) {
  std::list<Entry> dropped;
  const int64_t charge = ChargeOf(key, *block);
  if (charge > capacity_bytes_) return dropped;
  Find(key);  // the entry was used just now
  while (counters_.bytes + charge > capacity_bytes_) {
    dropped.splice(dropped.begin(), recency_, std::prev(recency_.end()));
    counters_.bytes -= dropped.front().charge;
    ++counters_.evicted;
    entries_.erase(dropped.front().key);
  }
  if (!entries_.contains(key.table)) {
    recency_.push_front({key.table, {}, 0});
    entries_[key.table] = recency_.begin();
  }
  Entry& entry = *entries_[key.table];
  entry.blocks[key.index] = block;
  entry.charge += charge;
  counters_.bytes += charge;
  return dropped;
}

}  // namespace rope

#include "server/engine/cache/cache_shard.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace rope::engine {
namespace {

// Bytes of bookkeeping for a block that is alone in its entry: two list and map nodes with their
// keys' headers. Charged for every block, so that very many tiny entries are bounded as well.
constexpr int64_t kOverhead = 512;

// While the entries on probation use more than 1 / kProbationShare of the bytes, they are dropped
// first.
constexpr int64_t kProbationShare = 5;

// How many dropped entries a shard remembers. A shard of 256 MiB holds 256 full blocks, so this
// covers what it dropped while its contents were replaced 16 times. It takes about 100 KiB.
constexpr size_t kMaxRemembered = 4096;

int64_t ChargeOf(const BlockKey& key, const TableBlock& block) {
  return block.charge() + kOverhead + 2 * static_cast<int64_t>(key.table.plan.size());
}

}  // namespace

CacheShard::CacheShard(int64_t capacity_bytes, WorkQueue* queue)
    : capacity_bytes_(capacity_bytes), queue_(queue) {}

void CacheShard::Get(const BlockKey& key, TableCache::ComputeBlock compute,
                     std::weak_ptr<void> wanted, BlockCallback done) {
  MutexLock lock(mutex_);
  if (const std::shared_ptr<const TableBlock> ready = Find(key); ready != nullptr) {
    ++counters_.hits;
    lock.Unlock();
    done(ready);
    return;
  }
  std::vector<Waiter>& waiters = pending_[key];
  const bool is_first = waiters.empty();
  ++(is_first ? counters_.misses : counters_.joined);
  waiters.push_back({std::move(wanted), std::move(done)});
  lock.Unlock();
  if (is_first) {
    queue_->Push([this, key, compute = std::move(compute)] { ComputeAndDeliver(key, compute); });
  }
}

bool CacheShard::StillWanted(const BlockKey& key) {
  std::vector<Waiter> left;  // destroyed without the lock
  const MutexLock lock(mutex_);
  const auto it = pending_.find(key);
  const bool wanted = std::any_of(it->second.begin(), it->second.end(),
                                  [](const Waiter& waiter) { return !waiter.wanted.expired(); });
  if (wanted) {
    ++counters_.computed;
  } else {
    left.swap(it->second);
    pending_.erase(it);
  }
  return wanted;
}

void CacheShard::ComputeAndDeliver(const BlockKey& key, const TableCache::ComputeBlock& compute) {
  if (!StillWanted(key)) return;
  const BlockResult result = compute();
  std::vector<Waiter> waiters;
  Entries dropped;  // freed without the lock
  {
    const MutexLock lock(mutex_);
    const auto it = pending_.find(key);
    waiters.swap(it->second);
    pending_.erase(it);
    if (result.ok()) dropped = Keep(key, *result);
  }
  for (const Waiter& waiter : waiters) {
    if (const std::shared_ptr<void> alive = waiter.wanted.lock()) waiter.done(result);
  }
}

bool CacheShard::Contains(const BlockKey& key) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(key.table);
  return it != entries_.end() && it->second->blocks.contains(key.index);
}

TableCache::Counters CacheShard::counters() const {
  const MutexLock lock(mutex_);
  TableCache::Counters counters = counters_;
  counters.entries = static_cast<int64_t>(entries_.size());
  return counters;
}

void CacheShard::AppendContents(std::vector<TableCache::Kept>* out) const {
  const MutexLock lock(mutex_);
  for (const Entries* list : {&protected_, &probation_}) {
    for (const Entry& entry : *list) {
      TableCache::Kept kept{entry.key, {}};
      for (const auto& [index, block] : entry.blocks) kept.blocks.push_back(index);
      std::sort(kept.blocks.begin(), kept.blocks.end());
      out->push_back(std::move(kept));
    }
  }
}

// Only a hit protects the entry. A miss may come from the request that added the entry and now asks
// for its next block.
std::shared_ptr<const TableBlock> CacheShard::Find(const BlockKey& key) {
  const auto it = entries_.find(key.table);
  if (it == entries_.end()) return nullptr;
  const auto block = it->second->blocks.find(key.index);
  if (block == it->second->blocks.end()) return nullptr;
  Protect(it->second);
  return block->second;
}

void CacheShard::Protect(Entries::iterator entry) {
  if (!entry->is_protected) probation_bytes_ -= entry->charge;
  protected_.splice(protected_.begin(), entry->is_protected ? protected_ : probation_, entry);
  entry->is_protected = true;
}

CacheShard::Entry& CacheShard::FindOrAdd(const TableKey& key) {
  if (const auto it = entries_.find(key); it != entries_.end()) {
    Entries& list = it->second->is_protected ? protected_ : probation_;
    list.splice(list.begin(), list, it->second);
    return *it->second;
  }
  const bool known = dropped_.contains(absl::HashOf(key));
  Entries& list = known ? protected_ : probation_;
  list.push_front({key, {}, 0, known});
  entries_[key] = list.begin();
  return list.front();
}

bool CacheShard::DropsFromProbation() const {
  return protected_.empty() ||
         (!probation_.empty() && probation_bytes_ > capacity_bytes_ / kProbationShare);
}

void CacheShard::ProtectMarked() {
  while (true) {
    Entries& list = DropsFromProbation() ? probation_ : protected_;
    const auto marked = std::count_if(list.back().blocks.begin(), list.back().blocks.end(),
                                      [](const auto& block) { return block.second->TakeUsed(); });
    if (marked == 0) return;
    Protect(std::prev(list.end()));
  }
}

void CacheShard::DropOne(Entries* dropped) {
  ProtectMarked();
  const bool from_probation = DropsFromProbation();
  Entries& list = from_probation ? probation_ : protected_;
  dropped->splice(dropped->begin(), list, std::prev(list.end()));
  const Entry& entry = dropped->front();
  counters_.bytes -= entry.charge;
  if (from_probation) {
    probation_bytes_ -= entry.charge;
    RememberDropped(entry.key);
  }
  ++counters_.evicted;
  entries_.erase(entry.key);
}

void CacheShard::RememberDropped(const TableKey& key) {
  const size_t hash = absl::HashOf(key);
  if (!dropped_.insert(hash).second) return;
  dropped_order_.push_back(hash);
  if (dropped_order_.size() <= kMaxRemembered) return;
  dropped_.erase(dropped_order_.front());
  dropped_order_.pop_front();
}

CacheShard::Entries CacheShard::Keep(const BlockKey& key,
                                     const std::shared_ptr<const TableBlock>& block) {
  Entries dropped;
  const int64_t charge = ChargeOf(key, *block);
  if (charge > capacity_bytes_) return dropped;
  if (entries_.contains(key.table)) FindOrAdd(key.table);  // to the front: it is in use
  while (counters_.bytes + charge > capacity_bytes_) DropOne(&dropped);
  Entry& entry = FindOrAdd(key.table);
  entry.blocks[key.index] = block;
  entry.charge += charge;
  counters_.bytes += charge;
  if (!entry.is_protected) probation_bytes_ += charge;
  return dropped;
}

}  // namespace rope::engine

#include "server/engine/table_cache.h"

#include <algorithm>
#include <utility>

namespace rope {
namespace {

// What an entry costs beside its blocks; keeps a flood of tiny entries bounded too.
constexpr int64_t kEntryOverhead = 256;

}  // namespace

TableCache::TableCache(int64_t capacity_bytes, WorkQueue* queue)
    : capacity_bytes_(capacity_bytes), queue_(queue) {}

void TableCache::Get(const TableKey& key, int64_t index, ComputeBlock compute,
                     std::weak_ptr<void> owner, BlockCallback done) {
  std::shared_ptr<const TableBlock> ready;
  std::shared_ptr<Entry> entry;
  bool schedule = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    entry = Touch(key);
    Slot& slot = entry->slots[index];
    if (slot.block != nullptr) {
      ready = slot.block;
      ++counters_.hits;
    } else {
      schedule = !slot.scheduled;
      slot.scheduled = true;
      counters_.joined += schedule ? 0 : 1;
      slot.waiters.push_back({std::move(owner), std::move(done)});
    }
  }
  if (ready != nullptr) {
    done(ready);
  } else if (schedule) {
    queue_->Push([this, entry = std::move(entry), index, compute = std::move(compute)] {
      ComputeAndDeliver(entry, index, compute);
    });
  }
}

void TableCache::ComputeAndDeliver(const std::shared_ptr<Entry>& entry, int64_t index,
                                   const ComputeBlock& compute) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Slot& slot = entry->slots[index];
    const bool wanted = std::any_of(slot.waiters.begin(), slot.waiters.end(),
                                    [](const Waiter& waiter) { return !waiter.owner.expired(); });
    if (!wanted) {
      slot = Slot();
      return;
    }
    ++counters_.computed;
  }
  const BlockResult result = compute();
  std::vector<Waiter> waiters;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Slot& slot = entry->slots[index];
    slot.scheduled = false;
    waiters.swap(slot.waiters);
    if (result.ok()) {
      slot.block = *result;
      Charge(entry.get(), (*result)->charge());
    }
  }
  for (const Waiter& waiter : waiters) {
    if (const std::shared_ptr<void> alive = waiter.owner.lock()) waiter.done(result);
  }
}

bool TableCache::Contains(const TableKey& key, int64_t index) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = entries_.find(key);
  if (it == entries_.end()) return false;
  const auto slot = it->second->slots.find(index);
  return slot != it->second->slots.end() && slot->second.block != nullptr;
}

TableCache::Counters TableCache::counters() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Counters counters = counters_;
  counters.entries = static_cast<int64_t>(entries_.size());
  return counters;
}

std::shared_ptr<TableCache::Entry> TableCache::Touch(const TableKey& key) {
  const auto it = entries_.find(key);
  if (it != entries_.end()) {
    recency_.splice(recency_.begin(), recency_, it->second->place);
    return it->second;
  }
  auto entry = std::make_shared<Entry>();
  entry->key = key;
  recency_.push_front(entry.get());
  entry->place = recency_.begin();
  entries_.emplace(key, entry);
  Charge(entry.get(), kEntryOverhead + static_cast<int64_t>(key.plan.size()));
  return entry;
}

void TableCache::Charge(Entry* entry, int64_t bytes) {
  if (!entry->cached) return;
  entry->charge += bytes;
  counters_.bytes += bytes;
  DropUntilItFits();
}

void TableCache::DropUntilItFits() {
  while (counters_.bytes > capacity_bytes_ && !recency_.empty()) {
    Entry* const oldest = recency_.back();
    recency_.pop_back();
    oldest->cached = false;
    counters_.bytes -= oldest->charge;
    ++counters_.evicted;
    entries_.erase(oldest->key);  // computations under way keep the entry itself alive
  }
}

}  // namespace rope

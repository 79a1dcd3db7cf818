// LruMap: values found by bytes, bounded by what they cost, the least recently used dropped first.
#pragma once

#include <cstdint>
#include <iterator>
#include <list>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace rope::engine {

// Not thread-safe. Keys are equal where all their bytes are.
template <typename Value>
class LruMap {
 public:
  // `capacity`: of all charges together. 0: nothing is kept.
  explicit LruMap(int64_t capacity) : capacity_(capacity) {}

  // Null where it is not there; otherwise it counts as used. Valid until the next call.
  const Value* Find(absl::string_view key) {
    const auto it = places_.find(key);
    if (it == places_.end()) return nullptr;
    recency_.splice(recency_.begin(), recency_, it->second);
    return &it->second->value;
  }

  // Replaces what was there. A value whose charge is beyond the capacity is not kept.
  void Insert(std::string key, Value value, int64_t charge) {
    Erase(key);
    if (charge > capacity_) return;
    while (charge_ + charge > capacity_) Drop(std::prev(recency_.end()));
    recency_.push_front({std::move(key), std::move(value), charge});
    places_[recency_.front().key] = recency_.begin();
    charge_ += charge;
  }

  void Erase(absl::string_view key) {
    const auto it = places_.find(key);
    if (it != places_.end()) Drop(it->second);
  }

  int64_t size() const { return static_cast<int64_t>(places_.size()); }
  int64_t charge() const { return charge_; }

 private:
  struct Entry {
    std::string key;
    Value value;
    int64_t charge;
  };
  using Place = typename std::list<Entry>::iterator;

  void Drop(Place place) {
    charge_ -= place->charge;
    places_.erase(place->key);
    recency_.erase(place);
  }

  const int64_t capacity_;
  int64_t charge_ = 0;
  std::list<Entry> recency_;                              // most recently used first
  absl::flat_hash_map<absl::string_view, Place> places_;  // keys are those of recency_
};

}  // namespace rope::engine

// LruMap: a map from bytes to values with a bounded total charge. When it is full it drops the
// value that was used least recently.
#pragma once

#include <cstdint>
#include <iterator>
#include <list>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace rope::engine {

// Not thread-safe. Two keys are equal when all their bytes are equal.
template <typename Value>
class LruMap {
 public:
  // `capacity` (>= 0) bounds the sum of all charges. With capacity 0 the map keeps nothing.
  explicit LruMap(int64_t capacity) : capacity_(capacity) {}

  // The value of `key`, which is now the most recently used one; null if the map does not have it.
  // The pointer is valid until the next call of any other function.
  const Value* Find(absl::string_view key) {
    const auto it = places_.find(key);
    if (it == places_.end()) return nullptr;
    recency_.splice(recency_.begin(), recency_, it->second);
    return &it->second->value;
  }

  // Keeps `value` under `key` in place of an earlier value, and drops others until the charges fit
  // the capacity. A value whose `charge` (> 0) alone exceeds the capacity is not kept.
  void Insert(std::string key, Value value, int64_t charge) {
    Erase(key);
    if (charge > capacity_) return;
    while (charge_ + charge > capacity_) Drop(std::prev(recency_.end()));
    recency_.push_front({std::move(key), std::move(value), charge});
    places_[recency_.front().key] = recency_.begin();
    charge_ += charge;
  }

  // Removes the value of `key`, if the map has it.
  void Erase(absl::string_view key) {
    const auto it = places_.find(key);
    if (it != places_.end()) Drop(it->second);
  }

  int64_t size() const { return static_cast<int64_t>(places_.size()); }
  int64_t charge() const { return charge_; }  // of all values together

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
  absl::flat_hash_map<absl::string_view, Place> places_;  // views of the keys in recency_
};

}  // namespace rope::engine

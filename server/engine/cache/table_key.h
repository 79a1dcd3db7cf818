// TableKey: which cached rows; and the division of rows into buckets.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/table/table_rows.h"

namespace rope::engine {

// Rows of bucket 0. Bucket b > 0 holds the rows [4^(b-1), 4^b) times this: buckets are disjoint, so
// that no row is kept twice, and they grow, so that a long table has few of them. A block never
// reaches beyond its bucket: 128 rows are what a small request for the first positions computes.
inline constexpr int64_t kFirstBucketRows = 128;

constexpr int64_t BucketEnd(int bucket) { return kFirstBucketRows << (2 * bucket); }
constexpr int64_t BucketBegin(int bucket) { return bucket == 0 ? 0 : BucketEnd(bucket - 1); }

inline constexpr int kLastBucket = 12;  // the one that holds kMaxPosition

// The bucket that holds `row` >= 0.
constexpr int RowBucket(int64_t row) {
  int bucket = 0;
  while (row >= BucketEnd(bucket)) ++bucket;
  return bucket;
}

// Keys are equal where all their bytes are; a hash only finds the place to look.
struct TableKey {
  std::string plan;  // CanonicalBytes of the resolved plan
  TableForm form;
  int bucket = 0;

  friend bool operator==(const TableKey& a, const TableKey& b) {
    return a.bucket == b.bucket && a.form == b.form && a.plan == b.plan;
  }
  template <typename H>
  friend H AbslHashValue(H state, const TableKey& key) {
    return H::combine(std::move(state), key.plan, key.form.dtype, key.form.layout,
                      key.form.negate_sin, key.bucket);
  }
};

// One block of a bucket: its number, from 0.
struct BlockKey {
  TableKey table;
  int64_t index = 0;

  friend bool operator==(const BlockKey& a, const BlockKey& b) {
    return a.index == b.index && a.table == b.table;
  }
  template <typename H>
  friend H AbslHashValue(H state, const BlockKey& key) {
    return H::combine(std::move(state), key.table, key.index);
  }
};

}  // namespace rope::engine

// TableKey: the name of rows that the cache keeps together. Also: how the rows of a table are
// divided into buckets.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/table/table_rows.h"

namespace rope::engine {

// The number of rows in bucket 0. Bucket b > 0 holds the rows from 4^(b-1) to 4^b times this
// number. Buckets do not overlap, so the cache keeps no row twice. They grow, so a long table has
// few of them. A block never crosses the end of its bucket, so a small request for the first
// positions computes 128 rows and no more.
//
// The buckets below 0 mirror those above: bucket -1 - b holds the rows whose distance from 0 lies
// in bucket b. Row 0 belongs to bucket 0, and bucket -1 ends with it, too, so that both sides have
// the same lengths.
inline constexpr int64_t kFirstBucketRows = 128;

// The rows of bucket b are those in [BucketStart(b), BucketEnd(b)).
constexpr int64_t BucketStart(int bucket);
constexpr int64_t BucketEnd(int bucket) {
  return bucket >= 0 ? kFirstBucketRows << (2 * bucket) : 1 - BucketStart(-1 - bucket);
}
constexpr int64_t BucketStart(int bucket) {
  if (bucket < 0) return 1 - BucketEnd(-1 - bucket);
  return bucket == 0 ? 0 : BucketEnd(bucket - 1);
}

inline constexpr int kLastBucket = 12;                 // holds kMaxPosition
inline constexpr int kFirstBucket = -1 - kLastBucket;  // holds kMinPosition

// The bucket that holds `row`.
constexpr int RowBucket(int64_t row) {
  if (row < 0) return -1 - RowBucket(-row);
  int bucket = 0;
  while (row >= BucketEnd(bucket)) ++bucket;
  return bucket;
}

// Names one bucket of one table in one form. Two keys are equal when all their bytes are equal; a
// hash only selects where the cache looks.
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

// Names one block of a bucket: block i starts at row BucketStart(bucket) + i * RowsPerBlock.
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

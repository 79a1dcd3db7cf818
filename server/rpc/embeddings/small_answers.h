// SmallAnswers: keeps finished answers to small requests. An answer is found by the bytes of its
// request.
//
// Parsing a request takes longer than computing an answer of a few KiB. A remembered answer saves
// both: only the transport is left. It has weak references to blocks of the table cache, which do
// not keep the blocks in memory. When a block is gone, the answer cannot be sent any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "server/engine/cache/lru_map.h"
#include "server/engine/cache/table_block.h"
#include "server/engine/schedule/mutex.h"

namespace rope::server {

// A Chunk (answer_chunks.h) that does not hold its block.
struct RememberedChunk {
  std::weak_ptr<const engine::TableBlock> block;
  const std::byte* data = nullptr;
  int64_t bytes = 0;
  std::string frame;
};

struct SmallAnswer {
  std::string header;  // the serialised message, with cache: CACHE_OUTCOME_HIT
  std::vector<RememberedChunk> chunks;
  int64_t rows = 0;   // for the footer
  int64_t bytes = 0;  // for the footer
};

// Thread-safe. When it is full, it drops the answer that was found least recently.
class SmallAnswers {
 public:
  // Longer requests are not remembered: to hash and compare them would take as long as the answer.
  static constexpr size_t kMaxRequestBytes = 64 << 10;

  // `capacity_bytes` (>= 0); with 0 nothing is kept.
  explicit SmallAnswers(int64_t capacity_bytes) : answers_(capacity_bytes) {}

  // The answer to `request`, or null. Some of its blocks may be gone.
  std::shared_ptr<const SmallAnswer> Find(absl::string_view request);
  // Keeps `answer` in place of an earlier answer to the same request. Does not keep an answer that
  // alone exceeds the capacity.
  void Keep(std::string request, SmallAnswer answer);
  // The number of calls of Find that found an answer.
  int64_t hits() const;

 private:
  mutable engine::Mutex mutex_;
  engine::LruMap<std::shared_ptr<const SmallAnswer>> answers_ ABSL_GUARDED_BY(mutex_);
  int64_t hits_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rope::server

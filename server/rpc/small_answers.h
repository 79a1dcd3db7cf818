// SmallAnswers: finished answers to small requests, found by the bytes of the request.
//
// An answer of some KiB costs less to compute than a message to parse, so that what remains to be
// saved is everything but the transport. An answer refers to the cache's blocks and does not hold
// them: when one of them is gone the answer is, too.
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

// `bytes` at `data`, which are inside `block`, and the frame before them.
struct AnswerPiece {
  std::string frame;
  std::weak_ptr<const engine::TableBlock> block;
  const std::byte* data = nullptr;
  int64_t bytes = 0;
};

struct SmallAnswer {
  std::string header;  // serialised: a cache hit
  std::vector<AnswerPiece> pieces;
  int64_t rows = 0;  // of the footer
  int64_t bytes = 0;
};

// Thread-safe.
class SmallAnswers {
 public:
  // Requests beyond this are not looked for.
  static constexpr size_t kMaxRequestBytes = 64 << 10;

  explicit SmallAnswers(int64_t capacity_bytes) : answers_(capacity_bytes) {}

  // Null where there is none.
  std::shared_ptr<const SmallAnswer> Find(absl::string_view request);
  void Keep(std::string request, SmallAnswer answer);
  // Answers found so far.
  int64_t hits() const;

 private:
  mutable engine::Mutex mutex_;
  engine::LruMap<std::shared_ptr<const SmallAnswer>> answers_ ABSL_GUARDED_BY(mutex_);
  int64_t hits_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rope::server

// Limits: every bound of the server in one place. Checked before anything is allocated, and
// answered by GetServerInfo.
#pragma once

#include <cstdint>

#include "core/config/model_config.h"
#include "core/table/table_rows.h"

namespace rope::engine {

struct Limits {
  // One request message. 64 MiB hold 16 million positions as int32.
  int64_t max_request_bytes = 64 << 20;
  // One config.json; real ones have 1 to 30 KiB.
  int64_t max_config_bytes = JsonLimits().max_bytes;
  // Positions of one request. A list is bounded by the size of the request long before.
  int64_t max_rows = int64_t{1} << 27;
  // head_dim and rotary_dim. Held by the reader of configurations; a constant.
  static constexpr int64_t kMaxHeadDim = 2 * kMaxHalfWidth;
  // All tensors of one answer. An answer is streamed and never held as a whole, so the bound is
  // there to catch mistakes: max_rows at head_dim 1024 in float32, cos and sin.
  int64_t max_answer_bytes = int64_t{1} << 40;
  // Positions in lists, of all requests being served, in bytes of int64: lists are held as long as
  // their streams last.
  int64_t max_list_bytes = int64_t{2} << 30;

  // Blocks that streams hold, or have computed for them: beside the cache, all that tables take.
  int64_t max_pinned_bytes = int64_t{2} << 30;

  int64_t min_chunk_bytes = 4 << 10;
  int64_t max_chunk_bytes = 3 << 20;  // with its header below gRPC's default message limit of 4 MiB
  int64_t default_chunk_bytes = 1 << 20;

  int64_t max_streams = 256;  // served at the same time
  int64_t max_calls = 1024;   // unary calls waiting or being worked on

  int64_t cache_bytes = int64_t{1} << 30;  // 0: no cache
  int64_t plan_cache_bytes = 4 << 20;      // of resolved configurations; 0: none are kept
  int64_t answer_cache_bytes = 4 << 20;    // of finished small answers, without their tables
};

}  // namespace rope::engine

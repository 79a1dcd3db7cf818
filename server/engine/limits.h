// Limits: every bound of the server in one place. A bound is checked before anything is allocated.
// GetServerInfo reports those that one request can run into by itself.
#pragma once

#include <cstdint>

#include "core/config/model_config.h"

namespace rope::engine {

struct Limits {
  // Bytes of one request message. 64 MiB hold 16 million positions as int32.
  int64_t max_request_bytes = 64 << 20;
  // Bytes of one config.json; real ones have 1 to 30 KiB.
  int64_t max_config_bytes = JsonLimits().max_bytes;
  // Positions of one request. A list is far shorter, because max_request_bytes bounds it.
  int64_t max_rows = int64_t{1} << 27;
  // The largest head_dim and rotary_dim. ValidateConfig enforces it; GetServerInfo reports it. It
  // is a constant and not an option.
  static constexpr int64_t kMaxHeadDim = rope::kMaxHeadDim;
  // Bytes of all tensors of one answer. An answer is streamed and never in memory as a whole, so
  // this bound only catches mistakes: it is max_rows at head_dim 1024 in float32, cos and sin.
  int64_t max_answer_bytes = int64_t{1} << 40;
  // Bytes of the position lists of all streams together, as int64, and of the plans of batches. A
  // stream holds them until it ends.
  int64_t max_list_bytes = int64_t{2} << 30;

  // Bytes of the blocks that all streams together hold or wait for. The tables in memory are these
  // blocks and those of the cache.
  int64_t max_pinned_bytes = int64_t{2} << 30;

  int64_t min_chunk_bytes = 4 << 10;
  int64_t max_chunk_bytes = 3 << 20;  // with its header below gRPC's default message limit of 4 MiB
  int64_t default_chunk_bytes = 1 << 20;

  // Positions that one call builds. As int32 they take 16 MiB.
  int64_t max_built_positions = int64_t{1} << 22;
  // Positions whose query factors one GetFrequencies call answers: 1 MiB.
  static constexpr int64_t kMaxQueryPositions = 1 << 18;
  // Bytes of one request for positions. Each of its values takes at least one byte here and eight
  // in memory.
  static constexpr int64_t kMaxTokenBytes = 16 << 20;
  // Bytes of the table of one rotation. It is computed at once, in less than a second.
  int64_t max_rotation_table_bytes = 256 << 20;

  int64_t max_streams = 256;  // served at the same time
  int64_t max_calls = 1024;   // unary calls that wait or are worked on at the same time

  int64_t cache_bytes = int64_t{1} << 30;  // of blocks; 0: no cache
  int64_t plan_cache_bytes = 4 << 20;      // of resolved configurations; 0: none are kept
  int64_t answer_cache_bytes = 4 << 20;    // of small answers, without the blocks; 0: none are kept
};

}  // namespace rope::engine

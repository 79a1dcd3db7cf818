// Limits: every bound of the server in one place. Checked before anything is allocated, and
// answered by GetServerInfo.
#pragma once

#include <cstdint>

namespace rope {

struct Limits {
  int64_t max_request_bytes = 64 << 20;  // one request message
  int64_t max_config_bytes = 1 << 20;    // one config.json
  int64_t max_rows = int64_t{1} << 27;   // positions of one request
  int64_t max_head_dim = 4096;           // head_dim and rotary_dim
  int64_t max_answer_bytes = int64_t{1} << 40;
  int64_t min_chunk_bytes = 4 << 10;
  int64_t max_chunk_bytes = 3 << 20;  // with its header below gRPC's default message limit of 4 MiB
  int64_t default_chunk_bytes = 1 << 20;
  int64_t max_streams = 256;  // served at the same time
  int64_t max_calls = 1024;   // unary calls waiting or being worked on
  int64_t cache_bytes = int64_t{1} << 30;
};

}  // namespace rope

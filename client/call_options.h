// CallOptions: what a caller can choose for one call, in addition to the request.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace rope::client {

// How a broken stream is tried again. Only TableReader does this: after UNAVAILABLE (the server is
// full, is shutting down or cannot be reached), and after UNKNOWN, INTERNAL or CANCELLED if the
// stream had begun. A stream that broke after some rows continues with the first row that is
// missing.
struct RetryPolicy {
  // The largest number of calls in a row that bring no new row, the first call included. >= 1; 1:
  // there is no second try.
  int max_attempts = 4;
  // The wait before the second try. It doubles before each further try. The actual wait is random,
  // between half of this time and all of it. If the server names a wait (trailer
  // grpc-retry-pushback-ms), the client waits exactly that long instead. It gives up if the number
  // is negative or above max_pushback.
  std::chrono::milliseconds first_backoff{100};
  // The doubling stops here.
  std::chrono::milliseconds max_backoff{5000};
  // The longest wait that a server may ask for.
  std::chrono::milliseconds max_pushback{30000};
};

struct CallOptions {
  // Time for the whole call, retries included. Then the call ends with DEADLINE_EXCEEDED, or before
  // with UNAVAILABLE if no time is left for another try. Absent: `patience` limits the call.
  std::optional<std::chrono::milliseconds> timeout;
  // Only without `timeout`: how long to wait for an answer. A stream gets that time for its first
  // message, and again for each next chunk; time that its reader takes is not counted. A rotation
  // gets a second more for each MiB. WarmTables is not limited: it computes before it answers. Then
  // the call ends with DEADLINE_EXCEEDED. 0: no limit.
  std::chrono::milliseconds patience{30000};
  // RESOURCE_EXHAUSTED if the header announces more bytes than this. The client checks it before it
  // allocates memory for them.
  int64_t max_answer_bytes = int64_t{16} << 30;
  // True: the client checks the checksum of every chunk. False: it asks the server to compute none.
  bool verify = true;
  RetryPolicy retry;
};

}  // namespace rope::client

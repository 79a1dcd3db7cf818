// StreamCheck: what a stream must look like, and what is said where it does not.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "client/stream/response_parser.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// DATA_LOSS, saying what is broken, from each function where something is. Not thread-safe.
class StreamCheck {
 public:
  // `max_answer_bytes`: RESOURCE_EXHAUSTED where more is announced. `verify`: checksums, too.
  // `first_row`: of the request.
  StreamCheck(int64_t max_answer_bytes, bool verify, int64_t first_row)
      : max_answer_bytes_(max_answer_bytes), verify_(verify), first_row_(first_row) {}

  // Header and footer of a message, and their places in the stream. A header after Resume must
  // announce the same tensors.
  absl::Status TakeMessage(const ResponseView& message);
  // The next chunk's place. `skipped`: how many of its first bytes were there before Resume.
  absl::Status TakeChunk(const ChunkView& chunk, int64_t* skipped);
  absl::Status CheckHash(const ChunkView& chunk, uint64_t xxh3_64) const;
  // The stream has ended with status OK.
  absl::Status TakeEnd();

  // The stream broke and goes on in another call, which is asked for rows from the one returned.
  int64_t Resume();

  bool verify() const { return verify_; }
  bool has_header() const { return has_header_; }
  const v1::StreamHeader& header() const { return header_; }
  const v1::StreamFooter& footer() const { return footer_; }

 private:
  struct Progress {
    v1::TensorSpec spec;
    int64_t row_bytes = 0;
    int64_t received = 0;  // up to this byte, in all calls
    int64_t next = 0;      // byte that this call sends next
  };

  absl::Status TakeHeader(const v1::StreamHeader& header);
  absl::Status TakeSameHeader(const v1::StreamHeader& header);

  const int64_t max_answer_bytes_;
  const bool verify_;
  bool has_header_ = false;  // of some call
  bool call_has_header_ = false;
  bool call_has_footer_ = false;
  int64_t first_row_;  // of this call
  v1::StreamHeader header_;
  v1::StreamFooter footer_;
  std::vector<Progress> tensors_;
};

}  // namespace rope::client

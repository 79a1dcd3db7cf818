// StreamCheck: checks a stream against its header, message by message.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "client/chunk_view.h"
#include "client/stream/response_parser.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// A good stream has a header in its first message, whole rows of each announced tensor in order and
// without gaps, and a footer with the right totals in its last message. The functions return
// DATA_LOSS, with the reason, if the stream breaks these rules. Not thread-safe.
//
// One StreamCheck follows a stream through several calls: after a call broke off, Resume says from
// which row the next one must send.
class StreamCheck {
 public:
  // RESOURCE_EXHAUSTED if the header announces more than `max_answer_bytes`. Checksums are checked
  // if `verify`. `first_row` is that of the request.
  StreamCheck(int64_t max_answer_bytes, bool verify, int64_t first_row)
      : max_answer_bytes_(max_answer_bytes), verify_(verify), first_row_(first_row) {}

  // Checks the header and the footer of a message and their place in the stream. After Resume the
  // header must announce the same tensors as before.
  absl::Status TakeMessage(const ResponseView& message);
  // Checks the place and the size of the next chunk. Sets `skipped` to the number of its first
  // bytes that an earlier call has already delivered.
  absl::Status TakeChunk(const ChunkView& chunk, int64_t* skipped);
  // Compares the checksum of a chunk with `xxh3_64`, its hash; always OK if `verify` is false.
  absl::Status CheckHash(const ChunkView& chunk, uint64_t xxh3_64) const;
  // Checks completeness and totals. To be called when the call has ended with status OK.
  absl::Status TakeEnd();

  // To be called when a call broke off and another one continues the stream. Returns the first row
  // that it must ask for: the first one that is missing in some tensor, or the last row if only the
  // footer is missing.
  int64_t Resume();

  bool verify() const { return verify_; }
  bool has_header() const { return has_header_; }
  const v1::StreamHeader& header() const { return header_; }
  const v1::StreamFooter& footer() const { return footer_; }

 private:
  struct Progress {
    v1::TensorSpec spec;
    int64_t row_bytes = 0;
    int64_t received = 0;  // end of the bytes that any call has delivered, as an offset
    int64_t next = 0;      // offset of the next byte of this call
  };

  absl::Status TakeHeader(const v1::StreamHeader& header);
  absl::Status TakeSameHeader(const v1::StreamHeader& header);
  // Sets tensors_ to the announced ones, each at first_row_.
  absl::Status TakeTensors(const v1::StreamHeader& header, int64_t element_bytes,
                           int row_dimensions);
  Progress* Find(v1::TensorKind kind);

  const int64_t max_answer_bytes_;
  const bool verify_;
  bool has_header_ = false;       // of any call
  bool call_has_header_ = false;  // of the current call
  bool call_has_footer_ = false;
  int64_t first_row_;  // of the current call
  v1::StreamHeader header_;
  v1::StreamFooter footer_;
  std::vector<Progress> tensors_;
};

}  // namespace rope::client

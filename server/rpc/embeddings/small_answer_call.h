// SmallAnswerCall: state 4 of a StreamEmbeddings call (embeddings_reactor.h), for an answer that
// fits into one message. A stream of several messages would cost more than the bytes themselves.
//
//            +------------------ another block is missing ------------------+
//            v                                                              |
//     4.1 CollectBlocks -- FetchBlock --> 4.2 OnBlock -- failed --> Fail    |
//            |                                  |                           |
//            | all rows are there               +---------------------------+
//            v
//     4.3 RememberAnswer --> WriteLastAndFinish (header, all chunks, footer)
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "rope/v1/embeddings.pb.h"
#include "server/rpc/embeddings/answer_chunks.h"
#include "server/rpc/embeddings/call_writer.h"
#include "server/rpc/embeddings/small_answers.h"

namespace rope::server {

// Part of an EmbeddingsReactor. Not thread-safe: only the thread that runs the current state uses
// it.
class SmallAnswerCall {
 public:
  // Answers with at most this many bytes are small.
  static constexpr int64_t kMaxBytes = 64 << 10;

  // `header` is the first message. The answer is remembered for `request`, the bytes of the
  // request, unless `request` is empty. The pointers must outlive this object.
  SmallAnswerCall(CallWriter* writer, SmallAnswers* answers, AnswerChunks chunks,
                  v1::StreamEmbeddingsResponse header, std::string request);

  // Runs the states above until the call ends. Neither waits nor computes on this thread. This
  // object may be gone when it returns.
  void CollectBlocks();

 private:
  void OnBlock(const absl::Status& status);
  void RememberAnswer();
  void WriteAnswer();

  CallWriter* const writer_;
  SmallAnswers* const answers_;
  AnswerChunks chunks_;
  v1::StreamEmbeddingsResponse header_;
  std::string request_;
};

}  // namespace rope::server

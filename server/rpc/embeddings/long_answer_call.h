// LongAnswerCall: state 5 of a StreamEmbeddings call (embeddings_reactor.h), for an answer of
// several messages.
//
// The answer is sent in rounds. In each round one message is written while the next one is
// prepared: otherwise the socket would wait for each message, which costs a tenth of the speed.
//
//              +--------- the last of the three steps: FinishStep ---------+
//              v                                                           |
//     5.1 StartRound -----------------------------------------------------+|
//          |  |  |                                                        |
//          |  |  +--> 5.2 step "write":   Write --> OnWriteDone ---------+|
//          |  +-----> 5.3 step "prepare": PrepareNext -------------------+|
//          |               chunks are left     -> the next message
//          |               rows are left       -> FetchBlock -> OnBlock -> the next message
//          |               nothing is left     -> all_prepared_
//          v
//     the call ends, if in the last round
//          the client has gone  -> FinishCancelled
//          preparing failed     -> Fail
//          nothing was left     -> WriteLastAndFinish (footer)
//
// The steps of a round may run on different threads. They share nothing but the table stream, whose
// Cancel is thread-safe. StartRound of the next round reads their results. It runs after all steps
// of this round.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <vector>

#include "absl/status/status.h"
#include "rope/v1/embeddings.pb.h"
#include "server/rpc/embeddings/answer_chunks.h"
#include "server/rpc/embeddings/call_writer.h"

namespace rope::server {

// Part of an EmbeddingsReactor.
class LongAnswerCall {
 public:
  // `header` is the first message. `writer` must outlive this object.
  LongAnswerCall(CallWriter* writer, AnswerChunks chunks, v1::StreamEmbeddingsResponse header);

  // Runs rounds until the call ends. Neither waits nor computes on this thread. This object may be
  // gone when it returns.
  void Start();

  // gRPC's answer to a Write of this object. !ok: the client has gone. This object may be gone when
  // it returns.
  void OnWriteDone(bool ok);

 private:
  // Write, prepare, and StartRound itself. StartRound counts because the steps that it starts may
  // finish before it returns, on any thread. They must not start the next round before StartRound
  // has returned. So a long answer is a loop in FinishStep and not a recursion.
  static constexpr int kStepsOfRound = 3;

  // Each step calls this last. Starts the next round if no other step is left.
  void FinishStep();
  // False: the call has ended, and this object may be gone.
  bool StartRound();
  void PrepareNext();
  void OnBlock(const absl::Status& status);
  void SetNextMessage(const std::vector<grpc::Slice>& slices);

  CallWriter* const writer_;
  AnswerChunks chunks_;
  const v1::StreamEmbeddingsResponse header_;
  std::atomic<int> steps_left_ = 0;  // of the current round

  // Left by the step "write".
  bool client_gone_ = false;
  // Left by the step "prepare".
  absl::Status prepare_status_;
  bool all_prepared_ = false;  // the message of this round was the last one with chunks
  grpc::ByteBuffer next_;      // the message of the next round
};

}  // namespace rope::server

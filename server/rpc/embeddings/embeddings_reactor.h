// EmbeddingsReactor: one StreamEmbeddings call, from the bytes of its request to its footer.
//
//     1 Start ---------- no room --------------------------------------> Fail
//     |    \____________ the answer is remembered ---------------------> WriteLastAndFinish
//     v
//     2 waiting for a thread of the engine -- OnCancel ----------------> FinishCancelled
//     |
//     v
//     3 StartAnswer: reads the request, resolves the plan, opens the table
//     |      |    \____ the request is refused ------------------------> Fail
//     |      v
//     |   4 SmallAnswerCall: collects all blocks, then one message ----> see small_answer_call.h
//     v
//     5 LongAnswerCall: one message after the other -------------------> see long_answer_call.h
//
// Every path ends with one of CallWriter's functions; then gRPC calls OnDone, which deletes the
// reactor. State 1 runs on gRPC's thread, state 3 on one of the engine's, states 4 and 5 on either.
// After a function has started another state or ended the call, it must not use the reactor, which
// may be gone. OnCancel may come in any state, on another thread: in states 4 and 5 it cancels the
// table stream, and the call ends with that status.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rope/v1/embeddings.pb.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/embeddings/answer_chunks.h"
#include "server/rpc/embeddings/call_writer.h"
#include "server/rpc/embeddings/held_stream.h"
#include "server/rpc/embeddings/long_answer_call.h"
#include "server/rpc/embeddings/small_answer_call.h"
#include "server/rpc/embeddings/small_answers.h"
#include "server/rpc/messages/embeddings_request.h"

namespace rope::server {

class EmbeddingsReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // Starts the call and returns its reactor, which deletes itself. `engine` and `answers` must
  // outlive every call. Neither waits nor computes.
  static EmbeddingsReactor* Start(engine::RopeEngine* engine, SmallAnswers* answers,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer& request);

 private:
  // An answer that can be sent: its rows and its first message.
  struct OpenedAnswer {
    AnswerChunks chunks;
    v1::StreamEmbeddingsResponse header;
  };

  EmbeddingsReactor(engine::RopeEngine* engine, SmallAnswers* answers,
                    grpc::CallbackServerContext* context)
      : engine_(engine), answers_(answers), writer_(this, context) {}

  // Answers with the remembered answer to `request` and returns true. Returns false, and sends
  // nothing, if there is no such answer or one of its blocks is gone.
  bool AnswerFromMemory(const grpc::ByteBuffer& request);
  void StartAnswer(const grpc::ByteBuffer& bytes);
  // `findings`: see RopeEngine::Resolve.
  absl::StatusOr<OpenedAnswer> OpenAnswer(EmbeddingsRequest request,
                                          std::vector<Finding>* findings);

  // gRPC does not call this for the last message of a call. Only a long answer has messages before
  // the last one.
  void OnWriteDone(bool ok) override { long_answer_->OnWriteDone(ok); }
  void OnCancel() override;
  void OnDone() override { delete this; }

  engine::RopeEngine* const engine_;
  SmallAnswers* const answers_;
  CallWriter writer_;

  // Set once, when state 2 ends. Whoever sets it continues the call: the engine's thread with state
  // 3, or OnCancel with the end of the call. Shared with the task in the engine's queue, because
  // after OnCancel the task outlives the reactor.
  const std::shared_ptr<std::atomic_flag> wait_is_over_ = std::make_shared<std::atomic_flag>();

  HeldStream held_stream_;
  std::optional<SmallAnswerCall> small_answer_;  // in state 4
  std::optional<LongAnswerCall> long_answer_;    // in state 5
};

}  // namespace rope::server

// EmbeddingsReactor: one StreamEmbeddings call, from its bytes to its footer.
//
// First the request is worked on; a small answer is then made block by block and written at once.
// A long one is written message by message, and while one is being written the next is prepared: a
// socket that waits for its next message costs a tenth of the speed. Writing and preparing share
// nothing but what they leave behind, and the last of the two to end goes on (GoOn). After handing
// on, a function touches nothing of the reactor: it may be gone.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "rope/v1/embeddings.pb.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/embeddings_request.h"
#include "server/rpc/held_stream.h"
#include "server/rpc/small_answers.h"

namespace rope::server {

class EmbeddingsReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // Admits the call and starts it; the reactor deletes itself when the call is done.
  static EmbeddingsReactor* Start(engine::RopeEngine* engine, SmallAnswers* answers,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer& request);

 private:
  // A piece of one tensor: `bytes` at `data` inside `block`.
  struct Piece {
    std::shared_ptr<const engine::TableBlock> block;
    const std::byte* data;
    int64_t bytes;
    std::string frame;  // what stands before the bytes on the wire
  };

  EmbeddingsReactor(engine::RopeEngine* engine, SmallAnswers* answers,
                    grpc::CallbackServerContext* context)
      : engine_(engine),
        answers_(answers),
        context_(context),
        accepted_(std::chrono::steady_clock::now()) {}

  // On gRPC's thread: answers a small request as it was answered before. False, and nothing is
  // done, where that is not known any more.
  bool AnswerAgain(const grpc::ByteBuffer& bytes);

  // On a thread of the engine.
  void Begin(const grpc::ByteBuffer& bytes);
  absl::Status Open(EmbeddingsRequest request, std::vector<Finding>* findings);

  // A small answer: asks for its next block, or ends.
  void Collect();
  void WriteAllAndFinish();
  void KeepAnswer();

  // A long answer: ends one of the things under way.
  void GoOn();
  // Writes what was prepared, and prepares what comes after it. False: the call ends.
  bool WriteAndPrepare();
  void Prepare();
  void PrepareMessage(const std::vector<grpc::Slice>& slices);
  std::vector<grpc::Slice> NextPieces();

  void OnSlice(const absl::StatusOr<engine::BlockSlice>& slice);
  // Cuts a slice into pieces, hashing those that are not a whole block.
  void Cut(const engine::BlockSlice& slice);
  void WriteAndFinish(const std::vector<grpc::Slice>& slices);
  std::string Footer(int64_t rows, int64_t bytes) const;
  std::string Footer() const;
  int64_t BytesToSend() const;
  int64_t MicrosecondsSinceAccepted() const;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

  engine::RopeEngine* const engine_;
  SmallAnswers* const answers_;
  grpc::CallbackServerContext* const context_;
  const std::chrono::steady_clock::time_point accepted_;
  engine::Admission admission_;
  // Whoever sets it acts: the engine's thread, which begins, or the end of a call that still waits
  // for that thread. The waiting task holds it as well, since the reactor may be gone by then.
  const std::shared_ptr<std::atomic_flag> taken_ = std::make_shared<std::atomic_flag>();

  std::vector<v1::TensorKind> tensors_;
  int64_t chunk_bytes_ = 0;
  int64_t row_bytes_ = 0;
  bool small_ = false;
  bool omit_checksums_ = false;
  std::string request_;       // its bytes, of a small answer
  std::string header_;        // serialised
  std::string hit_header_;    // of a small answer: as it will be the next time
  grpc::ByteBuffer message_;  // being written

  std::atomic<int> under_way_ = 0;  // writing, preparing, and GoOn itself
  bool client_gone_ = false;        // left by writing
  absl::Status prepare_status_;     // left by preparing, as the next two
  grpc::ByteBuffer next_;
  bool all_written_ = false;

  std::deque<Piece> pieces_;
  int64_t rows_done_ = 0;  // before or cut into pieces
  int64_t first_chunk_us_ = -1;

  std::shared_ptr<engine::TableStream> stream_;
  HeldStream held_;
};

}  // namespace rope::server

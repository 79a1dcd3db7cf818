// CallWriter: sends the messages of one StreamEmbeddings call to its client and ends the call.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/findings/finding.h"
#include "server/engine/schedule/admission.h"

namespace rope::server {

// Part of an EmbeddingsReactor. Not thread-safe: the states of the call (embeddings_reactor.h)
// ensure that one thread at a time uses it.
//
// Exactly one of the functions that end the call must be called. They give the call's room back
// before the client learns that the call has ended, so that the client's next call finds room. gRPC
// may delete the reactor before such a function returns: the caller must not use any part of the
// call afterwards.
class CallWriter {
 public:
  using Reactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

  // `reactor` owns this writer. The clock of the call starts now.
  CallWriter(Reactor* reactor, grpc::CallbackServerContext* context)
      : reactor_(reactor), context_(context), accepted_(std::chrono::steady_clock::now()) {}
  CallWriter(const CallWriter&) = delete;
  CallWriter& operator=(const CallWriter&) = delete;

  // Keeps the room that was admitted for the call until the call ends.
  void HoldRoom(engine::Admission room) { room_ = std::move(room); }

  // Writes `message` and leaves its content unspecified. gRPC then calls OnWriteDone, perhaps
  // before Write returns. REQUIRES that no other write is in progress.
  void Write(grpc::ByteBuffer* message);

  // Notes the time of the first chunk for the footer. Later calls change nothing.
  void MarkFirstChunk();

  // Ends the call with OK: writes a last message of `slices` and of the footer, which reports
  // `rows` and `bytes` of the answer. REQUIRES that no other write is in progress.
  void WriteLastAndFinish(std::vector<grpc::Slice> slices, int64_t rows, int64_t bytes);
  // Ends the call with `status`, which is not OK; see RefuseCall for `findings`.
  void Fail(const absl::Status& status, const std::vector<Finding>& findings = {});
  // Ends the call with CANCELLED, for a client that has gone.
  void FinishCancelled();

 private:
  int64_t MicrosecondsSinceAccepted() const;
  grpc::Slice Footer(int64_t rows, int64_t bytes) const;

  Reactor* const reactor_;
  grpc::CallbackServerContext* const context_;
  const std::chrono::steady_clock::time_point accepted_;
  engine::Admission room_;
  grpc::ByteBuffer message_;     // being written
  int64_t first_chunk_us_ = -1;  // since accepted_; -1: no chunk yet
};

}  // namespace rope::server

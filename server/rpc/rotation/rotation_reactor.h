// RotationReactor: one ApplyRotary call. It answers one message after the other, so a call holds
// one chunk, and a client that does not read its answers is not read from.
//
//     Start --- no room ------------------------------> Finish
//       |
//       v
//     StartRead --> OnReadDone -- no message ---------> Finish
//       ^               |
//       |               v
//       |           Answer, on a thread of the engine - a failure, or cancelled --> Finish
//       |               |                \_ the last byte --> StartWriteAndFinish
//       |               v
//       +---------- StartWrite --> OnWriteDone -- the client has gone --> Finish
//
// There is never more than one operation or task, and each either starts the next one or ends the
// call. A cancelled call ends with its operation, which then fails, or when its task looks.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/findings/finding.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/rotation/rotation_call.h"

namespace rope::server {

class RotationReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Starts the call and returns its reactor, which deletes itself. `engine` must outlive every
  // call. Neither waits nor computes.
  static RotationReactor* Start(engine::RopeEngine* engine, grpc::CallbackServerContext* context);

 private:
  RotationReactor(engine::RopeEngine* engine, grpc::CallbackServerContext* context)
      : engine_(engine), context_(context) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

  // Reads the message in `received_` and leaves the answer in `answer_`.
  absl::Status Work(std::vector<Finding>* findings);
  void Answer();
  // Ends the call. The reactor may be gone afterwards.
  void End(const absl::Status& status, const std::vector<Finding>& findings = {});

  engine::RopeEngine* const engine_;
  grpc::CallbackServerContext* const context_;
  engine::Admission room_;
  std::unique_ptr<RotationCall> call_;  // null until the setup is read
  grpc::ByteBuffer received_;
  grpc::ByteBuffer answer_;
};

}  // namespace rope::server

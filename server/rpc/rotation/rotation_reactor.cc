#include "server/rpc/rotation/rotation_reactor.h"

#include <utility>

#include "rope/v1/rotation.pb.h"
#include "server/rpc/messages/raw_message.h"
#include "server/rpc/messages/status.h"

namespace rope::server {
namespace {

absl::Status Cancelled() { return absl::CancelledError("the call was cancelled"); }

}  // namespace

RotationReactor* RotationReactor::Start(engine::RopeEngine* engine,
                                        grpc::CallbackServerContext* context) {
  auto* const reactor = new RotationReactor(engine, context);
  auto room = engine->AdmitStream();
  if (!room.ok()) {
    reactor->End(room.status());
    return reactor;
  }
  reactor->room_ = *std::move(room);
  reactor->StartRead(&reactor->received_);
  return reactor;
}

void RotationReactor::End(const absl::Status& status, const std::vector<Finding>& findings) {
  call_.reset();
  room_ = engine::Admission();  // before the client can know that the call has ended
  Finish(RefuseCall(context_, status, findings));
}

void RotationReactor::OnReadDone(bool ok) {
  if (ok) {
    engine_->Run([this] { Answer(); });
  } else if (context_->IsCancelled()) {
    End(Cancelled());
  } else {
    End(absl::InvalidArgumentError(call_ == nullptr
                                       ? "the call has no setup"
                                       : "the call ended before the last byte of its tensors"));
  }
}

void RotationReactor::OnWriteDone(bool ok) {
  if (ok) {
    StartRead(&received_);
  } else {
    End(Cancelled());
  }
}

absl::Status RotationReactor::Work(std::vector<Finding>* findings) {
  auto request =
      ParseMessage<v1::ApplyRotaryRequest>(received_, engine_->limits().max_request_bytes);
  received_.Clear();
  if (!request.ok()) return request.status();
  if (request->has_setup() != (call_ == nullptr)) {
    return absl::InvalidArgumentError(call_ == nullptr ? "the first message must be a setup"
                                                       : "only the first message is a setup");
  }
  v1::ApplyRotaryResponse response;
  if (request->has_setup()) {
    auto call = RotationCall::Open(engine_, std::move(*request->mutable_setup()), findings);
    if (!call.ok()) return call.status();
    call_ = *std::move(call);
    *response.mutable_header() = call_->header();
  } else {
    absl::Status status = call_->Rotate(request->mutable_chunk());
    if (!status.ok()) return status;
    response.mutable_chunk()->Swap(request->mutable_chunk());
  }
  answer_ = WriteMessage(response);
  return absl::OkStatus();
}

void RotationReactor::Answer() {
  std::vector<Finding> findings;
  const absl::Status status = context_->IsCancelled() ? Cancelled() : Work(&findings);
  if (!status.ok()) {
    End(status, findings);
  } else if (call_->complete()) {
    call_.reset();
    room_ = engine::Admission();  // as in End
    StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
  } else {
    StartWrite(&answer_);
  }
}

}  // namespace rope::server

#include "client/stream/stream_call.h"

namespace rope::client {
namespace {

constexpr char kMethod[] = "/rope.v1.RopeService/StreamEmbeddings";

}  // namespace

StreamCall::StreamCall(const std::shared_ptr<grpc::Channel>& channel, grpc::CompletionQueue* queue,
                       std::optional<std::chrono::system_clock::time_point> deadline) {
  if (deadline.has_value()) context_.set_deadline(*deadline);
  context_.set_initial_metadata_corked(true);  // sent in one packet with the request
  call_ = grpc::GenericStub(channel).PrepareCall(&context_, kMethod, queue);
}

void StreamCall::Start(const grpc::ByteBuffer& request) {
  call_->StartCall(nullptr);  // Corked: sent with the message, so it has no event.
  outstanding_ = 1;
  call_->Write(request, grpc::WriteOptions().set_last_message(), &written_);
  Read();
}

void StreamCall::Read() {
  ++outstanding_;
  message_.Clear();
  call_->Read(&message_, &read_);
}

void StreamCall::Finish() {
  ++outstanding_;
  call_->Finish(&status_, &finished_);
}

}  // namespace rope::client

// StreamCall: one StreamEmbeddings call as bytes, on a completion queue. Nothing that arrives is
// parsed or copied here.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>

namespace rope::client {

// What is begun ends with an event: the queue returns a `StreamCall::Tag*`. Not thread-safe.
// REQUIRES, when destroyed, that no event is outstanding.
class StreamCall {
 public:
  enum class Event { kWritten, kRead, kFinished };
  struct Tag {
    StreamCall* call;
    Event event;
  };

  StreamCall(const std::shared_ptr<grpc::Channel>& channel, grpc::CompletionQueue* queue,
             std::optional<std::chrono::system_clock::time_point> deadline);

  // Sends the request and asks for the first message: kWritten and kRead follow.
  void Start(const grpc::ByteBuffer& request);
  // Asks for the next message: kRead follows, not ok where there is none.
  void Read();
  // Asks for the status: kFinished follows. REQUIRES no kRead is outstanding.
  void Finish();
  // What is outstanding ends soon.
  void Cancel() { context_.TryCancel(); }

  // To be called with each event of this call.
  void Took() { --outstanding_; }
  int outstanding() const { return outstanding_; }

  grpc::ByteBuffer* message() { return &message_; }       // after an ok kRead
  const grpc::Status& status() const { return status_; }  // after kFinished
  const grpc::ClientContext& context() const { return context_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer message_;
  grpc::Status status_;
  int outstanding_ = 0;
  Tag written_{this, Event::kWritten};
  Tag read_{this, Event::kRead};
  Tag finished_{this, Event::kFinished};
};

}  // namespace rope::client

// StreamCall: one StreamEmbeddings call over a completion queue. It neither parses nor copies the
// messages that arrive.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>

namespace rope::client {

// Every operation ends with one event: the queue returns the address of a Tag, which names the call
// and the event. The owner of the queue passes each event on with CountEvent. Not thread-safe.
// REQUIRES that no event is outstanding when the object is destroyed.
class StreamCall {
 public:
  enum class Event { kWritten, kRead, kFinished };
  struct Tag {
    StreamCall* call;
    Event event;
  };

  // Prepares the call; Start sends it. `queue` must outlive the call. If there is no `deadline`,
  // the call has no limit of time.
  StreamCall(const std::shared_ptr<grpc::Channel>& channel, grpc::CompletionQueue* queue,
             std::optional<std::chrono::system_clock::time_point> deadline);

  // Sends the request and reads the first message: events kWritten and kRead.
  void Start(const grpc::ByteBuffer& request);
  // Reads the next message: event kRead, which fails at the end of the stream. REQUIRES that no
  // kRead is outstanding and that the last message has been taken.
  void Read();
  // Reads the status: event kFinished. REQUIRES that no kRead is outstanding.
  void Finish();
  // Makes outstanding operations end soon. Each of them still ends with its event.
  void Cancel() { context_.TryCancel(); }

  // To be called once for each event of this call.
  void CountEvent() { --outstanding_; }
  // The number of events that are still to come.
  int outstanding() const { return outstanding_; }

  // The message, after a kRead that succeeded.
  grpc::ByteBuffer* message() { return &message_; }
  // The status and the trailers, after kFinished.
  const grpc::Status& status() const { return status_; }
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

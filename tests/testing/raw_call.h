// A call of any method by its name, with bytes as messages. Tests use it for the services that gRPC
// provides, because Debian has no headers for their messages.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

namespace rope::testing {

// One request and any number of answers. Any thread may call Cancel; one thread calls the rest.
class RawCall {
 public:
  RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
          const std::string& request)
      : stub_(channel), call_(stub_.PrepareCall(&context_, method, &queue_)) {
    call_->StartCall(nullptr);
    Await();
    const grpc::Slice slice(request);
    call_->Write(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions().set_last_message(), nullptr);
    Await();
  }
  ~RawCall() {
    queue_.Shutdown();
    while (Await()) {
    }
  }

  // The next answer; absent at the end.
  std::optional<std::string> Read() {
    grpc::ByteBuffer answer;
    call_->Read(&answer, nullptr);
    if (!Await()) return std::nullopt;
    grpc::Slice slice;
    if (!answer.DumpToSingleSlice(&slice).ok()) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }

  // After the last answer, or after Cancel.
  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Await();
    return status;
  }

  // Makes Read and Finish return soon.
  void Cancel() { context_.TryCancel(); }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace rope::testing

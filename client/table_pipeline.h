// TablePipeline: many small tables at once over one connection, by one thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/rope_client.h"
#include "client/stream/stream_call.h"

namespace rope::client {

// Not thread-safe. Calls are not repeated: `done` sees what the server said.
class TablePipeline {
 public:
  using Done = std::function<void(absl::StatusOr<Table>)>;

  TablePipeline(const RopeClient& client, const CallOptions& options);
  // Cancels what is under way; its `done` is not called.
  ~TablePipeline();
  TablePipeline(const TablePipeline&) = delete;
  TablePipeline& operator=(const TablePipeline&) = delete;

  // Sends the request at once. `done` is called by Step, and may start others.
  void Start(const v1::StreamEmbeddingsRequest& request, Done done);
  // The same with the request's bytes, for those who send it often. REQUIRES the options' `verify`
  // fits the request.
  void Start(const grpc::ByteBuffer& request, Done done);

  // Waits for the next thing that happens; false where nothing is under way.
  bool Step();

  int in_flight() const { return static_cast<int>(flights_.size()); }

 private:
  class Flight;

  const std::shared_ptr<grpc::Channel> channel_;
  const CallOptions options_;
  grpc::CompletionQueue queue_;
  std::unordered_map<const StreamCall*, std::unique_ptr<Flight>> flights_;
};

}  // namespace rope::client

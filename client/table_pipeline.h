// TablePipeline: one thread fetches many small tables at once over one connection.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/rope_client.h"
#include "client/table.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

class StreamCall;

// The caller starts any number of requests and then calls Step until it returns false. Nothing runs
// in the background: answers are received and checked, as TableReader checks them, inside Step.
//
// Calls are not tried again; CallOptions.retry has no effect here. Not thread-safe.
class TablePipeline {
 public:
  // Receives the table or the error; DATA_LOSS if the stream broke the rules, otherwise the
  // server's status.
  using Done = std::function<void(absl::StatusOr<Table>)>;

  // `options` apply to each call separately. Without a timeout, a whole table must come within
  // their patience.
  TablePipeline(const RopeClient& client, const CallOptions& options);
  // Cancels the calls in flight without calling their `done`.
  ~TablePipeline();
  TablePipeline(const TablePipeline&) = delete;
  TablePipeline& operator=(const TablePipeline&) = delete;

  // Sends the request at once. A later Step calls `done` exactly once, unless the pipeline is
  // destroyed before. `done` may call Start.
  void Start(const v1::StreamEmbeddingsRequest& request, Done done);

  // Waits for the next event of any call and handles it. False if no call is in flight.
  bool Step();

  // The number of calls whose `done` has not been called yet.
  int in_flight() const { return static_cast<int>(flights_.size()); }

 private:
  class Flight;

  const std::shared_ptr<grpc::Channel> channel_;
  const CallOptions options_;
  grpc::CompletionQueue queue_;
  std::unordered_map<const StreamCall*, std::unique_ptr<Flight>> flights_;
};

}  // namespace rope::client

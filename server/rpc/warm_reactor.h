// WarmReactor: one WarmTables call. It reads its tables like streams, one after the other, so that
// the cache has them afterwards. The client gets only a summary of each table.
//
//     Start --> StartTable --> FetchBlock --> (rows left) FetchBlock ...
//                  ^               |
//                  +-- tables left-+-- no table left, or a failure --> End
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

#include "rope/v1/warm.pb.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/embeddings/held_stream.h"

namespace rope::server {

class WarmReactor final : public grpc::ServerUnaryReactor {
 public:
  // Starts the call and returns its reactor, which deletes itself when the call is done. `engine`
  // must outlive every call; gRPC keeps the other pointers valid until then. Neither waits nor
  // computes.
  static WarmReactor* Start(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
                            const v1::WarmTablesRequest* request, v1::WarmTablesResponse* response);

 private:
  WarmReactor(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
              const v1::WarmTablesRequest* request, v1::WarmTablesResponse* response)
      : engine_(engine), context_(context), request_(request), response_(response) {}

  // On a thread of the engine: opens the next table of the request, or ends the call.
  void StartTable();
  // Opens `table` and adds its summary to the response. `findings`: see RopeEngine::Resolve.
  absl::Status OpenTable(const v1::StreamEmbeddingsRequest& table, std::vector<Finding>* findings);
  void FetchBlock();
  // Notes what of the table is in the cache, and starts the next one.
  void EndTable();
  // Ends the call. The reactor may be gone afterwards.
  void End(const grpc::Status& status);

  // Cancels the table stream. The pending FetchBlock then ends the call with CANCELLED.
  void OnCancel() override { held_stream_.Cancel(); }
  void OnDone() override { delete this; }

  engine::RopeEngine* const engine_;
  grpc::CallbackServerContext* const context_;
  const v1::WarmTablesRequest* const request_;
  v1::WarmTablesResponse* const response_;
  engine::Admission room_;

  std::shared_ptr<engine::TableStream> stream_;  // of the current table
  int64_t rows_left_ = 0;                        // of the current table
  HeldStream held_stream_;
};

}  // namespace rope::server

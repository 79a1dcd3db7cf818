// WarmReactor: one WarmTables call. Its tables are read like those of a stream, one after the
// other, and not sent.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "rope/v1/warm.pb.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/held_stream.h"

namespace rope::server {

class WarmReactor final : public grpc::ServerUnaryReactor {
 public:
  // Admits the call and starts it; the reactor deletes itself when the call is done.
  static WarmReactor* Start(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
                            const v1::WarmTablesRequest* request, v1::WarmTablesResponse* response);

 private:
  WarmReactor(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
              const v1::WarmTablesRequest* request, v1::WarmTablesResponse* response)
      : engine_(engine), context_(context), request_(request), response_(response) {}

  // On threads of the engine: begins the next table, or ends the call.
  void Continue();
  absl::Status Open(const v1::StreamEmbeddingsRequest& table, std::vector<Finding>* findings);
  void FetchNext();
  void End(const grpc::Status& status);

  void OnCancel() override { held_.Cancel(); }
  void OnDone() override { delete this; }

  engine::RopeEngine* const engine_;
  grpc::CallbackServerContext* const context_;
  const v1::WarmTablesRequest* const request_;
  v1::WarmTablesResponse* const response_;
  engine::Admission admission_;
  int64_t rows_left_ = 0;

  std::shared_ptr<engine::TableStream> stream_;
  HeldStream held_;
};

}  // namespace rope::server

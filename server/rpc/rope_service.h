// RopeService: the methods of rope.v1.RopeService, on an engine. Each method hands its request to
// the engine's threads and returns. Only a small answer that is remembered is sent at once. gRPC's
// threads neither compute nor wait.
#pragma once

#include <grpcpp/grpcpp.h>

#include "rope/v1/rope_service.grpc.pb.h"
#include "server/engine/rope_engine.h"
#include "server/rpc/embeddings/small_answers.h"

namespace rope::server {

// These methods are raw: they take and send bytes instead of message objects. StreamEmbeddings
// sends slices of cached blocks. Large messages of the other two are parsed by the engine's
// threads, after admission. A client sees no difference.
using RawMethods = v1::RopeService::WithRawCallbackMethod_StreamEmbeddings<
    v1::RopeService::WithRawCallbackMethod_BuildPositionIds<
        v1::RopeService::WithRawCallbackMethod_ApplyRotary<v1::RopeService::Service>>>;
using RopeServiceBase = v1::RopeService::WithCallbackMethod_GetFrequencies<
    v1::RopeService::WithCallbackMethod_ValidateConfig<
        v1::RopeService::WithCallbackMethod_ListPresets<
            v1::RopeService::WithCallbackMethod_GetPreset<
                v1::RopeService::WithCallbackMethod_WarmTables<
                    v1::RopeService::WithCallbackMethod_PlanSequence<
                        v1::RopeService::WithCallbackMethod_GetServerInfo<RawMethods>>>>>>>;

// Thread-safe. A method that fails answers with ToGrpcStatus (messages/status.h) of the engine's
// status; proto/rope/v1 documents what each method answers.
class RopeService final : public RopeServiceBase {
 public:
  // `engine` must outlive the service and every call.
  explicit RopeService(engine::RopeEngine* engine)
      : engine_(engine), answers_(engine->limits().answer_cache_bytes) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamEmbeddings(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* GetFrequencies(grpc::CallbackServerContext* context,
                                           const v1::GetFrequenciesRequest* request,
                                           v1::GetFrequenciesResponse* response) override;
  grpc::ServerUnaryReactor* PlanSequence(grpc::CallbackServerContext* context,
                                         const v1::PlanSequenceRequest* request,
                                         v1::PlanSequenceResponse* response) override;
  grpc::ServerUnaryReactor* ValidateConfig(grpc::CallbackServerContext* context,
                                           const v1::ValidateConfigRequest* request,
                                           v1::ValidateConfigResponse* response) override;
  grpc::ServerUnaryReactor* ListPresets(grpc::CallbackServerContext* context,
                                        const v1::ListPresetsRequest* request,
                                        v1::ListPresetsResponse* response) override;
  grpc::ServerUnaryReactor* GetPreset(grpc::CallbackServerContext* context,
                                      const v1::GetPresetRequest* request,
                                      v1::GetPresetResponse* response) override;
  grpc::ServerUnaryReactor* WarmTables(grpc::CallbackServerContext* context,
                                       const v1::WarmTablesRequest* request,
                                       v1::WarmTablesResponse* response) override;
  grpc::ServerUnaryReactor* BuildPositionIds(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ApplyRotary(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context,
                                          const v1::GetServerInfoRequest* request,
                                          v1::GetServerInfoResponse* response) override;

 private:
  engine::RopeEngine* const engine_;
  SmallAnswers answers_;
};

}  // namespace rope::server

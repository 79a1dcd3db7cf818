#include "server/rpc/rope_service.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/presets/presets.h"
#include "core/rope_types/attention/attention_scaling.h"
#include "core/sequences/sequence_plan.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "proto/wire/validation.h"
#include "server/engine/dialect_plans.h"
#include "server/rpc/embeddings/embeddings_reactor.h"
#include "server/rpc/messages/answers.h"
#include "server/rpc/messages/resolve_options.h"
#include "server/rpc/messages/status.h"
#include "server/rpc/position_ids_call.h"
#include "server/rpc/rotation/rotation_reactor.h"
#include "server/rpc/warm_reactor.h"

namespace rope::server {
namespace {

// Runs `work` on a thread of the engine and ends the call with the status that it returns. Refuses
// the call if there is no room for it.
grpc::ServerUnaryReactor* RunUnary(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
                                   std::function<grpc::Status()> work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  auto admitted = engine->AdmitCall();
  if (!admitted.ok()) {
    reactor->Finish(RefuseCall(context, admitted.status()));
    return reactor;
  }
  auto room = std::make_shared<engine::Admission>(*std::move(admitted));  // tasks are copyable
  engine->Run([context, reactor, room = std::move(room), work = std::move(work)]() mutable {
    const grpc::Status status = context->IsCancelled() ? grpc::Status::CANCELLED : work();
    room.reset();  // before the client can know that the call has ended
    reactor->Finish(status);
  });
  return reactor;
}

// Fills query_scale. All layer types have the same factors, because they belong to the model.
absl::Status AnswerQueryPositions(const v1::GetFrequenciesRequest& request,
                                  const engine::Reading& reading,
                                  v1::GetFrequenciesResponse* response) {
  if (!request.has_query_positions()) return absl::OkStatus();
  const auto positions =
      wire::PositionIdsFromProto(request.query_positions(), engine::Limits::kMaxQueryPositions);
  if (!positions.ok()) {
    return absl::Status(positions.status().code(),
                        absl::StrCat("query_positions: ", positions.status().message()));
  }
  if (positions->axes() != 1) {
    return absl::InvalidArgumentError("query_positions: must have one axis");
  }
  if (!reading.attention.queries.has_value()) {
    return absl::InvalidArgumentError(
        "query_positions: must be absent, because nothing says that this model scales its queries "
        "by their position");
  }
  std::vector<double> values(static_cast<size_t>(positions->size()));
  positions->CopyTo(0, absl::MakeSpan(values));
  for (double position : values) {
    response->add_query_scale(QueryScale(*reading.attention.queries, position));
  }
  return absl::OkStatus();
}

grpc::Status AnswerFrequencies(const engine::RopeEngine& engine,
                               const v1::GetFrequenciesRequest& request,
                               v1::GetFrequenciesResponse* response) {
  const auto json = wire::ConfigJsonFromProto(request.config());
  if (!json.ok()) return ToGrpcStatus(json.status());
  const auto profile = wire::NumericProfileFromProto(request.numeric_profile());
  if (!profile.ok()) return ToGrpcStatus(profile.status());

  engine::ResolveOptions options = ResolveOptionsOf(request.config());
  options.layer_type = request.layer_type();
  if (request.has_seq_len()) options.seq_len = request.seq_len();
  options.profile = *profile;
  options.call_site = request.of_forward() ? HfCallSite::kForward : HfCallSite::kInitFunction;
  std::vector<Finding> findings;
  const auto resolved = engine.Resolve(*json, options, &findings);
  if (!resolved.ok()) return ToGrpcStatus(resolved.status(), findings);
  for (const engine::ResolvedPlan& one : *resolved)
    *response->add_frequencies() = FrequenciesOf(one);
  const engine::Reading no_reading;
  return ToGrpcStatus(AnswerQueryPositions(
      request, resolved->empty() ? no_reading : *resolved->front().reading, response));
}

grpc::Status AnswerPlan(engine::RopeEngine* engine, const v1::PlanSequenceRequest& request,
                        v1::PlanSequenceResponse* response) {
  absl::Status status = engine::CheckDefaultDialect(request.config().dialect());
  if (!status.ok()) return ToGrpcStatus(status);
  const auto json = wire::ConfigJsonFromProto(request.config());
  if (!json.ok()) return ToGrpcStatus(json.status());
  const auto profile = wire::NumericProfileFromProto(request.numeric_profile());
  if (!profile.ok()) return ToGrpcStatus(profile.status());
  const std::vector<int64_t> lengths(request.lengths().begin(), request.lengths().end());
  if (absl::Status status = CheckLengths(lengths); !status.ok()) return ToGrpcStatus(status);

  engine::ResolveOptions options = ResolveOptionsOf(request.config());
  options.layer_type = request.layer_type();
  options.seq_len = lengths.front();
  options.profile = *profile;
  options.call_site = HfCallSite::kForward;
  std::vector<Finding> findings;
  const auto resolved = engine->ResolveOne(*json, options, &findings);
  if (!resolved.ok()) return ToGrpcStatus(resolved.status(), findings);
  const auto plans = PlanSequence(resolved->config, *profile, lengths);
  if (!plans.ok()) return ToGrpcStatus(plans.status());
  *response->mutable_resolution() = ResolutionOf(*resolved);
  response->mutable_resolution()->clear_seq_len();
  for (const LengthPlan& plan : *plans) *response->add_plans() = LengthPlanToProto(plan);
  return grpc::Status::OK;
}

grpc::Status AnswerValidation(const engine::RopeEngine& engine,
                              const v1::ValidateConfigRequest& request,
                              v1::ValidateConfigResponse* response) {
  if (absl::Status status = engine::CheckDefaultDialect(request.config().dialect()); !status.ok()) {
    return ToGrpcStatus(status);
  }
  const auto json = wire::ConfigJsonFromProto(request.config());
  if (!json.ok()) return ToGrpcStatus(json.status());
  ValidateOptions options;
  options.strict = request.config().strict();
  options.preset = request.compare_preset();
  const bool named = !options.preset.empty() && options.preset != kGuessPreset;
  if (named && FindPreset(options.preset) == nullptr) {
    return ToGrpcStatus(UnknownPreset("compare_preset", options.preset));
  }
  const auto validation =
      engine.ValidateWithOverrides(*json, wire::OverridesFromProto(request.config()), options);
  if (!validation.ok()) return ToGrpcStatus(validation.status());
  *response = wire::ValidationToProto(*validation);
  return grpc::Status::OK;
}

grpc::Status AnswerPreset(const v1::GetPresetRequest& request, v1::GetPresetResponse* response) {
  const Preset* preset = FindPreset(request.name());
  if (preset == nullptr) {
    const absl::Status unknown = UnknownPreset("name", request.name());
    return {grpc::StatusCode::NOT_FOUND, std::string(unknown.message())};
  }
  *response->mutable_preset() = wire::PresetToProto(*preset);
  return grpc::Status::OK;
}

grpc::Status AnswerPresets(v1::ListPresetsResponse* response) {
  for (const Preset& preset : AllPresets()) {
    v1::Preset& entry = *response->add_presets();
    entry = wire::PresetToProto(preset);
    entry.clear_config_json();
  }
  return grpc::Status::OK;
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* RopeService::StreamEmbeddings(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return EmbeddingsReactor::Start(engine_, &answers_, context, *request);
}

grpc::ServerUnaryReactor* RopeService::GetFrequencies(grpc::CallbackServerContext* context,
                                                      const v1::GetFrequenciesRequest* request,
                                                      v1::GetFrequenciesResponse* response) {
  return RunUnary(engine_, context, [this, request, response] {
    return AnswerFrequencies(*engine_, *request, response);
  });
}

grpc::ServerUnaryReactor* RopeService::PlanSequence(grpc::CallbackServerContext* context,
                                                    const v1::PlanSequenceRequest* request,
                                                    v1::PlanSequenceResponse* response) {
  return RunUnary(engine_, context,
                  [this, request, response] { return AnswerPlan(engine_, *request, response); });
}

grpc::ServerUnaryReactor* RopeService::ValidateConfig(grpc::CallbackServerContext* context,
                                                      const v1::ValidateConfigRequest* request,
                                                      v1::ValidateConfigResponse* response) {
  return RunUnary(engine_, context, [this, request, response] {
    return AnswerValidation(*engine_, *request, response);
  });
}

grpc::ServerUnaryReactor* RopeService::ListPresets(grpc::CallbackServerContext* context,
                                                   const v1::ListPresetsRequest* /*request*/,
                                                   v1::ListPresetsResponse* response) {
  return RunUnary(engine_, context, [response] { return AnswerPresets(response); });
}

grpc::ServerUnaryReactor* RopeService::GetPreset(grpc::CallbackServerContext* context,
                                                 const v1::GetPresetRequest* request,
                                                 v1::GetPresetResponse* response) {
  return RunUnary(engine_, context,
                  [request, response] { return AnswerPreset(*request, response); });
}

grpc::ServerUnaryReactor* RopeService::WarmTables(grpc::CallbackServerContext* context,
                                                  const v1::WarmTablesRequest* request,
                                                  v1::WarmTablesResponse* response) {
  return WarmReactor::Start(engine_, context, request, response);
}

grpc::ServerUnaryReactor* RopeService::BuildPositionIds(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return RunUnary(engine_, context, [this, request, response] {
    return AnswerPositionIds(engine_->limits(), *request, response);
  });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* RopeService::ApplyRotary(
    grpc::CallbackServerContext* context) {
  return RotationReactor::Start(engine_, context);
}

grpc::ServerUnaryReactor* RopeService::GetServerInfo(grpc::CallbackServerContext* context,
                                                     const v1::GetServerInfoRequest* /*request*/,
                                                     v1::GetServerInfoResponse* response) {
  return RunUnary(engine_, context, [this, response] {
    *response = ServerInfoOf(*engine_);
    response->mutable_activity()->set_answer_hits(answers_.hits());
    return grpc::Status::OK;
  });
}

}  // namespace rope::server

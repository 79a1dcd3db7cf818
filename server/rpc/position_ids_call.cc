#include "server/rpc/position_ids_call.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/json/json_reader.h"
#include "core/positions/rope_index.h"
#include "core/positions/vision/vision_positions.h"
#include "proto/wire/built_positions.h"
#include "proto/wire/config_json.h"
#include "rope/v1/build_position_ids.pb.h"
#include "server/rpc/messages/raw_message.h"
#include "server/rpc/messages/status.h"

namespace rope::server {
namespace {

using Response = v1::BuildPositionIdsResponse;

absl::StatusOr<JsonValue> ReadConfig(const v1::ModelConfig& config, int64_t max_bytes) {
  const auto text = wire::ConfigJsonFromProto(config);
  if (!text.ok()) return text.status();
  if (static_cast<int64_t>(text->size()) > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "config: has ", text->size(), " bytes; this server accepts at most ", max_bytes));
  }
  JsonLimits limits;
  limits.max_bytes = max_bytes;
  JsonResult document = ReadJson(*text, limits);
  if (document.ok()) return (*std::move(document)).root;
  return absl::InvalidArgumentError(
      absl::StrCat("config: ", document.error().message, " (byte ", document.error().offset, ")"));
}

// OK if an answer of `positions` positions, all axes together, is within the limits.
absl::Status CheckCount(const char* field, int64_t positions, const engine::Limits& limits) {
  if (positions <= limits.max_built_positions) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(field, ": more than ",
                                                   limits.max_built_positions,
                                                   " positions, all axes together; this server "
                                                   "builds no more in one call"));
}

absl::StatusOr<Response> BuildForTokens(const JsonValue& config, const v1::TokenBatch& tokens,
                                        const engine::Limits& limits) {
  auto settings = ReadPositionSettings(config);
  if (!settings.ok()) return settings.status();
  settings->max_decode_positions = limits.max_built_positions;
  absl::Status status = CheckCount("input_ids", tokens.input_ids_size() * settings->axes, limits);
  if (!status.ok()) return status;
  const auto arguments = wire::TokensFromProto(tokens, *settings->family);
  if (!arguments.ok()) return arguments.status();
  const auto index = BuildRopeIndex(*settings, *arguments);
  if (!index.ok()) return index.status();
  Response response = wire::RopeIndexToProto(*index);
  response.set_family(std::string(settings->family->model_type));
  return response;
}

absl::StatusOr<Response> BuildForPictures(const JsonValue& config, const v1::Pictures& message,
                                          const engine::Limits& limits) {
  const auto settings = ReadVisionSettings(config);
  if (!settings.ok()) return settings.status();
  const auto object = wire::PicturesToJson(message);
  if (!object.ok()) return object.status();
  const auto pictures = ReadVisionPictures(*object, *settings);
  if (!pictures.ok()) return pictures.status();
  if (absl::Status status = CheckGrids("grid", pictures->grids); !status.ok()) return status;
  int64_t patches = 0;
  for (const Grid& grid : pictures->grids) patches += PatchCount(grid) + 1;
  const int64_t axes = settings->family->has_frame_axis ? 3 : 2;
  if (absl::Status status = CheckCount("grid", patches * axes, limits); !status.ok()) return status;
  const auto positions = BuildVisionPositions(*settings, *pictures);
  if (!positions.ok()) return positions.status();
  Response response = wire::VisionPositionsToProto(*positions);
  response.set_family(std::string(settings->family->model_type));
  return response;
}

absl::StatusOr<Response> Build(const v1::BuildPositionIdsRequest& request,
                               const engine::Limits& limits) {
  const auto config = ReadConfig(request.config(), limits.max_config_bytes);
  if (!config.ok()) return config.status();
  switch (request.input_case()) {
    case v1::BuildPositionIdsRequest::kTokens:
      return BuildForTokens(*config, request.tokens(), limits);
    case v1::BuildPositionIdsRequest::kPictures:
      return BuildForPictures(*config, request.pictures(), limits);
    case v1::BuildPositionIdsRequest::INPUT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("input is missing; set tokens or pictures");
}

}  // namespace

grpc::Status AnswerPositionIds(const engine::Limits& limits, const grpc::ByteBuffer& request,
                               grpc::ByteBuffer* response) {
  const auto message =
      ParseMessage<v1::BuildPositionIdsRequest>(request, engine::Limits::kMaxTokenBytes);
  if (!message.ok()) return ToGrpcStatus(message.status());
  const auto answer = Build(*message, limits);
  if (!answer.ok()) return ToGrpcStatus(answer.status());
  *response = WriteMessage(*answer);
  return grpc::Status::OK;
}

}  // namespace rope::server

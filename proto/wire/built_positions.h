// What BuildPositionIds takes and answers, as core types and back. Pure and thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/json/json_value.h"
#include "core/positions/rope_index.h"
#include "core/positions/vision/vision_positions.h"
#include "rope/v1/build_position_ids.pb.h"

namespace rope::wire {

// INVALID_ARGUMENT, with the name of the field, for a list that has not whole rows, and for an
// argument that the family does not take. Whether values fit each other is for CheckArguments.
// Takes time and memory linear in the size of the message.
absl::StatusOr<RopeIndexArguments> TokensFromProto(const v1::TokenBatch& tokens,
                                                   const PositionFamily& family);
// REQUIRES arguments that CheckArguments accepts.
v1::TokenBatch TokensToProto(const RopeIndexArguments& arguments, const PositionFamily& family);

// The most pictures of one call.
inline constexpr int64_t kMaxPictures = 1 << 16;

// The object that ReadVisionPictures reads. INVALID_ARGUMENT, with the name of the field, for a
// list that has not whole rows, and for more than kMaxPictures.
absl::StatusOr<JsonValue> PicturesToJson(const v1::Pictures& pictures);
// The way back. INVALID_ARGUMENT, with the path, for an unknown member or for a value that is no
// list of integers of the right size.
absl::StatusOr<v1::Pictures> PicturesFromJson(const JsonValue& object);

v1::BuildPositionIdsResponse RopeIndexToProto(const RopeIndex& index);
v1::BuildPositionIdsResponse VisionPositionsToProto(const VisionPositions& positions);
// DATA_LOSS if the sizes in the message contradict each other: it does not come from these
// functions.
absl::StatusOr<RopeIndex> RopeIndexFromProto(const v1::BuildPositionIdsResponse& message);
absl::StatusOr<VisionPositions> VisionPositionsFromProto(
    const v1::BuildPositionIdsResponse& message);

}  // namespace rope::wire

// The rules by which families number their tokens; each is a function of PositionFamily::build.
// The rows of families.cc say which family has which rule. Pure and thread-safe.
//
// All REQUIRE arguments that CheckArguments accepts. All return INVALID_ARGUMENT, with the path of
// the argument, if grids and tokens do not fit each other.
#pragma once

#include "absl/status/statusor.h"
#include "core/positions/arguments.h"
#include "core/positions/rope_index.h"
#include "core/positions/settings.h"

namespace rope {

// Qwen2-VL and most models after it: runs of equal mm_token_type_ids. A text run counts on, on all
// axes. A vision run has temporal, row and column positions, each from where the run begins; text
// then continues behind the longer side of the grid, even if the temporal positions go further.
absl::StatusOr<RopeIndex> TypeRunPositions(const PositionSettings& settings,
                                           const RopeIndexArguments& arguments);

// HunYuan-VL: all axes have the token's number in the sequence. On the last three, the tokens of a
// picture have column, row and the number of the picture in the whole batch instead.
absl::StatusOr<RopeIndex> HunYuanVlPositions(const PositionSettings& settings,
                                             const RopeIndexArguments& arguments);

// GLM-Image: pictures stand between start and end tokens. Grids without tokens are pictures that
// the model will generate; their positions are in RopeIndex::decode.
absl::StatusOr<RopeIndex> GlmImagePositions(const PositionSettings& settings,
                                            const RopeIndexArguments& arguments);

// Qwen2.5-Omni and Qwen3-Omni: an image or a video follows vision_start_token_id. All that comes
// next begins behind the largest position so far. Qwen3-Omni computes in float32 and keeps
// fractions of seconds. Audio beside images or videos is not supported.
absl::StatusOr<RopeIndex> Qwen25OmniPositions(const PositionSettings& settings,
                                              const RopeIndexArguments& arguments);
absl::StatusOr<RopeIndex> Qwen3OmniPositions(const PositionSettings& settings,
                                             const RopeIndexArguments& arguments);

}  // namespace rope

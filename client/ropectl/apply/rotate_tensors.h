// What `ropectl apply` computes: the queries and keys of a file, rotated as a model would.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/files/safetensors_file.h"
#include "core/config/report.h"
#include "core/json/json_value.h"
#include "core/rotation/family_rotation.h"
#include "core/rotation/rotation.h"

namespace rope::ropectl {

struct RotatedTensors {
  client::SafetensorsFile file;  // "q" and "k"
  FamilyRotation family;         // the rule that was followed
  Rotation rotation;             // of q
  int64_t rotated_channels = 0;
  bool tables_given = false;  // by the input, instead of computed from positions
};

// Rotates "q" and "k" of `input`, [batch, heads, seq, dim] each, in one of float32, float16 and
// bfloat16, by one of these:
//
//   "cos", "sin"    the tables that the model's own function gets: [seq, width] or [batch, seq,
//                   width], where a batch of 1 is for all sequences. Of complex tables, the real
//                   and the imaginary part.
//   "position_ids"  int64 [seq], [batch, seq] or [axes, batch, seq]: tables are computed in profile
//                   `hf`, for the sequence length max + 1. Not used if there are tables. Several
//                   axes must be equal.
//
// `report` is that of `document`, with overrides or without. The window that LayerTypeConfig names
// is rotated, or else the one that the family rotates. `layer_type` says which parameter set
// counts; "" if there is only one, or if there are tables. `inverse` undoes the rotation.
// INVALID_ARGUMENT, which names the tensor and what is wrong with it, for any other input. REQUIRES
// report.valid(). Pure.
absl::StatusOr<RotatedTensors> RotateTensors(const ModelConfigReport& report,
                                             const JsonValue& document,
                                             const std::string& layer_type, bool inverse,
                                             const client::SafetensorsFile& input);

}  // namespace rope::ropectl

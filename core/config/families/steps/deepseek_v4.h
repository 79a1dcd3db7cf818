// DeepSeek-V4. It has two parameter sets with names of the family: "main" for the layers with a
// sliding window, "compress" for the layers that compress their keys. Checkpoints write them as one
// set and two bases.
#pragma once

#include "absl/strings/string_view.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/loading_state.h"

namespace rope {

inline constexpr absl::string_view kDeepseekV4ParameterSets[] = {"main", "compress"};
inline constexpr absl::string_view kDeepseekV4LayerTypes[] = {
    kSlidingAttention, kCompressedSparseAttention, kHeavilyCompressedAttention};
inline constexpr absl::string_view kDeepseekV4MlpLayerTypes[] = {"hash_moe", "moe"};

// layer_types from compress_ratios, which has one entry per layer: 0 (sliding), 4 (sparse) or 128
// (heavily compressed). Without it the two ways of compression take turns. Entries beyond
// num_hidden_layers belong to extra prediction layers and are dropped.
void FillDeepseekV4(LoadingState* state);

// The two sets. A document that has both as objects is left unchanged; otherwise rope_theta is the
// base of "main", compress_rope_theta that of "compress", and a scaling belongs to "compress"
// alone.
void ConvertDeepseekV4(LoadingState* state);

}  // namespace rope

// DeepSeek-V4. It has two parameter sets, which are not named after layer types: "main" for the
// layers with a sliding window, "compress" for the layers that compress their keys. Checkpoints
// write them as one parameter set and two bases.
#pragma once

#include "absl/strings/string_view.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/loading_state.h"

namespace rope {

inline constexpr absl::string_view kDeepseekV4ParameterSets[] = {"main", "compress"};
inline constexpr absl::string_view kDeepseekV4LayerTypes[] = {
    kSlidingAttention, kCompressedSparseAttention, kHeavilyCompressedAttention};
inline constexpr absl::string_view kDeepseekV4MlpLayerTypes[] = {"hash_moe", "moe"};

// Makes layer_types from compress_ratios, which has one entry per layer: 0 (sliding), 4 (sparse) or
// 128 (heavily compressed). Without it the two ways of compression take turns. Entries beyond
// num_hidden_layers belong to extra prediction layers and are dropped.
void FillDeepseekV4(LoadingState* state);

// Makes the two parameter sets. If the document has both as objects, they stay unchanged. Otherwise
// rope_theta is the base of "main", compress_rope_theta is the base of "compress", and a scaling
// belongs to "compress" alone.
void ConvertDeepseekV4(LoadingState* state);

}  // namespace rope

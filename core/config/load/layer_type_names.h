// The names that transformers knows for the entries of layer_types and mlp_layer_types.
#pragma once

#include "absl/strings/string_view.h"

namespace rope {

inline constexpr absl::string_view kFullAttention = "full_attention";
inline constexpr absl::string_view kSlidingAttention = "sliding_attention";
inline constexpr absl::string_view kChunkedAttention = "chunked_attention";
inline constexpr absl::string_view kIndexedAttention = "indexed_attention";
inline constexpr absl::string_view kCompressedSparseAttention = "compressed_sparse_attention";
inline constexpr absl::string_view kHeavilyCompressedAttention = "heavily_compressed_attention";
// Layers of these two types mix positions without attention, so they have nothing to rotate.
inline constexpr absl::string_view kLinearAttention = "linear_attention";
inline constexpr absl::string_view kConvolution = "conv";

// The names that a class allows in layer_types and mlp_layer_types, unless its family has another
// list (ALLOWED_LAYER_TYPES and ALLOWED_MLP_LAYER_TYPES of configuration_utils.py).
inline constexpr absl::string_view kKnownLayerTypes[] = {kFullAttention,
                                                         kSlidingAttention,
                                                         kChunkedAttention,
                                                         "window_attention",
                                                         kIndexedAttention,
                                                         kCompressedSparseAttention,
                                                         kHeavilyCompressedAttention,
                                                         "minimax_m3_sparse",
                                                         kConvolution,
                                                         "moe",
                                                         "hybrid",
                                                         "hybrid_sliding",
                                                         "reference_sliding_attention",
                                                         kLinearAttention};
inline constexpr absl::string_view kKnownMlpLayerTypes[] = {"sparse", "dense"};

}  // namespace rope

// Layer patterns: the layer_types that a family makes for a document that has none.
//
// A pattern repeats: "every 4th layer has full attention, all others a sliding window". Each Fill
// function is the step fill_layer_types of one or more families. If the document gives a list, the
// function leaves it unchanged. The name in parentheses is the member of the document that holds
// the pattern's number, with its default.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/config/load/loading_state.h"

namespace rope {

// The layer type of layer `layer`, counted from 0. What `number` means depends on the pattern: the
// length of a group of layers, or a layer at which something changes.
using LayerPattern = absl::string_view (*)(int64_t layer, int64_t number);

// Patterns that the families of layers/ have, too. `group` is the length of a group of layers.
absl::string_view AlwaysFull(int64_t layer, int64_t number);
absl::string_view AlwaysSliding(int64_t layer, int64_t number);
absl::string_view LastOfGroupFull(int64_t layer, int64_t group);  // all others sliding
absl::string_view LastOfGroupFullElseLinear(int64_t layer, int64_t group);

// True if layer_types is null, because the document gives none. REQUIRES a class with the field.
bool LacksLayerTypes(const LoadingState& state);

// Gives each of the num_hidden_layers layers its type. If there are more than kMaxHiddenLayers, it
// adds a finding and makes no list.
void SetLayerTypes(LoadingState* state, LayerPattern pattern, int64_t number);
// Does the same if the document has no layer_types, and nothing otherwise.
void FillLayerTypes(LoadingState* state, LayerPattern pattern, int64_t number);

// One type for all layers. LeaveLayerTypesNull makes no list.
void LeaveLayerTypesNull(LoadingState* state);
void FillAllFull(LoadingState* state);
void FillAllIndexed(LoadingState* state);
void FillMinistral(LoadingState* state);  // sliding; full if sliding_window is null

// Full attention at intervals, a sliding window in between. "Every 4th": layers 3, 7, 11, ...
void FillEverySecondFull(LoadingState* state);
void FillEveryFourthFull(LoadingState* state);
void FillEveryFifthFull(LoadingState* state);
void FillEverySixthFull(LoadingState* state);
void FillNeoMme(LoadingState* state);       // every 6th and the last full
void FillCwm(LoadingState* state);          // layers 0, 4, 8, ... full
void FillMimoV2Flash(LoadingState* state);  // layer 0 and every 6th full
void FillGemma3(LoadingState* state);       // every n-th full (sliding_window_pattern, 6)
void FillCohere2(LoadingState* state);      // every n-th full (sliding_window_pattern, 4)
void FillExaone4(LoadingState* state);      // the same; an error if sliding_window is null
void FillAfmoe(LoadingState* state);        // every n-th full (global_attn_every_n_layers, 4)
void FillModernBert(LoadingState* state);   // 0, n, 2n, ... full (global_attn_every_n_layers, 3)

// If the document asks for a sliding window with use_sliding_window: full attention below layer
// max_window_layers, a sliding window from that layer up. Otherwise all layers have full attention.
// The number in a name is the default of max_window_layers.
void FillSlidingFrom28(LoadingState* state);
void FillSlidingFrom80(LoadingState* state);
void FillQwen2Vl(LoadingState* state);   // the same; use_sliding_window may be null
void FillQwen2Moe(LoadingState* state);  // sliding: only layers 0, 2, ... below it (28)

// Other kinds of layers.
void FillMiniMax(LoadingState* state);    // full and linear in turn
void FillQwen3Next(LoadingState* state);  // linear, every n-th full (full_attention_interval, 4)
void FillSmolLm3(LoadingState* state);    // not rotating: sliding if there is a window
void FillMistralLarge4(LoadingState* state);  // all indexed; completes no_rope_layers
void FillLlama4(LoadingState* state);         // rotating: chunked; else full

}  // namespace rope

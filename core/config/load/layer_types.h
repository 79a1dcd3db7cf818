// layer_types: what each layer of a model is, and with it which set of rope parameters it uses.
#pragma once

#include <cstdint>
#include <vector>

#include "core/config/load/loading_state.h"

namespace rope {

// The lists that families make where the document has none. Named after the first family.
void FillNoLayerTypes(LoadingState* state);     // stays null
void FillAllFull(LoadingState* state);          // laguna
void FillAllIndexed(LoadingState* state);       // deepseek_v32
void FillQwen2(LoadingState* state);            // sliding from max_window_layers (28) on
void FillQwen2Vl(LoadingState* state);          // the same, 80
void FillEverySecondFull(LoadingState* state);  // gemma2
void FillEveryFourthFull(LoadingState* state);  // olmo3
void FillEveryFifthFull(LoadingState* state);   // gemma3n
void FillGemma3(LoadingState* state);           // every sliding_window_pattern-th (6) full
void FillGemma4(LoadingState* state);           // every 6th and the last full
void FillCohere2(LoadingState* state);          // every sliding_window_pattern-th (4) full
void FillExaone4(LoadingState* state);          // the same; 0 without a window
void FillModernBert(LoadingState* state);       // every global_attn_every_n_layers-th (3) full
void FillMimoV2Flash(LoadingState* state);      // the first and every 6th full
void FillQwen3Next(LoadingState* state);        // every full_attention_interval-th (4) full
void FillAfmoe(LoadingState* state);            // every global_attn_every_n_layers-th (4) full
void FillCwm(LoadingState* state);              // full, then three sliding, and again
void FillStep3p5(LoadingState* state);          // all full
void FillSmolLm3(LoadingState* state);          // by no_rope_layers and the window
void FillLlama4(LoadingState* state);           // chunked with rope, full without

void FillMinistral(LoadingState* state);   // sliding, full where the window is null
void FillMiniMax(LoadingState* state);     // full and linear in turn
void FillQwen2Moe(LoadingState* state);    // on request every other, up to max_window_layers
void FillDeepseekV4(LoadingState* state);  // two ways of compression; compress_ratios

// For each layer whether it has a rotary embedding. `no_rope_layers`, where given: 1 for a layer
// with one, 0 for a layer without. Otherwise every `interval`-th has none.
std::vector<bool> LayersWithRope(const JsonValue* no_rope_layers, int64_t interval, int64_t layers);

// The class has no such field, and cannot be given one.
void RefuseLayerTypes(LoadingState* state);

// Old names become new ones ("attention" -> "full_attention"), as at the end of loading.
void RenameLegacyLayerTypes(LoadingState* state);

// Known names only, one per layer.
void CheckLayerTypes(LoadingState* state);

}  // namespace rope

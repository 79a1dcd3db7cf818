// layer_types: what each layer of a model is, and with it which set of rope parameters it uses.
#pragma once

#include <cstdint>
#include <vector>

#include "core/config/load/loading_state.h"

namespace rope {

// The lists that families make where the document has none. Named after the first family.
void FillNoLayerTypes(ConfigObject* config);     // stays null
void FillAllFull(ConfigObject* config);          // laguna
void FillAllIndexed(ConfigObject* config);       // deepseek_v32
void FillQwen2(ConfigObject* config);            // sliding from max_window_layers (28) on
void FillQwen2Vl(ConfigObject* config);          // the same, 80
void FillEverySecondFull(ConfigObject* config);  // gemma2
void FillEveryFourthFull(ConfigObject* config);  // olmo3
void FillEveryFifthFull(ConfigObject* config);   // gemma3n
void FillGemma3(ConfigObject* config);           // every sliding_window_pattern-th (6) full
void FillGemma4(ConfigObject* config);           // every 6th and the last full
void FillCohere2(ConfigObject* config);          // every sliding_window_pattern-th (4) full
void FillExaone4(ConfigObject* config);          // the same; 0 without a window
void FillModernBert(ConfigObject* config);       // every global_attn_every_n_layers-th (3) full
void FillMimoV2Flash(ConfigObject* config);      // the first and every 6th full
void FillQwen3Next(ConfigObject* config);        // every full_attention_interval-th (4) full
void FillAfmoe(ConfigObject* config);            // every global_attn_every_n_layers-th (4) full
void FillCwm(ConfigObject* config);              // full, then three sliding, and again
void FillStep3p5(ConfigObject* config);          // all full
void FillSmolLm3(ConfigObject* config);          // by no_rope_layers and the window
void FillLlama4(ConfigObject* config);           // chunked with rope, full without

void FillMinistral(ConfigObject* config);   // sliding, full where the window is null
void FillMiniMax(ConfigObject* config);     // full and linear in turn
void FillQwen2Moe(ConfigObject* config);    // on request every other, up to max_window_layers
void FillDeepseekV4(ConfigObject* config);  // two ways of compression; compress_ratios

// For each layer whether it has a rotary embedding. `no_rope_layers`, where given: 1 for a layer
// with one, 0 for a layer without. Otherwise every `interval`-th has none.
std::vector<bool> LayersWithRope(const JsonValue* no_rope_layers, int64_t interval, int64_t layers);

// The class has no such field, and cannot be given one.
void RefuseLayerTypes(ConfigObject* config);

// Old names become new ones ("attention" -> "full_attention"), as at the end of loading.
void RenameLegacyLayerTypes(ConfigObject* config);

// Known names only, one per layer.
void CheckLayerTypes(ConfigObject* config);

}  // namespace rope

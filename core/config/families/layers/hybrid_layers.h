// Layer patterns of families that mix attention with other kinds of layers, and of some with a
// pattern that no other family has. As in families/layer_patterns.h: each function is the step
// fill_layer_types of one or more families, and leaves a list that the document gives unchanged,
// unless its comment says otherwise.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// One type for all layers.
void FillAllSliding(LoadingState* state);
void FillAllLinear(LoadingState* state);
void FillAllHybrid(LoadingState* state);
void FillUnlimitedOcr(LoadingState* state);  // reference_sliding; full if sliding_window is null

// Full attention and sliding windows.
void FillBeam(LoadingState* state);        // layers 5, 11, ... and the last full
void FillFlint(LoadingState* state);       // layers 0, 1, 5, 9, ... and the last full
void FillMuse(LoadingState* state);        // every 4th full, counted back from the last
void FillCohere2Moe(LoadingState* state);  // every n-th full, beginning again behind a prefix
void FillUltrabert(LoadingState* state);   // as attention_windows says; else every 3rd full
void FillDory(LoadingState* state);        // every 4th full. Drops the entries "mlp" of a document
void FillEmbeddingGemma2(LoadingState* state);  // as Gemma-3; the last layer is always full

// Linear attention, convolution, and attention at intervals.
void FillBailingHybrid(LoadingState* state);  // every n-th full (layer_group_size, 6)
void FillOlmoHybrid(LoadingState* state);     // every 4th full; the last if there are fewer
void FillLfm2(LoadingState* state);           // full where full_attn_idxs says; else conv
void FillLfm3(LoadingState* state);           // 2, 6, ... full; 4, 8, ... sliding; else conv
void FillLaraMini(LoadingState* state);       // linear, sliding, linear, full, sliding in turn
void FillRecurrentGemma(
    LoadingState* state);                // as block_types says, repeated; ignores the document
void FillZamba2(LoadingState* state);    // hybrid at nine fixed layers of 54
void FillQwen4Exp(LoadingState* state);  // linear, every n-th indexed; full_attention means indexed
// minimax_m3_sparse or full attention, as sparse_attention_config says; else all full. The class
// fills the list only after the conversion.
void FinishMiniMaxM3(LoadingState* state);

}  // namespace rope

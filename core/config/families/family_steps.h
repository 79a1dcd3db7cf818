// Steps of loading that a single family has to itself; the table of families points here.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Before the conversion.
void PrepareMinistral3(LoadingState* state);  // default yarn names the family's length
void PrepareMistral4(LoadingState* state);    // the same; the factor is the rope channels' share
void PrepareGemma4(LoadingState* state);      // global_head_dim: head_dim of full_attention
void PrepareFalcon(LoadingState* state);      // n_embed is hidden_size
void PreparePhi3(LoadingState* state);        // original_max_position_embeddings is a field
void PrepareBamba(LoadingState* state);       // half of the head rotates, whatever is given

// Instead of the general conversion.
void ConvertDeepseekV4(LoadingState* state);  // "main" and "compress" from one set
void ConvertStep3p5(LoadingState* state);     // per-layer lists of bases and factors

// After the document's members have become attributes.
void FinishHunYuanVl(LoadingState* state);  // sections must partition half of a head

// Rules beside those of the rope type.
void CheckPhi3(LoadingState* state);
void CheckPhimoe(LoadingState* state);
void CheckErnieVl(LoadingState* state);
void CheckMropeSections(LoadingState* state);  // a warning only: transformers does not look

}  // namespace rope

// Steps of loading that a single family has to itself; the table of families points here.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Before the conversion.
void PrepareMinistral3(ConfigObject* config);  // default yarn names the family's length
void PrepareMistral4(ConfigObject* config);    // the same; the factor is the rope channels' share
void PrepareGemma4(ConfigObject* config);      // global_head_dim: head_dim of full_attention
void PrepareFalcon(ConfigObject* config);      // n_embed is hidden_size
void PreparePhi3(ConfigObject* config);        // original_max_position_embeddings is a field
void PrepareBamba(ConfigObject* config);       // half of the head rotates, whatever is given

// Instead of the general conversion.
void ConvertDeepseekV4(ConfigObject* config);  // "main" and "compress" from one set
void ConvertStep3p5(ConfigObject* config);     // per-layer lists of bases and factors

// After the document's members have become attributes.
void FinishHunYuanVl(ConfigObject* config);  // sections must partition half of a head

// Rules beside those of the rope type.
void CheckPhi3(ConfigObject* config);
void CheckPhimoe(ConfigObject* config);
void CheckErnieVl(ConfigObject* config);
void CheckMropeSections(ConfigObject* config);  // a warning only: transformers does not look

}  // namespace rope

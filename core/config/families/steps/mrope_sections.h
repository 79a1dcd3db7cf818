// Families with several axes of positions (time, height, width): mrope_section says how many of a
// head's frequencies read each axis. Its entries must add up to half of the rotated channels.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Families whose module splits the frequencies into sections, one after the other. Sections that do
// not add up are an error: transformers does not check them, and the split fails on the first
// input. A default that does not add up is a warning.
void CheckSplitSections(LoadingState* state);

// Families whose frequencies read the axes in turn (mrope_interleaved). Fewer than three sections
// are an error, because the model fails on its first input. Sections that do not add up are a
// warning.
void CheckInterleavedSections(LoadingState* state);

// Qwen2-VL, Qwen2.5-VL: type "mrope" means default.
void ConvertQwen2Vl(LoadingState* state);

// ERNIE-4.5-VL: an error if the rope type is not default, or if the first two sections
// differ. Then CheckSplitSections.
void CheckErnieVl(LoadingState* state);

// HunYuan-VL: type "xdrope" means dynamic, and xdrope_section is an older name of mrope_section.
void ConvertHunYuanVl(LoadingState* state);
// HunYuan-VL: attention_head_dim is another name of head_dim. An error if the sections do not add
// up; otherwise they become integers.
void FinishHunYuanVl(LoadingState* state);

// HY-V4-VL: mrope_section is [12, 10, 10] if it is not given. Three sections must add up to half of
// qk_rope_head_dim.
void ConvertHyV4Vl(LoadingState* state);
void CheckThreeSections(LoadingState* state);

// Cosmos-3-Edge: the same check, with half of head_dim, and rope_type must be default.
void CheckCosmos3(LoadingState* state);

}  // namespace rope

// The rotary classes of SGLang 0.5.23 that get_rope chooses from. Inside this folder only.
//
// Each function fills `rope`, whose rope_theta, head_dim, rotary_dim, max_position_embeddings and
// table_rows are set, from the members of rope_scaling. What the engine refuses becomes a failure
// of `reader`. Missing members have defaults in most types; the engine logs a warning, and the
// answer has a note.
#pragma once

#include "core/dialects/engine_rope.h"
#include "core/dialects/parameter_reader.h"
#include "core/dialects/sglang/get_rope.h"

namespace rope::sglang {

// base.py; mrope.py if there is an mrope_section
void MakeDefault(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
// rope_variant.py
void MakeLlama3(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
void MakeLinear(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
void MakeDynamic(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
void MakeLongrope(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
void MakeProportional(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
// yarn.py; mrope.py if there is an mrope_section
void MakeYarn(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
void MakeDeepseekYarn(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
// mrope.py, for parameters with video_rope
void MakeVideo(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);

// Sets the axes of M-RoPE. Sections that do not add up to the number of frequencies are scaled, and
// what is left over goes to the last one.
void SetMropeAxes(ParameterReader* reader, EngineRope* rope);

// The member as a number, or `otherwise` with a note. It is a failure if it is null or no number.
double NumberOrNoted(absl::string_view key, double otherwise, ParameterReader* reader,
                     EngineRope* rope);

// Fills original_max_position_embeddings: max_position if it is missing.
void ReadOriginalLength(const SglangArguments& arguments, ParameterReader* reader,
                        EngineRope* rope);

// The frequencies and the attention factor of yarn. `counts_mscale`: the two mscale keys give a
// ratio if both are there, even if they are 0.
void FillYarn(const SglangArguments& arguments, bool counts_mscale, ParameterReader* reader,
              EngineRope* rope);

}  // namespace rope::sglang

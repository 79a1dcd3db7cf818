// The rotary classes of vLLM 0.33.0 that get_rope chooses from. Inside this folder only.
//
// Each function fills `rope`, whose rope_theta, head_dim, rotary_dim, max_position_embeddings and
// table_rows are set, from the members of rope_parameters. What the engine refuses becomes a
// failure of `reader`. Each function names the engine's file.
#pragma once

#include "core/dialects/engine_rope.h"
#include "core/dialects/parameter_reader.h"
#include "core/dialects/vllm/get_rope.h"

namespace rope::vllm {

// base.py, mrope.py, fope.py: by mrope_section and use_fope.
void MakeDefault(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// llama3_rope.py
void MakeLlama3(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// llama4_vision_rope.py
void MakeLlama4Vision(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// linear_scaling_rope.py
void MakeLinear(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// ntk_scaling_rope.py
void MakeNtk(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// dynamic_ntk_alpha_rope.py, dynamic_ntk_scaling_rope.py
void MakeDynamic(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// yarn_scaling_rope.py, and mrope.py if there is an mrope_section
void MakeYarn(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// deepseek_scaling_rope.py
void MakeDeepseekYarn(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// phi3_long_rope_scaled_rope.py
void MakeLongrope(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// gemma4_rope.py
void MakeProportional(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// bailing_mrope, in mrope.py
void MakeBailingMrope(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// mrope_interleaved.py
void MakeOpenPangu(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
// dual_chunk_rope.py
void MakeDualChunk(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);

// Sets the axes of M-RoPE, in runs or in turn (mrope_interleaved), from mrope_section.
void SetMropeAxes(ParameterReader* reader, EngineRope* rope);

}  // namespace rope::vllm

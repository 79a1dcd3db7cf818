// How the model code of vLLM 0.33.0 differs for one model_type. Inside this folder only.
//
// The rows are those that were recorded from the engine's own classes. Everything else is a guess
// by the rule of most models: rope_parameters is handed to get_rope unchanged.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/dialects/vllm/get_rope.h"

namespace rope::vllm {

// What the model code does with the dictionary of rope parameters.
enum class ModelCode {
  kUnchanged,
  kDeepseek,         // a scaled type becomes deepseek_yarn
  kDeepseekV4,       // the same, for two parameter sets, and the last channels turn
  kGptOss,           // every type becomes yarn
  kWithoutSections,  // a hook takes mrope_section and mrope_interleaved away
  kMimo,             // a nested dictionary is not read
  kTransformers,     // the engine runs transformers' code
  kNone,             // the engine has no class, or what it does is not known
};

// Plain data.
struct FamilyRow {
  absl::string_view model_type;
  ModelCode code = ModelCode::kUnchanged;
  bool is_neox_style = true;
  double mrope_positions_factor = kMropePositionsFactor;
  // kNone only: why, and whether the engine is known to refuse the model.
  absl::string_view why_none = {};
  bool is_refused = false;
};

// All rows, sorted by model_type. Constant.
absl::Span<const FamilyRow> FamilyRows();

}  // namespace rope::vllm

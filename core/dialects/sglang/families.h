// How the model code of SGLang 0.5.23 differs for one model_type. Inside this folder only.
//
// The rows are those that were recorded from the engine's own classes. Everything else is a guess
// by the rule of most models.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope::sglang {

// What the model code does with the rope parameters.
enum class ModelCode {
  kUnchanged,     // the dictionary is the scaling
  kNoScaling,     // no scaling is passed
  kDeepseek,      // a scaled type becomes deepseek_yarn; no scaling for type default
  kDeepseekV4,    // the same for the parameter set "main"
  kGemma3,        // an own module for full attention, type default for sliding layers
  kGemma3n,       // type default for sliding layers
  kLaguna,        // attention_factor becomes attn_factor
  kStep3p5,       // a parameter set for each layer type
  kTransformers,  // the engine has no class; its transformers backend may run the model
  kNone,          // what the engine does is not known
};

// Plain data.
struct FamilyRow {
  absl::string_view model_type;
  ModelCode code = ModelCode::kUnchanged;
  bool is_neox_style = true;
  // The share of the head that rotates, if the document has no partial_rotary_factor at its top
  // level. One inside rope_parameters is not read.
  double default_share = 1.0;
  // The channels that rotate, if the document does not say rotary_dim. 0: the class does not read
  // rotary_dim.
  double default_rotary_dim = 0.0;
};

// All rows, sorted by model_type. Constant.
absl::Span<const FamilyRow> FamilyRows();

}  // namespace rope::sglang

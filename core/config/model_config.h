// ReadModelConfig: a model's config.json -> what is wrong with it, and one RopeConfig per layer
// type.
//
// The result is the same as if Hugging Face transformers 5.24 loaded the document and built the
// model. Three folders do the work, one after the other:
//
//   families/  which class of transformers reads this model_type, and what it does differently
//   load/      legacy spellings are converted, defaults are filled in, parameter sets standardized
//   judge/     every parameter set is checked, and becomes a RopeConfig
//
// If transformers raises an exception, there is an error finding. If it warns, there is a warning.
// Some findings go further: they are about values with which transformers computes nonsense and
// says nothing.
#pragma once

#include "absl/strings/string_view.h"
#include "core/config/report.h"
#include "core/json/json_reader.h"

namespace rope {

// The transformers release that is followed. Every answer names it.
inline constexpr char kTransformersVersion[] = "5.24.0";

// `json` may be any bytes: whatever is wrong with them becomes a finding. A document that cannot be
// parsed, or is beyond `limits`, has one finding and no layer types. Pure and thread-safe. Memory
// and time are linear in json.size().
ModelConfigReport ReadModelConfig(absl::string_view json, const JsonLimits& limits = {});
// The same for a text that ReadJson has read already.
ModelConfigReport ReadModelConfig(const JsonResult& json);

}  // namespace rope

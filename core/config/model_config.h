// ReadModelConfig: a model's config.json -> what is wrong with it, and one RopeConfig per layer
// type.
//
// The result is that of Hugging Face transformers 5.23 loading the same document: legacy spellings
// are converted, defaults of the model family applied, both standardizations done, every rule
// checked. Where transformers raises, there is an error finding; where it warns, a warning.
#pragma once

#include "absl/strings/string_view.h"
#include "core/config/report.h"
#include "core/json/json_reader.h"

namespace rope {

// The transformers release whose behaviour is followed; named in every answer.
inline constexpr char kTransformersVersion[] = "5.23.0";

// Never fails otherwise than by findings: `json` may be any bytes. Pure and thread-safe; memory and
// time are linear in json.size().
ModelConfigReport ReadModelConfig(absl::string_view json, const JsonLimits& limits = {});
// The same for a text that was read already.
ModelConfigReport ReadModelConfig(const JsonResult& json);

}  // namespace rope

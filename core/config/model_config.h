// ReadModelConfig: a model's config.json -> what is wrong with it, and one RopeConfig per layer
// type.
//
// The result is that of Hugging Face transformers 5.23 loading the same document: legacy spellings
// are converted, defaults of the model family applied, both standardizations done, every rule
// checked. Where transformers raises, there is an error finding; where it warns, a warning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/findings/finding.h"
#include "core/json/json_reader.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// The transformers release whose behaviour is followed; named in every answer.
inline constexpr char kTransformersVersion[] = "5.23.0";

// One value that is computed with, and where it comes from.
struct EffectiveValue {
  std::string name;    // "rope_theta"
  std::string value;   // as JSON
  std::string path;    // where it stands in the document; "" where it does not
  std::string source;  // in words: "given", "default of model_type \"llama\"", ...
};

// The parameters of one layer type.
struct LayerTypeConfig {
  std::string layer_type;            // "" where the configuration has a single set of parameters
  std::optional<RopeConfig> config;  // absent: layers of this type have no rotary embedding
  std::vector<EffectiveValue> effective_values;  // empty where config is absent
  std::vector<int64_t> layers;  // that use it, from 0; empty where the number of layers is unknown
  // Where the parameters stand in the document: "rope_scaling", "rope_parameters.full_attention".
  // The path at which they would stand if the document has none.
  std::string path;
};

struct ModelConfigReport {
  std::string model_type;         // as in the document; "" where absent
  std::vector<Finding> findings;  // all of them, in the order of the document's processing
  // `rope_parameters` as transformers leaves them once a module has been built, as JSON text in
  // Python's dialect (NaN, Infinity). "null" where loading fails before there are any.
  std::string rope_parameters_json = "null";
  // The same as loading leaves them, before a module is built; they differ where an
  // original_max_position_embeddings at the top level takes over in between.
  std::string loaded_rope_parameters_json = "null";
  // In the document's order. Empty where the findings hold an error.
  std::vector<LayerTypeConfig> layer_types;
  // Layers without rotary embedding, from 0: linear attention, parameters that are null, families
  // that rotate some layers only. Empty where there is none, or the number of layers is unknown.
  std::vector<int64_t> layers_without_rope;

  bool valid() const { return IsValid(findings); }

  // The entry for `layer_type`; for "" the only entry there is. Null where there is no such entry,
  // or where "" is asked for and there are several.
  const LayerTypeConfig* Find(absl::string_view layer_type) const;
};

// Never fails otherwise than by findings: `json` may be any bytes. Pure and thread-safe; memory and
// time are linear in json.size().
ModelConfigReport ReadModelConfig(absl::string_view json, const JsonLimits& limits = {});
// The same for a text that was read already.
ModelConfigReport ReadModelConfig(const JsonResult& json);

}  // namespace rope

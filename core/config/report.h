// ModelConfigReport: everything that reading one model configuration gives, which is the findings
// and one RopeConfig for each layer type.
//
// Plain data, freely copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/findings/finding.h"
#include "core/rope_types/attention/attention_scaling.h"
#include "core/rope_types/position_axes.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// One value that the frequencies are computed from, and where it comes from.
struct EffectiveValue {
  std::string name;    // "rope_theta"
  std::string value;   // as JSON
  std::string path;    // the member of the document that holds it; "" if the document has none
  std::string source;  // in words: "given", "default of model_type \"llama\"", ...
};

// The parameter set of one layer type.
struct LayerTypeConfig {
  std::string layer_type;            // "" if the configuration has one parameter set for all layers
  std::optional<RopeConfig> config;  // absent: layers of this type have no rotary embedding
  std::vector<EffectiveValue> effective_values;  // empty if config is absent
  // The layers that use it, counted from 0. Empty if the number of layers is unknown.
  std::vector<int64_t> layers;
  // The place of the parameter set in the document: "rope_scaling",
  // "rope_parameters.full_attention". If the document has none, the place where it would be.
  std::string path;
  PositionAxes axes;
  // The first channel that rotates, if a request says so (core/validation/overrides.h). Absent: as
  // the family does it (core/rotation/family_rotation.h).
  std::optional<int64_t> window_offset = std::nullopt;
};

struct ModelConfigReport {
  std::string model_type;  // as in the document; "" if it has none
  std::string family;      // the model_type whose rules were used; "" if nothing was read
  // The part of the document that was read, "text_config"; "" is the whole document.
  std::string text_model_path;
  std::vector<Finding> findings;  // in the order in which the document is processed
  // `rope_parameters` as transformers leaves them after a module was built, as JSON text in
  // Python's dialect (NaN, Infinity). "null" if loading fails before there are any.
  std::string rope_parameters_json = "null";
  // `rope_parameters` as transformers leaves them after loading, before a module is built. The two
  // differ if an original_max_position_embeddings at the top level replaces that of the parameter
  // set in between.
  std::string loaded_rope_parameters_json = "null";
  // In the document's order. Empty if a finding is an error.
  std::vector<LayerTypeConfig> layer_types;
  // Layers without rotary embedding, counted from 0: those with linear attention, those whose
  // parameters are null, and those that the family does not rotate. Empty if the number of layers
  // is unknown or a finding is an error.
  std::vector<int64_t> layers_without_rope;
  // What the attention of the model multiplies beside cos and sin.
  AttentionScaling attention;

  bool valid() const { return IsValid(findings); }

  // The entry for `layer_type`, or null if it is not there. "" asks for the only entry; null if
  // there are several.
  const LayerTypeConfig* Find(absl::string_view layer_type) const;
};

}  // namespace rope

#include "proto/wire/validation.h"

#include "core/plan/frequency_plan.h"
#include "proto/wire/convert.h"

namespace rope::wire {
namespace {

// As the answer of GetFrequencies labels it; empty if there is nothing to label.
std::string LoadedConfigId(const LayerTypeConfig& layer) {
  if (!layer.config.has_value()) return "";
  const auto plan = MakeFrequencyPlan(*layer.config, NumericProfile::kHf, std::nullopt,
                                      HfCallSite::kInitFunction);
  return plan.ok() ? ConfigId(*plan) : "";
}

v1::LayerTypeReport LayerToProto(const LayerTypeConfig& layer) {
  v1::LayerTypeReport message;
  message.set_layer_type(layer.layer_type);
  message.set_has_rope(layer.config.has_value());
  for (const EffectiveValue& value : layer.effective_values) {
    v1::EffectiveValue& entry = *message.add_effective_values();
    entry.set_name(value.name);
    entry.set_value_json(value.value);
    entry.set_path(value.path);
    entry.set_source(value.source);
  }
  message.set_config_id(LoadedConfigId(layer));
  for (const int64_t index : layer.layers) message.add_layers(static_cast<int32_t>(index));
  return message;
}

v1::LayerDrift LayerDriftToProto(const LayerDrift& layer) {
  v1::LayerDrift message;
  message.set_layer_type(layer.layer_type);
  for (const DriftedValue& value : layer.values) {
    v1::DriftedValue& entry = *message.add_values();
    entry.set_name(value.name);
    entry.set_value_json(value.value);
    entry.set_preset_value_json(value.preset_value);
  }
  message.set_frequencies(layer.frequencies);
  for (const int64_t index : layer.moved) message.add_moved(static_cast<int32_t>(index));
  message.set_largest_ratio(layer.largest_ratio);
  message.set_length(layer.length);
  message.set_angle(layer.angle);
  message.set_attention_factor(layer.attention_factor);
  message.set_preset_attention_factor(layer.preset_attention_factor);
  return message;
}

v1::Drift DriftToProto(const Drift& drift) {
  v1::Drift message;
  message.set_preset(drift.preset);
  message.set_guessed(drift.guessed);
  message.set_recipe(drift.recipe);
  for (const LayerDrift& layer : drift.layers) *message.add_layers() = LayerDriftToProto(layer);
  return message;
}

}  // namespace

v1::ValidateConfigResponse ValidationToProto(const Validation& validation) {
  const ModelConfigReport& report = validation.report;
  v1::ValidateConfigResponse message;
  message.set_valid(report.valid());
  for (const Finding& finding : report.findings) *message.add_findings() = FindingToProto(finding);
  message.set_family(report.family);
  message.set_text_model_path(report.text_model_path);
  message.set_rope_parameters_json(report.rope_parameters_json);
  message.set_loaded_rope_parameters_json(report.loaded_rope_parameters_json);
  message.set_transformers_version(kTransformersVersion);
  for (const LayerTypeConfig& layer : report.layer_types) {
    *message.add_layer_types() = LayerToProto(layer);
  }
  for (const int64_t index : report.layers_without_rope) {
    message.add_layers_without_rope(static_cast<int32_t>(index));
  }
  if (validation.drift.has_value()) *message.mutable_drift() = DriftToProto(*validation.drift);
  return message;
}

v1::Preset PresetToProto(const Preset& preset) {
  v1::Preset message;
  message.set_name(preset.name);
  message.set_title(preset.title);
  message.set_certainty(preset.verified ? "verified" : "unverified");
  message.set_source(preset.source);
  message.set_recipe_of(preset.recipe_of);
  message.set_config_json(preset.config_json);
  return message;
}

}  // namespace rope::wire

#include "core/dialects/model_values.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope {
namespace {

std::optional<int64_t> IntOf(const JsonValue& object, absl::string_view name) {
  const JsonValue* value = object.Find(name);
  if (value == nullptr || !value->is_int() || value->as_int() < 1) return std::nullopt;
  return value->as_int();
}

// Why transformers refuses the configuration.
absl::Status RefusalOf(const ModelConfigReport& report) {
  for (const Finding& finding : report.findings) {
    if (finding.severity != Severity::kError) continue;
    return absl::InvalidArgumentError(absl::StrCat("transformers refuses ",
                                                   finding.path.empty() ? "config" : finding.path,
                                                   ": ", finding.message, " [", finding.code, "]"));
  }
  return absl::InvalidArgumentError("the model has no rotary embedding");
}

}  // namespace

const DialectLayer* DialectReading::Find(absl::string_view layer_type) const {
  if (layer_type.empty()) return layers.size() == 1 ? layers.data() : nullptr;
  for (const DialectLayer& layer : layers) {
    if (layer.layer_type == layer_type) return &layer;
  }
  return nullptr;
}

std::string GuessNote(absl::string_view engine, const ModelValues& model) {
  return absl::StrCat("this is a guess: what ", engine, " does with model_type \"",
                      model.loaded.model_type,
                      "\" was not recorded, and it is read as the engine reads most models");
}

int64_t HeadSizeOf(const ModelValues& model, absl::string_view layer_type) {
  const LayerTypeConfig* layer = model.transformers.Find(layer_type);
  if (layer != nullptr && layer->config.has_value()) return layer->config->head_dim;
  const JsonValue& attributes = model.loaded.attributes;
  if (const auto head_dim = IntOf(attributes, "head_dim"); head_dim.has_value()) return *head_dim;
  const std::optional<int64_t> hidden = IntOf(attributes, "hidden_size");
  const std::optional<int64_t> heads = IntOf(attributes, "num_attention_heads");
  return hidden.has_value() && heads.has_value() ? *hidden / *heads : 0;
}

std::optional<int64_t> MaxPositionOf(const ModelValues& model) {
  return IntOf(model.loaded.attributes, "max_position_embeddings");
}

JsonValue AttributeOf(const ModelValues& model, absl::string_view name) {
  const JsonValue* value = model.loaded.attributes.Find(name);
  return value != nullptr ? *value : JsonValue();
}

bool IsNested(const JsonValue& rope_parameters) {
  if (!rope_parameters.is_object() || rope_parameters.as_object().empty()) return false;
  const JsonObject& members = rope_parameters.as_object();
  return std::all_of(members.begin(), members.end(), [](const JsonMember& member) {
    return member.value.is_object() || member.value.is_null();
  });
}

std::vector<NamedParameters> ParameterSetsOf(const ModelValues& model) {
  const JsonValue& parameters = model.loaded.rope_parameters;
  const JsonValue* scaling = model.loaded.document.Find("rope_scaling");
  const bool legacy = scaling != nullptr && scaling->is_object();
  const std::string path =
      absl::StrCat(model.loaded.text_model_path, model.loaded.text_model_path.empty() ? "" : ".",
                   legacy ? "rope_scaling" : "rope_parameters");
  if (!IsNested(parameters)) {
    JsonValue set = parameters.is_object() ? parameters : EmptyObject();
    const JsonValue theta = AttributeOf(model, "rope_theta");
    if (!theta.is_null()) set.SetDefault("rope_theta", theta);
    // A length at the document's top level replaces that of the set when the model is built.
    const JsonValue original = AttributeOf(model, "original_max_position_embeddings");
    if (!original.is_null()) set.Set("original_max_position_embeddings", original);
    return {{"", std::move(set), path}};
  }
  std::vector<NamedParameters> sets;
  for (const JsonMember& member : parameters.as_object()) {
    if (member.value.is_null()) continue;
    sets.push_back({member.key, member.value, absl::StrCat(path, ".", member.key)});
  }
  return sets;
}

absl::StatusOr<EngineRope> AsTransformers(const ModelValues& model, absl::string_view layer_type,
                                          const std::string& note) {
  const LayerTypeConfig* layer = model.transformers.Find(layer_type);
  if (layer == nullptr || !layer->config.has_value()) return RefusalOf(model.transformers);
  EngineRope rope;
  rope.config = *layer->config;
  rope.axes = layer->axes;
  rope.is_neox_style = !layer->axes.interleaved_pairs;
  if (!note.empty()) rope.notes.push_back(note);
  return rope;
}

std::vector<DialectLayer> AllAsTransformers(const ModelValues& model, const std::string& note) {
  std::vector<DialectLayer> layers;
  for (const LayerTypeConfig& layer : model.transformers.layer_types) {
    if (!layer.config.has_value()) continue;
    const std::string& name = layer.layer_type;
    layers.push_back({name, AsTransformers(model, name, note)});
  }
  if (layers.empty()) layers.push_back({"", RefusalOf(model.transformers)});
  return layers;
}

}  // namespace rope

#include "core/validation/preset_comparison.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/config/text_model.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/validation/drift_frequencies.h"
#include "core/validation/drift_values.h"

namespace rope {
namespace {

std::vector<LayerDrift> CompareReports(const ModelConfigReport& report,
                                       const ModelConfigReport& preset) {
  std::vector<LayerDrift> layers;
  for (const LayerTypeConfig& layer : report.layer_types) {
    const LayerTypeConfig* theirs = preset.Find(layer.layer_type);
    if (theirs == nullptr || theirs->layer_type != layer.layer_type) continue;
    if (!layer.config.has_value() || !theirs->config.has_value()) continue;
    std::optional<LayerDrift> drift = CompareFrequencies(*layer.config, *theirs->config);
    if (!drift.has_value()) continue;
    drift->layer_type = layer.layer_type;
    drift->path = layer.path;
    drift->values = DifferingValues(*layer.config, *theirs->config);
    layers.push_back(*std::move(drift));
  }
  return layers;
}

bool AnyMoves(const std::vector<LayerDrift>& layers) {
  return std::any_of(layers.begin(), layers.end(),
                     [](const LayerDrift& layer) { return layer.moves(); });
}

// The configuration of a recipe. If `factor` is at least 1 and at most the documented one, it
// replaces it: a user who needs less context than the authors documented still follows their
// recipe.
std::string WithFactor(const Preset& recipe, double factor) {
  JsonValue config = JsonLiteral(recipe.config_json);
  const JsonValue* scaling = config.Find("rope_scaling");
  const JsonValue* documented = scaling != nullptr ? scaling->Find("factor") : nullptr;
  const bool smaller = documented != nullptr && documented->is_double() && factor >= 1.0 &&
                       factor <= documented->as_double();
  if (!smaller) return recipe.config_json;
  JsonValue members = EmptyObject();
  members.Set("factor", JsonValue(factor));
  JsonValue patch = EmptyObject();
  patch.Set("rope_scaling", std::move(members));
  return WriteJson(ApplyMergePatch(std::move(config), patch));
}

// The name of the recipe of `preset` that `report` follows; "" if it follows none.
std::string RecipeOf(const Preset& preset, const ModelConfigReport& report) {
  for (const Preset& recipe : AllPresets()) {
    if (recipe.recipe_of != preset.name) continue;
    const LayerTypeConfig& first = report.layer_types.front();
    const double factor = first.config.has_value() ? first.config->factor.value_or(0.0) : 0.0;
    const auto layers = CompareReports(report, ReadModelConfig(WithFactor(recipe, factor)));
    if (!layers.empty() && !AnyMoves(layers)) return recipe.name;
  }
  return "";
}

// Whether the configuration has the preset's model_type, and the same value for every member of the
// shape that the preset states. A preset without hidden_size has no shape to compare.
bool HasShapeOf(const JsonValue& preset, const JsonValue& config) {
  const JsonValue* model_type = config.Find("model_type");
  if (model_type == nullptr || !model_type->is_string()) return false;
  for (const char* name : {"model_type", "hidden_size", "num_attention_heads", "head_dim"}) {
    const JsonValue* theirs = preset.Find(name);
    if (theirs == nullptr || theirs->is_null()) continue;
    const JsonValue* own = config.Find(name);
    if (own == nullptr || WriteJson(*own) != WriteJson(*theirs)) return false;
  }
  return preset.Find("hidden_size") != nullptr;
}

// The text models of the presets' configurations, in the order of AllPresets.
const std::vector<JsonValue>& PresetModels() {
  static const auto* const models = [] {
    auto* const read = new std::vector<JsonValue>();
    for (const Preset& preset : AllPresets()) {
      const JsonValue document = JsonLiteral(preset.config_json);
      read->push_back(*FindTextModel(document).document);
    }
    return read;
  }();
  return *models;
}

// The presets of one model_type, hidden_size and number of heads, as one text. "" if the
// configuration does not state them all.
std::string ShapeKey(const JsonValue& config) {
  std::string key;
  for (const char* name : {"model_type", "hidden_size", "num_attention_heads"}) {
    const JsonValue* value = config.Find(name);
    if (value == nullptr) return "";
    absl::StrAppend(&key, WriteJson(*value), " ");
  }
  return key;
}

// The indices of the presets with this shape. The map is built once.
absl::Span<const size_t> PresetsWithShape(const std::string& key) {
  static const auto* const index = [] {
    auto* const map = new std::unordered_map<std::string, std::vector<size_t>>();
    for (size_t i = 0; i < PresetModels().size(); ++i) {
      (*map)[ShapeKey(PresetModels()[i])].push_back(i);
    }
    return map;
  }();
  const auto found = index->find(key);
  if (key.empty() || found == index->end()) return {};
  return found->second;
}

// Whether `name` is absent in one of the two, or the same in both.
bool Agree(const JsonValue& preset, const JsonValue& config, const char* name) {
  const JsonValue* theirs = preset.Find(name);
  const JsonValue* own = config.Find(name);
  return theirs == nullptr || own == nullptr || WriteJson(*own) == WriteJson(*theirs);
}

// Whether a difference from this preset is a reason to doubt the configuration. A model with
// another number of layers or another length is another model, and so is a recipe.
bool MayDoubt(size_t preset, const JsonValue& config) {
  const JsonValue& model = PresetModels()[preset];
  return AllPresets()[preset].verified && AllPresets()[preset].recipe_of.empty() &&
         HasShapeOf(model, config) && Agree(model, config, "num_hidden_layers") &&
         Agree(model, config, "max_position_embeddings");
}

// Whether the document gives the parameter of that layer type.
bool IsGiven(const LayerTypeConfig& layer, absl::string_view name) {
  return std::any_of(
      layer.effective_values.begin(), layer.effective_values.end(),
      [&](const EffectiveValue& value) { return value.name == name && !value.path.empty(); });
}

// What programs write for a base that they have lost.
constexpr char kUsualDefaultTheta[] = "10000.0";

// Whether the configuration may be the preset's with something lost: both have the same rope type,
// and all that differs are values that the document does not give, or the base that programs write
// by default. A document that gives other values is that of another model.
bool LooksLost(const Drift& drift, const ModelConfigReport& report) {
  for (const LayerDrift& drifted : drift.layers) {
    const LayerTypeConfig& layer = *report.Find(drifted.layer_type);
    for (const DriftedValue& value : drifted.values) {
      const bool default_theta = value.name == "rope_theta" && value.value == kUsualDefaultTheta;
      if (value.name == "rope_type") return false;
      if (IsGiven(layer, value.name) && !default_theta) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Drift> CompareWithPreset(const Preset& preset, const ModelConfigReport& report) {
  const ModelConfigReport theirs = ReadModelConfig(preset.config_json);
  if (!theirs.valid()) return std::nullopt;
  Drift drift;
  drift.preset = preset.name;
  drift.layers = CompareReports(report, theirs);
  if (drift.layers.empty()) return std::nullopt;
  if (AnyMoves(drift.layers)) drift.recipe = RecipeOf(preset, report);
  return drift;
}

std::optional<Drift> CompareWithNearestPreset(const JsonValue& document,
                                              const ModelConfigReport& report) {
  const JsonValue& config = *FindTextModel(document).document;
  std::optional<Drift> nearest;
  std::optional<ModelConfigReport> nearest_report;
  bool siblings_differ = false;
  const auto shape = ShapeKey(config);
  for (const size_t i : PresetsWithShape(shape)) {
    std::optional<Drift> drift = CompareWithPreset(AllPresets()[i], report);
    if (!drift.has_value()) continue;
    drift->guessed = true;
    if (!AnyMoves(drift->layers) || !drift->recipe.empty()) return drift;
    if (!AllPresets()[i].recipe_of.empty()) continue;
    ModelConfigReport theirs = ReadModelConfig(AllPresets()[i].config_json);
    if (!nearest_report.has_value()) nearest_report = theirs;
    siblings_differ |= AnyMoves(CompareReports(theirs, *nearest_report));
    if (!nearest.has_value() && MayDoubt(i, config) && LooksLost(*drift, report)) {
      nearest = std::move(drift);
    }
  }
  return siblings_differ ? std::nullopt : nearest;
}

}  // namespace rope

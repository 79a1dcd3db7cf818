#include "core/validation/drift.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/config/text_model.h"
#include "core/json/merge_patch.h"
#include "core/plan/frequency_plan.h"

namespace rope {
namespace {

constexpr int64_t kMaxStatedLength = int64_t{1} << 31;

JsonValue NumberOrNull(const std::optional<double>& value) {
  return value.has_value() ? JsonValue(*value) : JsonValue();
}

// What a person would compare, by name.
std::vector<std::pair<std::string, JsonValue>> Parameters(const RopeConfig& config) {
  return {
      {"rope_type", JsonValue(config.rope_type)},
      {"rope_theta", JsonValue(config.rope_theta)},
      {"head_dim", JsonValue(config.head_dim)},
      {"rotary_dim", JsonValue(config.rotary_dim)},
      {"factor", NumberOrNull(config.factor)},
      {"original_max_position_embeddings", NumberOrNull(config.original_max_position_embeddings)},
      {"attention_factor", NumberOrNull(config.attention_factor)},
      {"beta_fast", JsonValue(config.beta_fast)},
      {"beta_slow", JsonValue(config.beta_slow)},
      {"mscale", NumberOrNull(config.mscale)},
      {"mscale_all_dim", NumberOrNull(config.mscale_all_dim)},
      {"truncate", JsonValue(config.truncate)},
      {"low_freq_factor", NumberOrNull(config.low_freq_factor)},
      {"high_freq_factor", NumberOrNull(config.high_freq_factor)},
      {"alpha", NumberOrNull(config.alpha)}};
}

std::vector<DriftedValue> DifferingValues(const RopeConfig& config, const RopeConfig& preset) {
  std::vector<DriftedValue> values;
  const auto own = Parameters(config);
  const auto theirs = Parameters(preset);
  for (size_t i = 0; i < own.size(); ++i) {
    const std::string value = WriteJson(own[i].second);
    const std::string preset_value = WriteJson(theirs[i].second);
    if (value != preset_value) values.push_back({own[i].first, value, preset_value});
  }
  for (const auto& [name, list, other] :
       {std::tuple("short_factor", &config.short_factor, &preset.short_factor),
        std::tuple("long_factor", &config.long_factor, &preset.long_factor)}) {
    if (*list != *other) {
      values.push_back({name, absl::StrCat("[", list->size(), " numbers]"),
                        absl::StrCat("[", other->size(), " numbers]")});
    }
  }
  return values;
}

int64_t LongestLength(const RopeConfig& a, const RopeConfig& b) {
  const int64_t length =
      std::max(a.max_position_embeddings.value_or(1), b.max_position_embeddings.value_or(1));
  return std::clamp<int64_t>(length, 1, kMaxStatedLength);
}

// Adds how far the plans lie apart; the worst of all calls is kept.
void ComparePlans(const FrequencyPlan& own, const FrequencyPlan& preset, LayerDrift* drift) {
  const size_t count = std::max(own.inv_freq.size(), preset.inv_freq.size());
  for (size_t i = 0; i < count; ++i) {
    const double a = i < own.inv_freq.size() ? own.inv_freq[i] : 0.0;
    const double b = i < preset.inv_freq.size() ? preset.inv_freq[i] : 0.0;
    if (a == b) continue;
    drift->moved.insert(static_cast<int64_t>(i));
    if (a > 0.0 && b > 0.0) {
      drift->largest_ratio = std::max(drift->largest_ratio, std::max(a / b, b / a));
    }
    const double angle = std::abs(a - b) * static_cast<double>(drift->length - 1);
    drift->angle = std::max(drift->angle, angle);
  }
  drift->frequencies = static_cast<int64_t>(count);
  drift->attention_factor = own.attention_factor;
  drift->preset_attention_factor = preset.attention_factor;
}

std::optional<LayerDrift> CompareSets(const std::string& layer_type, const RopeConfig& config,
                                      const RopeConfig& preset) {
  LayerDrift drift;
  drift.layer_type = layer_type;
  drift.values = DifferingValues(config, preset);
  drift.length = LongestLength(config, preset);
  const std::optional<int64_t> lengths[] = {std::nullopt, drift.length};
  for (const std::optional<int64_t>& length : lengths) {
    const auto own = MakeFrequencyPlan(config, NumericProfile::kHf, length, HfCallSite::kForward);
    const auto theirs =
        MakeFrequencyPlan(preset, NumericProfile::kHf, length, HfCallSite::kForward);
    if (!own.ok() || !theirs.ok()) return std::nullopt;
    ComparePlans(*own, *theirs, &drift);
  }
  return drift;
}

std::vector<LayerDrift> CompareReports(const ModelConfigReport& report,
                                       const ModelConfigReport& preset) {
  std::vector<LayerDrift> layers;
  for (const LayerTypeConfig& layer : report.layer_types) {
    const LayerTypeConfig* theirs = preset.Find(layer.layer_type);
    if (theirs == nullptr || theirs->layer_type != layer.layer_type) continue;
    if (!layer.config.has_value() || !theirs->config.has_value()) continue;
    auto drift = CompareSets(layer.layer_type, *layer.config, *theirs->config);
    if (drift.has_value()) layers.push_back(*std::move(drift));
  }
  return layers;
}

bool Moves(const std::vector<LayerDrift>& layers) {
  return std::any_of(layers.begin(), layers.end(),
                     [](const LayerDrift& layer) { return layer.moves(); });
}

// The recipe's configuration with a stretching factor of the user's own, up to the documented one.
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

// The name of the recipe for `preset` that `report` follows; "" where it follows none.
std::string RecipeOf(const Preset& preset, const ModelConfigReport& report) {
  for (const Preset& recipe : AllPresets()) {
    if (recipe.recipe_of != preset.name) continue;
    const LayerTypeConfig& first = report.layer_types.front();
    const double factor = first.config.has_value() ? first.config->factor.value_or(0.0) : 0.0;
    const auto layers = CompareReports(report, ReadModelConfig(WithFactor(recipe, factor)));
    if (!layers.empty() && !Moves(layers)) return recipe.name;
  }
  return "";
}

// Whether both state the same: all of the shape that the preset states, and the family.
bool SameShape(const JsonValue& config, const JsonValue& preset) {
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

// How far a preset is away: the number of parameters that differ.
int64_t Distance(const Drift& drift) {
  int64_t distance = 0;
  for (const LayerDrift& layer : drift.layers) {
    distance += static_cast<int64_t>(layer.values.size());
  }
  return distance;
}

// "0-2,5"; many ranges are cut short.
std::string Ranges(const std::set<int64_t>& numbers) {
  std::vector<std::string> ranges;
  for (auto first = numbers.begin(); first != numbers.end() && ranges.size() < 4;) {
    auto last = first;
    for (auto next = std::next(last); next != numbers.end() && *next == *last + 1; ++next) {
      last = next;
    }
    ranges.push_back(first == last ? absl::StrCat(*first) : absl::StrCat(*first, "-", *last));
    first = std::next(last);
    if (ranges.size() == 4 && first != numbers.end()) ranges.back() += ",...";
  }
  return absl::StrJoin(ranges, ",");
}

std::string Difference(const DriftedValue& value) {
  return absl::StrCat(value.name, " ", value.value, ", not ", value.preset_value);
}

}  // namespace

std::optional<Drift> CompareWith(const Preset& preset, const ModelConfigReport& report) {
  const ModelConfigReport theirs = ReadModelConfig(preset.config_json);
  if (!theirs.valid()) return std::nullopt;
  Drift drift;
  drift.preset = preset.name;
  drift.layers = CompareReports(report, theirs);
  if (drift.layers.empty()) return std::nullopt;
  if (Moves(drift.layers)) drift.recipe = RecipeOf(preset, report);
  return drift;
}

std::optional<Drift> GuessDrift(absl::string_view json, const JsonLimits& limits,
                                const ModelConfigReport& report) {
  JsonDocument document;
  JsonError error;
  if (!ReadJson(json, limits, &document, &error)) return std::nullopt;
  std::optional<Drift> nearest;
  bool alone = true;
  for (const Preset& preset : AllPresets()) {
    const size_t index = &preset - AllPresets().data();
    if (!SameShape(*FindTextModel(document.root).document, PresetModels()[index])) continue;
    std::optional<Drift> drift = CompareWith(preset, report);
    if (!drift.has_value()) continue;
    drift->guessed = true;
    if (!Moves(drift->layers) || !drift->recipe.empty()) return drift;
    if (!nearest.has_value() || Distance(*drift) < Distance(*nearest)) {
      nearest = std::move(drift);
      alone = true;
    } else if (Distance(*drift) == Distance(*nearest)) {
      alone = false;
    }
  }
  return alone ? nearest : std::nullopt;
}

std::string Describe(const LayerDrift& layer) {
  std::vector<std::string> parts;
  for (const DriftedValue& value : layer.values) parts.push_back(Difference(value));
  if (!layer.moved.empty()) {
    parts.push_back(
        absl::StrFormat("frequencies %s of %d move, by up to %.4gx, %.4g radians at position %d",
                        Ranges(layer.moved), layer.frequencies, layer.largest_ratio, layer.angle,
                        layer.length - 1));
  }
  if (layer.attention_factor != layer.preset_attention_factor) {
    parts.push_back(absl::StrFormat("cos and sin are scaled by %.9g, not %.9g",
                                    layer.attention_factor, layer.preset_attention_factor));
  }
  return absl::StrJoin(parts, "; ");
}

}  // namespace rope

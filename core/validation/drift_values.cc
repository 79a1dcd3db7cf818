#include "core/validation/drift_values.h"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/json_value.h"

namespace rope {
namespace {

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

}  // namespace

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

}  // namespace rope

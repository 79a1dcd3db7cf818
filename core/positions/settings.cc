#include "core/positions/settings.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/positions/grid.h"
#include "core/positions/json_values.h"

namespace rope {
namespace {

absl::Status ReadSizes(const JsonPlace& vision, const JsonPlace& model,
                       PositionSettings* settings) {
  const std::pair<const char*, int64_t*> of_vision[] = {
      {"spatial_merge_size", &settings->spatial_merge_size},
      {"temporal_merge_size", &settings->temporal_merge_size},
      {"tokens_per_second", &settings->tokens_per_second}};
  for (const auto& [key, value] : of_vision) {
    absl::Status status = ReadMember(vision, key, 1, kMaxBuiltPositions, value);
    if (!status.ok()) return status;
  }
  return ReadMember(model, "position_id_per_seconds", 1, kMaxBuiltPositions,
                    &settings->position_id_per_seconds);
}

absl::Status ReadTokenIds(const JsonPlace& model, TokenIds* ids) {
  // Qwen2.5-Omni saves image_token_id as image_token_index.
  const std::pair<const char*, std::optional<int64_t>*> keys[] = {
      {"image_token_index", &ids->image},
      {"image_token_id", &ids->image},
      {"video_token_index", &ids->video},
      {"video_token_id", &ids->video},
      {"vision_start_token_id", &ids->vision_start},
      {"audio_start_token_id", &ids->audio_start},
      {"image_start_token_id", &ids->image_start},
      {"image_end_token_id", &ids->image_end}};
  for (const auto& [key, id] : keys) {
    int64_t value = id->value_or(-1);
    absl::Status status = ReadMember(model, key, 0, std::numeric_limits<int64_t>::max(), &value);
    if (!status.ok()) return status;
    if (value >= 0) *id = value;
  }
  return absl::OkStatus();
}

// The list of HunYuan-VL, which files write under two names in two objects, and older files beside
// model_type. Null if there is none.
const JsonValue* FindSections(const JsonPlace& place) {
  for (const char* object : {"rope_parameters", "rope_scaling"}) {
    const JsonValue* parameters = place.object->Find(object);
    if (parameters == nullptr) continue;
    for (const char* key : {"mrope_section", "xdrope_section"}) {
      const JsonValue* sections = parameters->Find(key);
      if (sections != nullptr && sections->is_array()) return sections;
    }
  }
  return nullptr;
}

// As many axes as sections.
absl::Status ReadAxes(const JsonPlace& model, PositionSettings* settings) {
  const JsonPlace text = Inside(model, "text_config");
  const JsonValue* sections = FindSections(text);
  const int64_t axes = sections == nullptr ? 0 : static_cast<int64_t>(sections->as_array().size());
  if (axes < 3 || axes > kMaxBuiltPositions) {
    return absl::InvalidArgumentError(
        absl::StrCat(text.prefix, "rope_parameters.mrope_section: ",
                     axes == 0 ? "it is missing" : absl::StrCat("it has ", axes, " sections"),
                     "; it must be a list of at least 3 sections, one for each axis"));
  }
  settings->axes = axes;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PositionSettings> ReadPositionSettings(const JsonValue& config) {
  if (!config.is_object()) return MustBe("config", "an object", config);
  const auto family = FindPositionFamily(StringMember(config, "model_type"));
  if (!family.ok()) return family.status();
  PositionSettings settings;
  settings.family = *family;
  settings.tokens = settings.family->tokens;
  JsonPlace model = {&config, ""};
  if (!settings.family->nested.empty()) model = Inside(model, settings.family->nested);
  absl::Status status = ReadSizes(Inside(model, "vision_config"), model, &settings);
  if (status.ok()) status = ReadTokenIds(model, &settings.tokens);
  if (status.ok() && settings.family->has_axis_per_section) {
    status = ReadAxes(model, &settings);
  }
  if (!status.ok()) return status;
  return settings;
}

}  // namespace rope

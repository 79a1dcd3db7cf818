#include "core/config/families/steps/fields/derived_fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/load/conversion.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// An integer that is 1 to kMaxHiddenLayers, so that products of three stay in range.
int64_t Bounded(int64_t value) {
  return value >= 1 && value <= kMaxHiddenLayers ? value : kMaxHiddenLayers + 1;
}

}  // namespace

void PrepareOwnTheta(LoadingState* state) {
  state->SetAttribute("rope_theta",
                      state->TakeKwarg("rope_theta", JsonValue(state->family().default_theta)));
}

void ConvertCohere2Moe(LoadingState* state) {
  PrepareOwnTheta(state);
  const JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  if (!scaling.is_null() && CheckRopeScalingIsObject(state, scaling)) {
    state->findings().Add(FindingId::kScalingDropped, scaling, "rope_scaling",
                          "is not applied: this family reads rope_parameters only");
  }
  // The class puts the share into parameters that a rope_parameters of the document replaces.
  const JsonValue partial = state->TakeKwarg("partial_rotary_factor", JsonValue());
  if (IsTruthy(state->rope_parameters)) return;
  state->rope_parameters = EmptyObject();
  state->rope_parameters.Set("rope_type", JsonValue("default"));
  state->rope_parameters.Set("rope_theta", state->AttributeOrNull("rope_theta"));
  if (!partial.is_null()) state->rope_parameters.Set("partial_rotary_factor", partial);
}

void PrepareZamba2(LoadingState* state) {
  const std::optional<int64_t> hidden = state->IntAttribute("hidden_size");
  const std::optional<int64_t> heads = state->IntAttribute("num_attention_heads");
  if (hidden.value_or(0) >= 1 && *hidden <= (int64_t{1} << 53) && heads.value_or(0) >= 1) {
    state->SetAttribute("head_dim", JsonValue(2 * *hidden / *heads));
  } else {
    state->DerivedHeadDim();  // reports which of the two is wrong
  }
  const JsonValue long_context = state->TakeKwarg("use_long_context", JsonValue(false));
  if (IsTruthy(long_context)) {
    state->SetAttribute("max_position_embeddings", JsonValue(16384));
  }
}

void PrepareHrmText(LoadingState* state) {
  const int64_t high = state->IntField("H_cycles", 2);
  const int64_t low = state->IntField("L_cycles", 3);
  const JsonValue* per_stack = state->Kwarg("num_layers_per_stack");
  if (per_stack != nullptr && !per_stack->is_null()) return;  // num_hidden_layers counts all
  const std::optional<int64_t> layers = state->IntAttribute("num_hidden_layers");
  if (!layers.has_value() || *layers < 1 || high < 1 || low < 0) return;
  const int64_t runs = Bounded(high) * Bounded(low + 1);
  state->SetAttribute("num_hidden_layers", JsonValue(Bounded(*layers) * runs));
}

void PrepareSarvamMla(LoadingState* state) {
  const JsonValue* scaling = state->Kwarg("rope_scaling");
  if (scaling == nullptr || !scaling->is_object()) return;
  const bool renamed = StringMember(*scaling, "type") == "deepseek_yarn" ||
                       StringMember(*scaling, "rope_type") == "deepseek_yarn";
  if (!renamed) return;
  JsonValue parameters = state->TakeKwarg("rope_scaling", JsonValue());
  parameters.Erase("type");
  parameters.Set("rope_type", JsonValue("yarn"));
  state->rope_parameters = std::move(parameters);
}

void CheckRecurrentGemma(LoadingState* state) {
  const JsonValue* type = state->rope_parameters.Find("rope_type");
  if (type == nullptr || (type->is_string() && type->as_string() == "default")) return;
  state->findings().AddMember(
      FindingId::kTypeNotInFamily, state->rope_parameters, "rope_parameters", "rope_type",
      absl::StrCat("rope_type must be default in this family, not ", PythonStr(*type)),
      absl::StrCat("RecurrentGemmaRotaryEmbedding does not support RoPE types other than `default` "
                   "but got ",
                   PythonStr(*type)));
}

void PrepareDots3Audio(LoadingState* state) {
  const JsonValue whisper = state->TakeKwarg("whisper_config", JsonValue());
  constexpr std::pair<absl::string_view, absl::string_view> kOldNames[] = {
      {"d_model", "hidden_size"},
      {"encoder_attention_heads", "num_attention_heads"},
      {"encoder_layers", "num_hidden_layers"},
      {"max_source_positions", "max_position_embeddings"}};
  for (const auto& [old_name, name] : kOldNames) {
    if (const JsonValue* given = whisper.Find(old_name)) {
      state->SetAttribute(name, JsonValue(*given));
    }
  }
  const std::optional<int64_t> head_dim = state->DerivedHeadDim();
  if (head_dim.has_value()) state->SetAttribute("head_dim", JsonValue(*head_dim));
}

void CheckMistralLarge4(LoadingState* state) {
  state->findings().AddPath(
      FindingId::kLearnedFrequencies, "rope_parameters", -1,
      "gives the frequencies before training: the checkpoint of this family has one learned number "
      "alpha for each frequency, and the model multiplies the frequency by exp(alpha); give "
      "exp(alpha) as lane_scale, beside the configuration");
}

}  // namespace rope

#include "core/config/families/steps/gemma4.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/shortened.h"

namespace rope {

void FillGemma4(LoadingState* state) {
  FillEverySixthFull(state);
  JsonValue types = *state->Attribute("layer_types");
  if (!types.is_array() || types.as_array().empty()) return;
  JsonValue& last = types.as_array().back();
  if (last.as_string() == kFullAttention) return;
  state->findings().Add(
      FindingId::kLayerTypeReplaced, last, "layer_types",
      absl::StrCat("the last layer of this family must be full_attention, not ", last.as_string(),
                   "; it is replaced"),
      absl::StrCat("Last layer must use `full_attention`, but got `", last.as_string(),
                   "`. Forcing last layer to `full_attention`."));
  last = JsonValue(kFullAttention);
  state->SetAttribute("layer_types", std::move(types));
}

void PrepareGemma4(LoadingState* state) {
  const JsonValue global_head_dim = state->TakeKwarg("global_head_dim", JsonValue(512));
  if (state->Kwarg("per_layer_config") != nullptr) return;
  const JsonValue layer_types = state->AttributeOrNull("layer_types");
  if (!layer_types.is_array()) return;
  JsonValue overrides = EmptyObject();
  overrides.Set("head_dim", Shortened(global_head_dim));
  JsonValue per_layer = EmptyObject();
  for (size_t i = 0; i < layer_types.as_array().size(); ++i) {
    const JsonValue& type = layer_types.as_array()[i];
    if (type.is_string() && type.as_string() == kFullAttention) {
      per_layer.as_object().Append({absl::StrCat(i), overrides});
    }
  }
  state->SetDefaultKwarg("per_layer_config", std::move(per_layer));
}

}  // namespace rope

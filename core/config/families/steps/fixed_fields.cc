#include "core/config/families/steps/fixed_fields.h"

namespace rope {
namespace {

void CheckNoLayerTypes(LoadingState* state) {
  const JsonValue* given = state->Kwarg("layer_types");
  if (given == nullptr) return;
  state->findings().Add(FindingId::kFieldType, *given, "layer_types",
                        "layer_types must not be given: this family makes the list itself");
}

}  // namespace

void PrepareFalcon(LoadingState* state) {
  const JsonValue n_embed = state->TakeKwarg("n_embed", JsonValue());
  if (n_embed.is_int()) state->SetAttribute("hidden_size", n_embed);
  if (const JsonValue* head_dim = state->Kwarg("head_dim")) {
    state->findings().Add(FindingId::kFieldType, *head_dim, "head_dim",
                          "head_dim must not be given: it is hidden_size / num_attention_heads in "
                          "this family",
                          "property 'head_dim' of 'FalconConfig' object has no setter");
  }
}

void PrepareFalconH1(LoadingState* state) { CheckNoLayerTypes(state); }

void PrepareBamba(LoadingState* state) {
  CheckNoLayerTypes(state);
  state->TakeKwarg("partial_rotary_factor", JsonValue());
  state->SetDefaultKwarg("partial_rotary_factor", JsonValue(0.5));
}

}  // namespace rope

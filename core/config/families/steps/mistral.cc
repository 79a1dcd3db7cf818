#include "core/config/families/steps/mistral.h"

#include "absl/strings/str_cat.h"
#include "core/json/json_reader.h"

namespace rope {

void PrepareMinistral3(LoadingState* state) {
  if (!state->rope_parameters.is_null()) return;
  state->rope_parameters = JsonLiteral(
      R"({"type":"yarn","rope_theta":1000000.0,"factor":16.0,"original_max_position_embeddings":16384,
          "beta_fast":32.0,"beta_slow":1.0,"mscale_all_dim":1.0,"mscale":1.0,
          "llama_4_scaling_beta":0.1})");
  state->rope_parameters.Set("max_position_embeddings",
                             state->AttributeOrNull("max_position_embeddings"));
}

void PrepareMistral4(LoadingState* state) {
  const double rope = static_cast<double>(state->IntField("qk_rope_head_dim", 64));
  const double nope = static_cast<double>(state->IntField("qk_nope_head_dim", 64));
  if (rope + nope < 1.0) {
    state->findings().AddPath(FindingId::kHeadDim, "qk_rope_head_dim", -1,
                              absl::StrCat("qk_nope_head_dim + qk_rope_head_dim must be >= 1, not ",
                                           static_cast<int64_t>(rope + nope)));
    return;
  }
  state->SetAttribute("head_dim", JsonValue(static_cast<int64_t>(rope + nope)));
  if (state->rope_parameters.is_null()) {
    state->rope_parameters = JsonLiteral(
        R"({"type":"yarn","rope_theta":10000.0,"factor":128.0,"original_max_position_embeddings":8192,
            "beta_fast":32.0,"beta_slow":1.0,"mscale_all_dim":1.0,"mscale":1.0,
            "llama_4_scaling_beta":0.1})");
    state->rope_parameters.Set("max_position_embeddings",
                               state->AttributeOrNull("max_position_embeddings"));
  }
  state->rope_parameters.SetDefault("partial_rotary_factor", JsonValue(rope / (rope + nope)));
}

}  // namespace rope

#include "core/config/families/steps/mistral.h"

#include "absl/strings/str_cat.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

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

namespace {

// The value of the object llama_4_scaling, in which some files keep what belongs into
// rope_parameters. Null if it has none.
JsonValue FromTopLevel(const LoadingState& state, absl::string_view key) {
  const JsonValue* scaling = state.document().Find("llama_4_scaling");
  if (scaling == nullptr || !scaling->is_object()) return JsonValue();
  const JsonValue* value =
      scaling->Find(key == "llama_4_scaling_beta" ? absl::string_view("beta") : key);
  return value != nullptr && IsPythonNumber(*value) ? *value : JsonValue();
}

// Null if there is no value, or if it is no number.
std::optional<double> NumberOf(const JsonValue* value) {
  if (value == nullptr || !IsPythonNumber(*value)) return std::nullopt;
  return PythonNumber(*value);
}

}  // namespace

void CheckLlama4Scaling(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  if (!parameters.is_object()) return;
  for (const char* key : {"llama_4_scaling_beta", "original_max_position_embeddings"}) {
    const JsonValue* value = parameters.Find(key);
    if (value != nullptr && IsPythonNumber(*value)) continue;
    if (state->findings().HasErrorAt(absl::StrCat(state->RopePath(), ".", key))) continue;
    state->findings().AddMember(
        FindingId::kFailsLater, parameters, "rope_parameters", key,
        absl::StrCat(value == nullptr ? "is missing" : absl::StrCat("is ", PythonRepr(*value)),
                     ", but must be a number: the attention of this family scales queries with "
                     "it, so the model loads and fails on its first input"));
    const JsonValue meant = FromTopLevel(*state, key);
    if (!meant.is_null()) state->findings().FixByAdding(parameters, key, meant);
  }
}

std::optional<QueryScaling> ScaleMinistralQueries(const LoadingState& state) {
  const JsonValue& parameters = state.rope_parameters;
  if (!parameters.is_object()) return std::nullopt;
  const std::optional<double> beta = NumberOf(parameters.Find("llama_4_scaling_beta"));
  const std::optional<double> length =
      NumberOf(parameters.Find("original_max_position_embeddings"));
  if (!beta.has_value() || !length.has_value()) return std::nullopt;
  return QueryScaling{.beta = *beta, .interval = *length};
}

std::optional<QueryScaling> ScaleLlama4Queries(const LoadingState& state) {
  const JsonValue* tuning = state.document().Find("attn_temperature_tuning");
  if (tuning != nullptr && !IsTruthy(*tuning)) return std::nullopt;
  const JsonValue* beta = state.document().Find("attn_scale");
  const JsonValue* interval = state.document().Find("floor_scale");
  const std::optional<double> given_beta = beta == nullptr ? 0.1 : NumberOf(beta);
  const std::optional<double> given_interval = interval == nullptr ? 8192.0 : NumberOf(interval);
  if (!given_beta.has_value() || !given_interval.has_value()) return std::nullopt;
  return QueryScaling{
      .beta = *given_beta, .interval = *given_interval, .first = 1, .layers_without_rope = true};
}

}  // namespace rope

// DeepSeek-V4: two sets of parameters, "main" for the layers with a sliding window and "compress"
// for those that compress their keys; written by checkpoints as one set and two bases.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/family_steps.h"
#include "core/config/load/conversion.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// Channels that rotate, 64 of 512 by default; checkpoints write qk_rope_head_dim.
JsonValue DefaultShare(LoadingState* state, const JsonValue& rope_dim) {
  if (!rope_dim.is_null() && !IsPythonNumber(rope_dim)) {
    state->findings().Add(
        FindingId::kWrongKind, rope_dim, "qk_rope_head_dim",
        absl::StrCat("qk_rope_head_dim must be a number, not ", PythonTypeName(rope_dim)));
  }
  const double head_dim = static_cast<double>(state->IntAttribute("head_dim").value_or(512));
  const std::optional<double> channels = rope_dim.is_null() ? std::nullopt : PythonNumber(rope_dim);
  JsonValue share(channels.has_value() && head_dim > 0 ? *channels / head_dim : 64.0 / 512.0);
  share.set_offset(rope_dim.offset());
  return share;
}

bool IsObject(const JsonValue* value) { return value != nullptr && value->is_object(); }

JsonValue MainSet(const JsonValue& theta, const JsonValue& share) {
  JsonValue set = EmptyObject();
  set.Set("rope_type", JsonValue("default"));
  set.Set("rope_theta", theta);
  set.Set("partial_rotary_factor", share);
  return set;
}

// The scaling belongs to the compressing layers.
JsonValue CompressSet(JsonValue set, const JsonValue& theta, const JsonValue& share) {
  set.Erase("main");
  set.Erase("compress");
  set.Set("rope_theta", theta);
  set.Set("partial_rotary_factor", share);
  set.SetDefault("rope_type", JsonValue("default"));
  const JsonValue& type = *set.Find("rope_type");
  if (type.is_string() && type.as_string() == "yarn") {
    set.SetDefault("attention_factor", JsonValue(1.0));
  }
  return set;
}

}  // namespace

void ConvertDeepseekV4(LoadingState* state) {
  // Fields of the class.
  const JsonValue theta = state->TakeKwarg("rope_theta", JsonValue(10000.0));
  const JsonValue compress_theta = state->TakeKwarg("compress_rope_theta", JsonValue(160000.0));
  JsonValue share = state->TakeKwarg("partial_rotary_factor", JsonValue());
  state->SetAttribute("rope_theta", theta);
  state->SetAttribute("partial_rotary_factor", share);
  const JsonValue rope_dim = state->TakeKwarg("qk_rope_head_dim", JsonValue());
  ConvertGeneral(state);

  if (share.is_null()) {
    share = DefaultShare(state, rope_dim);
    state->SetAttribute("partial_rotary_factor", share);
  }
  const JsonValue given = std::move(state->rope_parameters);
  state->rope_parameters = EmptyObject();
  state->rope_parameters.set_offset(given.offset());
  const JsonValue* main = given.Find("main");
  const JsonValue* compress = given.Find("compress");
  const bool nested = IsObject(main) && IsObject(compress);
  state->rope_parameters.Set("main", nested ? *main : MainSet(theta, share));
  state->rope_parameters.Set("compress",
                             nested ? *compress : CompressSet(given, compress_theta, share));
}

}  // namespace rope

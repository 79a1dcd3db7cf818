#include "core/config/families/steps/deepseek_v4.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/load/conversion.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

absl::string_view CompressedInTurn(int64_t layer, int64_t) {
  return layer < 2 || layer % 2 == 0 ? kHeavilyCompressedAttention : kCompressedSparseAttention;
}

// The layer type that an entry of compress_ratios stands for. An unknown entry becomes a name that
// the check of layer_types reports.
std::string LayerTypeOf(const JsonValue& ratio) {
  const std::string printed = PythonRepr(ratio);
  if (printed == "0") return std::string(kSlidingAttention);
  if (printed == "4") return std::string(kCompressedSparseAttention);
  if (printed == "128") return std::string(kHeavilyCompressedAttention);
  return absl::StrCat("compress_ratios entry ", printed);
}

// The share of a head that rotates: qk_rope_head_dim / head_dim, by default 64 of 512 channels.
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

// `set` is the parameter set that the document gives. It holds the scaling, which belongs to the
// compressing layers.
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

void FillDeepseekV4(LoadingState* state) {
  const JsonValue ratios = state->TakeKwarg("compress_ratios", JsonValue());
  if (LacksLayerTypes(*state) && ratios.is_array()) {
    JsonValue::Array types;
    for (const JsonValue& ratio : ratios.as_array()) types.emplace_back(LayerTypeOf(ratio));
    state->SetAttribute("layer_types", JsonValue(std::move(types)));
  }
  FillLayerTypes(state, CompressedInTurn, 0);
  const int64_t layers = state->IntAttribute("num_hidden_layers").value_or(0);
  JsonValue types = *state->Attribute("layer_types");
  if (!types.is_array() || static_cast<int64_t>(types.as_array().size()) <= layers) return;
  types.as_array().resize(static_cast<size_t>(std::max<int64_t>(layers, 0)));
  state->SetAttribute("layer_types", std::move(types));
}

void ConvertDeepseekV4(LoadingState* state) {
  // These are fields of the class: they are attributes before the general conversion reads them.
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

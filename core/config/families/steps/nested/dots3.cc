#include "core/config/families/steps/nested/dots3.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/families/steps/nested/nested_sets.h"
#include "core/config/load/conversion.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/shortened.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// The layer type that layers with full attention have.
absl::string_view FullType(bool indexed) { return indexed ? kIndexedAttention : kFullAttention; }

void RenameFullTypes(LoadingState* state, bool indexed) {
  JsonValue types = *state->Attribute("layer_types");
  if (!types.is_array()) return;
  for (JsonValue& type : types.as_array()) {
    if (!type.is_string() || type.as_string() != FullType(!indexed)) continue;
    const int64_t offset = type.offset();
    type = JsonValue(FullType(indexed));
    type.set_offset(offset);
  }
  state->SetAttribute("layer_types", std::move(types));
}

// The pattern's number: 1 if the model has sliding windows, otherwise 0.
absl::string_view Dots3Pattern(int64_t layer, int64_t windows) {
  const bool full = windows == 0 || layer < 2 || layer % 4 == 1;
  return full ? kFullAttention : kSlidingAttention;
}

int64_t TakeInt(LoadingState* state, absl::string_view name, int64_t otherwise) {
  const JsonValue given = state->TakeKwarg(name, JsonValue(otherwise));
  if (given.is_int()) return given.as_int();
  state->findings().Add(FindingId::kWrongKind, given, name,
                        absl::StrCat(name, " must be an integer, not ", PythonTypeName(given)));
  return otherwise;
}

// head_dim and qk_rope_head_dim of the layers with a sliding window, as per_layer_config has them.
JsonValue SlidingOverrides(LoadingState* state) {
  const int64_t head_dim = TakeInt(state, "swa_head_dim", 256);
  const int64_t nope = TakeInt(state, "swa_qk_nope_head_dim", 192);
  JsonValue overrides = EmptyObject();
  overrides.Set("head_dim", JsonValue(head_dim));
  overrides.Set("qk_rope_head_dim",
                JsonValue(TakeInt(state, "swa_qk_rope_head_dim", head_dim - nope)));
  return overrides;
}

// A number without the zeros before it; "0" for zero, "" for an empty text.
absl::string_view WithoutZeros(absl::string_view number) {
  while (number.size() > 1 && absl::ConsumePrefix(&number, "0")) {
  }
  return number;
}

// The overrides of each layer by its number: per_layer_config names layers by their numbers, which
// a saved document pads with zeros. Of two names for one layer the first counts.
using Overrides = absl::flat_hash_map<absl::string_view, const JsonValue*>;

Overrides OverridesIn(const JsonValue* per_layer) {
  Overrides overrides;
  if (per_layer == nullptr || !per_layer->is_object()) return overrides;
  for (const JsonMember& member : per_layer->as_object()) {
    overrides.emplace(WithoutZeros(member.key), &member.value);
  }
  return overrides;
}

int64_t IntIn(const JsonValue* object, absl::string_view name, int64_t otherwise) {
  const JsonValue* value = object != nullptr ? object->Find(name) : nullptr;
  return value != nullptr && value->is_int() ? value->as_int() : otherwise;
}

// The family has two layer types. A document with more names is refused, so we need not copy its
// parameter set for all of them.
constexpr size_t kMaxSets = 64;

// One parameter set for each layer type, each with the rotated share of its heads.
void SetShares(LoadingState* state) {
  const int64_t head_dim = state->IntAttribute("head_dim").value_or(0);
  const int64_t rope = state->IntAttribute("qk_rope_head_dim").value_or(0);
  const std::vector<absl::string_view> types = state->ParameterSetNames();
  const Overrides overrides = OverridesIn(state->Kwarg("per_layer_config"));
  std::set<absl::string_view> done;
  for (size_t i = 0; i < types.size(); ++i) {
    JsonValue* set = state->rope_parameters.Find(types[i]);
    if (!done.insert(types[i]).second || set == nullptr || !set->is_object()) continue;
    const auto found = overrides.find(absl::StrCat(i));
    const JsonValue* own = found != overrides.end() ? found->second : nullptr;
    const int64_t width = IntIn(own, "head_dim", head_dim);
    if (width < 1) continue;  // the check of head_dim reports it
    const double share =
        static_cast<double>(IntIn(own, "qk_rope_head_dim", rope)) / static_cast<double>(width);
    set->Set("partial_rotary_factor", JsonValue(share));
  }
}

}  // namespace

void FillDots3(LoadingState* state) {
  const bool layered = state->Kwarg("per_layer_config") != nullptr;
  const JsonValue dsa = state->TakeKwarg("use_dsa", layered ? JsonValue() : JsonValue(true));
  const bool windows = IsTruthy(state->TakeKwarg("use_sliding_window", JsonValue(true)));
  const bool given = !LacksLayerTypes(*state);
  FillLayerTypes(state, Dots3Pattern, windows ? 1 : 0);
  const bool indexed = dsa.is_null() || IsTruthy(dsa);
  if (!given || !dsa.is_null()) RenameFullTypes(state, indexed);
  JsonValue overrides = SlidingOverrides(state);
  if (layered) return;
  JsonValue per_layer = EmptyObject();
  const std::vector<absl::string_view> types = state->ParameterSetNames();
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] != kSlidingAttention) continue;
    per_layer.as_object().Append({absl::StrCat(i), overrides});
  }
  state->SetDefaultKwarg("per_layer_config", std::move(per_layer));
}

void ConvertDots3(LoadingState* state) {
  state->SetAttribute("qk_rope_head_dim", JsonValue(state->IntField("qk_rope_head_dim", 64)));
  const JsonValue sliding = state->TakeKwarg("swa_rope_theta", JsonValue(50000.0));
  const JsonValue* given = state->Kwarg("rope_theta");
  const JsonValue theta =
      given != nullptr ? Shortened(*given) : JsonValue(state->family().default_theta);
  if (state->rope_parameters.is_null()) {
    JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
    state->rope_parameters = IsTruthy(scaling) ? std::move(scaling) : EmptyObject();
    if (!IsTruthy(state->rope_parameters)) {
      for (const absl::string_view type : state->ParameterSetNames()) {
        state->rope_parameters.SetDefault(type,
                                          DefaultSet(type == kSlidingAttention ? sliding : theta));
      }
    }
  }
  if (!state->rope_parameters.is_object()) return;
  if (state->ParameterSetsIn(state->rope_parameters).empty()) {
    const JsonValue one_set = state->rope_parameters;
    state->rope_parameters = EmptyObject();
    state->rope_parameters.set_offset(one_set.offset());
    for (const absl::string_view type : state->ParameterSetNames()) {
      if (state->rope_parameters.as_object().size() == kMaxSets) break;
      if (state->rope_parameters.Find(type) != nullptr) continue;
      state->rope_parameters.Set(type, one_set);
    }
  }
  ConvertGeneral(state);
  SetShares(state);
}

void CheckDots3(LoadingState* state) {
  const JsonValue* per_layer = state->Attribute("per_layer_config");
  if (per_layer == nullptr || !per_layer->is_object() || per_layer->as_object().empty()) return;
  for (const std::string& name : state->ParameterSetsIn(state->rope_parameters)) {
    const JsonValue& set = *state->rope_parameters.Find(name);
    if (StringMember(set, "rope_type") != "longrope") continue;
    state->findings().AddMember(FindingId::kTypeNotInFamily, set, "rope_parameters", "rope_type",
                                "longrope is not possible here: the layers of this model have "
                                "different numbers of heads");
  }
}

}  // namespace rope

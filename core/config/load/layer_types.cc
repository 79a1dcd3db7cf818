#include "core/config/load/layer_types.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

using absl::string_view;

constexpr string_view kFull = "full_attention";
constexpr string_view kSliding = "sliding_attention";
constexpr string_view kLinear = "linear_attention";

constexpr string_view kKnownLayerTypes[] = {"full_attention",
                                            "sliding_attention",
                                            "chunked_attention",
                                            "window_attention",
                                            "indexed_attention",
                                            "compressed_sparse_attention",
                                            "heavily_compressed_attention",
                                            "minimax_m3_sparse",
                                            "conv",
                                            "moe",
                                            "hybrid",
                                            "hybrid_sliding",
                                            "reference_sliding_attention",
                                            "linear_attention"};
constexpr string_view kKnownMlpLayerTypes[] = {"sparse", "dense"};
constexpr string_view kDeepseekV4LayerTypes[] = {"sliding_attention", "compressed_sparse_attention",
                                                 "heavily_compressed_attention"};
constexpr string_view kDeepseekV4MlpLayerTypes[] = {"hash_moe", "moe"};

bool Absent(const LoadingState& state) { return state.Attribute("layer_types")->is_null(); }

string_view AlwaysFull(int64_t, int64_t, int64_t) { return kFull; }
string_view AlwaysIndexed(int64_t, int64_t, int64_t) { return "indexed_attention"; }
string_view SlidingFrom(int64_t i, int64_t, int64_t first) { return i >= first ? kSliding : kFull; }
string_view LastOfGroupFull(int64_t i, int64_t, int64_t n) {
  return (i + 1) % n ? kSliding : kFull;
}
string_view FirstOfGroupFull(int64_t i, int64_t, int64_t n) { return i % n ? kSliding : kFull; }
string_view LinearButLast(int64_t i, int64_t, int64_t n) { return (i + 1) % n ? kLinear : kFull; }
string_view FirstAndLastOfGroupFull(int64_t i, int64_t, int64_t n) {
  return i == 0 || (i + 1) % n == 0 ? kFull : kSliding;
}
string_view AlwaysSliding(int64_t, int64_t, int64_t) { return kSliding; }
string_view FullAndLinear(int64_t i, int64_t, int64_t) { return (i + 1) % 2 ? kFull : kLinear; }
string_view EverySecondSlidingBelow(int64_t i, int64_t, int64_t end) {
  return (i + 1) % 2 && i < end ? kSliding : kFull;
}
string_view CompressedInTurn(int64_t i, int64_t, int64_t) {
  return i < 2 || i % 2 == 0 ? "heavily_compressed_attention" : "compressed_sparse_attention";
}

void FillWith(LoadingState* state, string_view (*type_of)(int64_t, int64_t, int64_t),
              int64_t pattern) {
  if (Absent(*state)) state->SetLayerTypes(type_of, pattern);
}

// The pattern's length is a member of the document.
void FillByMember(LoadingState* state, string_view (*type_of)(int64_t, int64_t, int64_t),
                  string_view member, int64_t default_pattern) {
  if (!Absent(*state)) return;
  const int64_t pattern = state->IntField(member, default_pattern);
  if (pattern != 0) return state->SetLayerTypes(type_of, pattern);
  state->findings().AddPath(FindingId::kOutOfRange, std::string(member), -1,
                            absl::StrCat(member, " must not be 0"), "integer modulo by zero");
}

bool WindowRequested(LoadingState* state) {
  const JsonValue* value = state->Kwarg("use_sliding_window");
  if (value == nullptr) return false;
  if (value->is_bool()) return value->as_bool();
  const bool null_allowed = absl::StrContains(state->family().model_type, "_vl_");
  if (!value->is_null() || !null_allowed) {
    state->findings().Add(
        FindingId::kFieldType, *value, "use_sliding_window",
        absl::StrCat("use_sliding_window must be true or false, not ", PythonTypeName(*value)));
  }
  return false;
}

// Whether layers beyond a certain one have a window: on request, unless the window is null.
bool UsesWindow(LoadingState* state) {
  const JsonValue* window = state->Kwarg("sliding_window");
  return WindowRequested(state) && (window == nullptr || !window->is_null());
}

void FillFromMaxWindowLayers(LoadingState* state, int64_t default_first) {
  if (!Absent(*state)) return;
  if (UsesWindow(state)) {
    state->SetLayerTypes(SlidingFrom, state->IntField("max_window_layers", default_first));
  } else {
    state->SetLayerTypes(AlwaysFull, 0);
  }
}

void SetByRope(LoadingState* state, string_view with_rope, string_view without_rope) {
  JsonValue::Array types;
  const int64_t interval = state->IntField("no_rope_layer_interval", 4);
  const int64_t layers = state->IntAttribute("num_hidden_layers").value_or(0);
  for (const bool rope : LayersWithRope(state->Kwarg("no_rope_layers"), interval, layers)) {
    types.emplace_back(rope ? with_rope : without_rope);
  }
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

template <size_t N>
void CheckList(LoadingState* state, string_view name, const string_view (&known)[N]) {
  const JsonValue* list = state->Attribute(name);
  if (list == nullptr || list->is_null()) return;
  FindingSink& findings = state->findings();
  if (!list->is_array()) {
    findings.Add(FindingId::kLayerTypes, *list, name, absl::StrCat(name, " must be a list"));
    return;
  }
  for (const JsonValue& element : list->as_array()) {
    const bool is_known =
        element.is_string() && std::find(std::begin(known), std::end(known),
                                         string_view(element.as_string())) != std::end(known);
    if (is_known) continue;
    findings.Add(FindingId::kLayerTypes, element, name,
                 absl::StrCat("unknown entry ", PythonRepr(element), "; known are ",
                              absl::StrJoin(known, ", ")));
    return;
  }
  const std::optional<int64_t> layers = state->IntAttribute("num_hidden_layers");
  const int64_t length = static_cast<int64_t>(list->as_array().size());
  if (!layers.has_value() || *layers == length) return;
  findings.Add(FindingId::kLayerTypes, *list, name,
               absl::StrCat(name, " has ", length, " entries for ", *layers, " layers"),
               absl::StrCat("`num_hidden_layers` (", *layers, ") must be equal to the number of `",
                            name, "` (", length, ")"));
}

}  // namespace

void FillNoLayerTypes(LoadingState*) {}
void FillAllFull(LoadingState* state) { FillWith(state, AlwaysFull, 0); }
void FillAllIndexed(LoadingState* state) { FillWith(state, AlwaysIndexed, 0); }
void FillQwen2(LoadingState* state) { FillFromMaxWindowLayers(state, 28); }
void FillQwen2Vl(LoadingState* state) { FillFromMaxWindowLayers(state, 80); }
void FillEverySecondFull(LoadingState* state) { FillWith(state, LastOfGroupFull, 2); }
void FillEveryFourthFull(LoadingState* state) { FillWith(state, LastOfGroupFull, 4); }
void FillEveryFifthFull(LoadingState* state) { FillWith(state, LastOfGroupFull, 5); }
void FillMimoV2Flash(LoadingState* state) { FillWith(state, FirstAndLastOfGroupFull, 6); }
void FillCwm(LoadingState* state) { FillWith(state, FirstOfGroupFull, 4); }

void FillGemma3(LoadingState* state) {
  FillByMember(state, LastOfGroupFull, "sliding_window_pattern", 6);
}

void FillGemma4(LoadingState* state) {
  FillWith(state, LastOfGroupFull, 6);
  JsonValue types = *state->Attribute("layer_types");
  if (!types.is_array() || types.as_array().empty()) return;
  JsonValue& last = types.as_array().back();
  if (last.as_string() == kFull) return;
  state->findings().Add(
      FindingId::kLayerTypeReplaced, last, "layer_types",
      absl::StrCat("the last layer of this family is full_attention, not ", last.as_string()),
      absl::StrCat("Last layer must use `full_attention`, but got `", last.as_string(),
                   "`. Forcing last layer to `full_attention`."));
  last = JsonValue(kFull);
  state->SetAttribute("layer_types", std::move(types));
}

void FillCohere2(LoadingState* state) {
  FillByMember(state, LastOfGroupFull, "sliding_window_pattern", 4);
}

void FillExaone4(LoadingState* state) {
  const JsonValue* window = state->Kwarg("sliding_window");
  if (Absent(*state) && window != nullptr && window->is_null()) {
    state->TakeKwarg("sliding_window_pattern", JsonValue());
    state->SetDefaultKwarg("sliding_window_pattern", JsonValue(0));
  }
  FillByMember(state, LastOfGroupFull, "sliding_window_pattern", 4);
}

void FillModernBert(LoadingState* state) {
  FillByMember(state, FirstOfGroupFull, "global_attn_every_n_layers", 3);
}

void FillQwen3Next(LoadingState* state) {
  FillByMember(state, LinearButLast, "full_attention_interval", 4);
}

void FillAfmoe(LoadingState* state) {
  FillByMember(state, LastOfGroupFull, "global_attn_every_n_layers", 4);
}

std::vector<bool> LayersWithRope(const JsonValue* no_rope_layers, int64_t interval,
                                 int64_t layers) {
  std::vector<bool> with_rope;
  if (no_rope_layers != nullptr && no_rope_layers->is_array() &&
      !no_rope_layers->as_array().empty()) {
    for (const JsonValue& element : no_rope_layers->as_array()) {
      with_rope.push_back(IsTruthy(element));
    }
    return with_rope;
  }
  for (int64_t i = 0; i < std::min(layers, kMaxHiddenLayers); ++i) {
    with_rope.push_back((i + 1) % std::max<int64_t>(interval, 1) != 0);
  }
  return with_rope;
}

void FillSmolLm3(LoadingState* state) {
  if (!Absent(*state)) return;
  const JsonValue* window = state->Kwarg("sliding_window");
  const bool windowed = WindowRequested(state) && window != nullptr && !window->is_null();
  SetByRope(state, kFull, windowed ? kSliding : kFull);
}

void FillLlama4(LoadingState* state) {
  if (Absent(*state)) SetByRope(state, "chunked_attention", kFull);
}

void FillMinistral(LoadingState* state) {
  const JsonValue* window = state->Kwarg("sliding_window");
  const bool has_window = window == nullptr || !window->is_null();
  FillWith(state, has_window ? AlwaysSliding : AlwaysFull, 0);
}

void FillMiniMax(LoadingState* state) { FillWith(state, FullAndLinear, 2); }

void FillQwen2Moe(LoadingState* state) {
  if (!Absent(*state)) return;
  const int64_t last = state->IntField("max_window_layers", 28);
  if (WindowRequested(state)) {
    state->SetLayerTypes(EverySecondSlidingBelow, last);
  } else {
    state->SetLayerTypes(AlwaysFull, 0);
  }
}

void FillDeepseekV4(LoadingState* state) {
  const int64_t layers = state->IntAttribute("num_hidden_layers").value_or(0);
  const JsonValue ratios = state->TakeKwarg("compress_ratios", JsonValue());
  if (Absent(*state) && ratios.is_array()) {
    JsonValue::Array types;
    for (const JsonValue& ratio : ratios.as_array()) {
      const std::string printed = PythonRepr(ratio);
      types.emplace_back(printed == "0"     ? kSliding
                         : printed == "4"   ? "compressed_sparse_attention"
                         : printed == "128" ? "heavily_compressed_attention"
                                            : absl::StrCat("compress_ratios entry ", printed));
    }
    state->SetAttribute("layer_types", JsonValue(std::move(types)));
  }
  FillWith(state, CompressedInTurn, 0);
  JsonValue types = *state->Attribute("layer_types");
  if (!types.is_array() || static_cast<int64_t>(types.as_array().size()) <= layers) return;
  types.as_array().resize(static_cast<size_t>(std::max<int64_t>(layers, 0)));
  state->SetAttribute("layer_types", std::move(types));
}

void RefuseLayerTypes(LoadingState* state) {
  const JsonValue* given = state->Kwarg("layer_types");
  if (given == nullptr) return;
  state->findings().Add(FindingId::kFieldType, *given, "layer_types",
                        "layer_types cannot be given: this family makes the list itself");
}

void RenameLegacyLayerTypes(LoadingState* state) {
  const JsonValue* given = state->Attribute("layer_types");
  if (given == nullptr || !given->is_array()) return;
  JsonValue types = *given;
  bool renamed = false;
  for (JsonValue& element : types.as_array()) {
    if (!element.is_string()) continue;
    const std::string& name = element.as_string();
    const string_view new_name =
        name == "mamba"       ? kLinear
        : name == "attention" ? kFull
        : name == "deepseek_sparse_attention" || name == "qwen_sparse_attention"
            ? "indexed_attention"
            : "";
    if (new_name.empty()) continue;
    const int64_t offset = element.offset();
    element = JsonValue(new_name);
    element.set_offset(offset);
    renamed = true;
  }
  if (renamed) state->SetAttribute("layer_types", std::move(types));
}

void CheckLayerTypes(LoadingState* state) {
  const JsonValue* layer_types = state->Attribute("layer_types");
  if (layer_types == nullptr || layer_types->is_null()) return;  // then neither list is checked
  if (state->Attribute("num_hidden_layers") == nullptr) return;
  if (state->family().model_type == "deepseek_v4") {
    CheckList(state, "layer_types", kDeepseekV4LayerTypes);
    CheckList(state, "mlp_layer_types", kDeepseekV4MlpLayerTypes);
  } else {
    CheckList(state, "layer_types", kKnownLayerTypes);
    CheckList(state, "mlp_layer_types", kKnownMlpLayerTypes);
  }
}

}  // namespace rope

#include "core/config/families/layers/hybrid_layers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/families/steps/gemma4.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/layer_types.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

using absl::string_view;

constexpr string_view kHybrid = "hybrid";
constexpr string_view kReferenceSliding = "reference_sliding_attention";
constexpr string_view kSparse = "minimax_m3_sparse";

string_view AlwaysLinear(int64_t, int64_t) { return kLinearAttention; }
string_view AlwaysHybrid(int64_t, int64_t) { return kHybrid; }
string_view AlwaysReference(int64_t, int64_t) { return kReferenceSliding; }

// In these the number is that of all layers.
string_view BeamPattern(int64_t layer, int64_t count) {
  return (layer + 1) % 6 == 0 || layer == count - 1 ? kFullAttention : kSlidingAttention;
}
string_view FlintPattern(int64_t layer, int64_t count) {
  const bool full = layer < 2 || layer % 4 == 1 || layer == count - 1;
  return full ? kFullAttention : kSlidingAttention;
}
string_view MusePattern(int64_t layer, int64_t count) {
  return (count - 1 - layer) % 4 == 0 ? kFullAttention : kSlidingAttention;
}
string_view OlmoHybridPattern(int64_t layer, int64_t count) {
  const bool full = layer % 4 == 3 || (count < 4 && layer == count - 1);
  return full ? kFullAttention : kLinearAttention;
}

// In these it is the length of a group.
string_view LastOfGroupIndexedElseLinear(int64_t layer, int64_t group) {
  return (layer + 1) % group != 0 ? kLinearAttention : kIndexedAttention;
}

string_view Lfm3Pattern(int64_t layer, int64_t) {
  if (layer % 4 == 2) return kFullAttention;
  return layer % 4 == 0 && layer > 0 ? kSlidingAttention : kConvolution;
}
string_view LaraPattern(int64_t layer, int64_t) {
  constexpr string_view kTypes[] = {kLinearAttention, kSlidingAttention, kLinearAttention,
                                    kFullAttention, kSlidingAttention};
  return kTypes[layer % 5];
}
// Every 6th layer up to layer 42, then 47 and 51.
string_view Zamba2Pattern(int64_t layer, int64_t) {
  const bool hybrid = (layer >= 6 && layer <= 42 && layer % 6 == 0) || layer == 47 || layer == 51;
  return hybrid ? kHybrid : kLinearAttention;
}

int64_t LayerCount(const LoadingState& state) {
  return state.IntAttribute("num_hidden_layers").value_or(0);
}

void FillByCount(LoadingState* state, LayerPattern pattern) {
  FillLayerTypes(state, pattern, LayerCount(*state));
}

// The length of a group: a member of the document. 0 is an error finding, because transformers
// divides by it.
void FillByGroup(LoadingState* state, LayerPattern pattern, string_view member, int64_t otherwise) {
  const int64_t group = state->IntField(member, otherwise);
  if (group != 0) return FillLayerTypes(state, pattern, group);
  if (!LacksLayerTypes(*state)) return;
  state->findings().AddPath(FindingId::kOutOfRange, std::string(member), -1,
                            absl::StrCat(member, " must not be 0"), "integer modulo by zero");
}

// A list of entries that each say by their truth which of two types a layer has.
JsonValue ByTruth(const JsonValue& list, string_view if_true, string_view if_false) {
  JsonValue::Array types;
  for (const JsonValue& entry : list.as_array()) {
    types.emplace_back(IsTruthy(entry) ? if_true : if_false);
  }
  return JsonValue(std::move(types));
}

}  // namespace

void FillAllSliding(LoadingState* state) { FillLayerTypes(state, AlwaysSliding, 0); }
void FillAllLinear(LoadingState* state) { FillLayerTypes(state, AlwaysLinear, 0); }
void FillAllHybrid(LoadingState* state) { FillLayerTypes(state, AlwaysHybrid, 0); }

void FillUnlimitedOcr(LoadingState* state) {
  const JsonValue* window = state->Kwarg("sliding_window");
  const bool windowed = window == nullptr || !window->is_null();
  FillLayerTypes(state, windowed ? AlwaysReference : AlwaysFull, 0);
}

void FillBeam(LoadingState* state) { FillByCount(state, BeamPattern); }
void FillFlint(LoadingState* state) { FillByCount(state, FlintPattern); }
void FillMuse(LoadingState* state) { FillByCount(state, MusePattern); }

void FillCohere2Moe(LoadingState* state) {
  const int64_t prefix_group = state->IntField("prefix_dense_sliding_window_pattern", 1);
  const int64_t group = state->IntField("sliding_window_pattern", 4);
  const JsonValue first = state->TakeKwarg("first_k_dense_replace", JsonValue(0));
  const int64_t count = std::min(LayerCount(*state), kMaxHiddenLayers);
  const int64_t prefix = std::clamp<int64_t>(first.is_int() ? first.as_int() : 0, 0, count);
  if (state->Kwarg("mlp_layer_types") == nullptr) {
    JsonValue::Array mlp;
    for (int64_t i = 0; i < count; ++i) mlp.emplace_back(i < prefix ? "dense" : "sparse");
    state->SetAttribute("mlp_layer_types", JsonValue(std::move(mlp)));
  }
  if (!LacksLayerTypes(*state)) return;
  if ((prefix_group == 0 && prefix > 0) || (group == 0 && prefix < count)) {
    const string_view name =
        group == 0 ? "sliding_window_pattern" : "prefix_dense_sliding_window_pattern";
    return state->findings().AddPath(FindingId::kOutOfRange, std::string(name), -1,
                                     absl::StrCat(name, " must not be 0"),
                                     "integer modulo by zero");
  }
  JsonValue::Array types;
  for (int64_t i = 0; i < prefix; ++i) types.emplace_back(LastOfGroupFull(i, prefix_group));
  for (int64_t i = 0; i < count - prefix; ++i) types.emplace_back(LastOfGroupFull(i, group));
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

void FillUltrabert(LoadingState* state) {
  const JsonValue windows = state->TakeKwarg("attention_windows", JsonValue());
  if (LacksLayerTypes(*state) && windows.is_array()) {
    state->SetAttribute("layer_types", ByTruth(windows, kSlidingAttention, kFullAttention));
  }
  FillLayerTypes(state, LastOfGroupFull, 3);
}

void FillDory(LoadingState* state) {
  const JsonValue given = state->AttributeOrNull("layer_types");
  if (!given.is_array()) return FillEveryFourthFull(state);
  const auto is_mlp = [](const JsonValue& entry) {
    return entry.is_string() && entry.as_string() == "mlp";
  };
  const JsonValue::Array& entries = given.as_array();
  if (std::none_of(entries.begin(), entries.end(), is_mlp)) return;
  JsonValue::Array kept;
  for (size_t i = 0; i < entries.size(); i += 2) kept.push_back(entries[i]);
  JsonValue halved(std::move(kept));
  halved.set_offset(given.offset());
  state->SetAttribute("layer_types", std::move(halved));
  JsonValue layers(LayerCount(*state) / 2);
  layers.set_offset(state->Attribute("num_hidden_layers")->offset());
  state->SetAttribute("num_hidden_layers", std::move(layers));
}

void FillEmbeddingGemma2(LoadingState* state) {
  const JsonValue pattern = state->TakeKwarg("sliding_window_pattern", JsonValue(6));
  const int64_t group = pattern.is_int() ? pattern.as_int() : 0;
  if (group < 1) {
    state->findings().Add(FindingId::kOutOfRange, pattern, "sliding_window_pattern",
                          absl::StrCat("must be an integer >= 1, not ", PythonRepr(pattern)),
                          absl::StrCat("`sliding_window_pattern` must be a positive integer, got ",
                                       PythonStr(pattern), "."));
  } else {
    FillLayerTypes(state, LastOfGroupFull, group);
  }
  FillGemma4(state);
}

void FillBailingHybrid(LoadingState* state) {
  FillByGroup(state, LastOfGroupFullElseLinear, "layer_group_size", 6);
}

void FillOlmoHybrid(LoadingState* state) { FillByCount(state, OlmoHybridPattern); }

void FillLfm2(LoadingState* state) {
  const JsonValue full = state->TakeKwarg("full_attn_idxs", JsonValue());
  if (!LacksLayerTypes(*state)) return;
  SetLayerTypes(state, AlwaysFull, 0);
  if (!full.is_array() || LacksLayerTypes(*state)) return;
  JsonValue types = *state->Attribute("layer_types");
  for (JsonValue& type : types.as_array()) type = JsonValue(kConvolution);
  for (const JsonValue& index : full.as_array()) {
    if (!index.is_int() || index.as_int() < 0 || index.as_int() >= LayerCount(*state)) continue;
    types.as_array()[index.as_int()] = JsonValue(kFullAttention);
  }
  state->SetAttribute("layer_types", std::move(types));
}

void FillLfm3(LoadingState* state) { FillLayerTypes(state, Lfm3Pattern, 0); }
void FillLaraMini(LoadingState* state) { FillLayerTypes(state, LaraPattern, 0); }

void FillRecurrentGemma(LoadingState* state) {
  for (const absl::string_view name : {"layer_types", "layers_block_type"}) {
    const JsonValue* given = state->document().Find(name);
    if (given == nullptr) continue;
    state->findings().Add(
        FindingId::kFieldType, *given, name,
        absl::StrCat(name, " must not be given: this family makes the list from block_types"),
        "property 'layers_block_type' of 'RecurrentGemmaConfig' object has no setter");
  }
  JsonValue blocks = state->TakeKwarg("block_types", JsonValue());
  if (!blocks.is_array() || blocks.as_array().empty()) {
    blocks = JsonValue(
        JsonValue::Array{JsonValue("recurrent"), JsonValue("recurrent"), JsonValue("attention")});
  }
  const JsonValue::Array& names = blocks.as_array();
  JsonValue::Array types;
  const int64_t count = std::min(LayerCount(*state), kMaxHiddenLayers);
  for (int64_t i = 0; i < count; ++i) {
    const JsonValue& name = names[i % names.size()];
    const bool recurrent = name.is_string() && name.as_string() == "recurrent";
    types.emplace_back(recurrent ? kLinearAttention : kSlidingAttention);
  }
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

void FillZamba2(LoadingState* state) {
  if (!LacksLayerTypes(*state)) return RenameLegacyLayerTypes(state);
  // The class makes a list of 54 layers, however many there are.
  JsonValue::Array types;
  for (int64_t layer = 0; layer < 54; ++layer) types.emplace_back(Zamba2Pattern(layer, 0));
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

void FillQwen4Exp(LoadingState* state) {
  const JsonValue interval = state->TakeKwarg("full_attention_interval", JsonValue(4));
  if (LacksLayerTypes(*state)) {
    const int64_t group = interval.is_int() && interval.as_int() != 0 ? interval.as_int() : 4;
    return SetLayerTypes(state, LastOfGroupIndexedElseLinear, group);
  }
  JsonValue types = *state->Attribute("layer_types");
  for (JsonValue& type : types.as_array()) {
    if (!type.is_string() || type.as_string() != kFullAttention) continue;
    const int64_t offset = type.offset();
    type = JsonValue(kIndexedAttention);
    type.set_offset(offset);
  }
  state->SetAttribute("layer_types", std::move(types));
}

void FinishMiniMaxM3(LoadingState* state) {
  if (!state->AttributeOrNull("layer_types").is_null()) return;
  const JsonValue* sparse = state->document().Find("sparse_attention_config");
  const JsonValue* frequency = sparse != nullptr ? sparse->Find("sparse_attention_freq") : nullptr;
  if (frequency != nullptr && frequency->is_array()) {
    return state->SetAttribute("layer_types", ByTruth(*frequency, kSparse, kFullAttention));
  }
  SetLayerTypes(state, AlwaysFull, 0);
}

}  // namespace rope

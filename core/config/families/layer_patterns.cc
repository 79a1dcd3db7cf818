#include "core/config/families/layer_patterns.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/load/layer_type_names.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

using absl::string_view;

string_view AlwaysIndexed(int64_t, int64_t) { return kIndexedAttention; }
string_view SlidingFrom(int64_t layer, int64_t first) {
  return layer >= first ? kSlidingAttention : kFullAttention;
}
string_view SixthAndLastFull(int64_t layer, int64_t layers) {
  return (layer + 1) % 6 == 0 || layer == layers - 1 ? kFullAttention : kSlidingAttention;
}
string_view FirstOfGroupFull(int64_t layer, int64_t group) {
  return layer % group != 0 ? kSlidingAttention : kFullAttention;
}
string_view FirstAndLastOfGroupFull(int64_t layer, int64_t group) {
  return layer == 0 || (layer + 1) % group == 0 ? kFullAttention : kSlidingAttention;
}
string_view FullAndLinearInTurn(int64_t layer, int64_t) {
  return layer % 2 == 0 ? kFullAttention : kLinearAttention;
}
string_view EverySecondSlidingBelow(int64_t layer, int64_t end) {
  return layer % 2 == 0 && layer < end ? kSlidingAttention : kFullAttention;
}

// Fills layer_types if the document has none. The pattern's number is the member `member` of the
// document. A number of 0 is an error finding, because transformers divides by it.
void FillByMember(LoadingState* state, LayerPattern pattern, string_view member,
                  int64_t default_number) {
  if (!LacksLayerTypes(*state)) return;
  const int64_t number = state->IntField(member, default_number);
  if (number != 0) return SetLayerTypes(state, pattern, number);
  state->findings().AddPath(FindingId::kOutOfRange, std::string(member), -1,
                            absl::StrCat(member, " must not be 0"), "integer modulo by zero");
}

enum class Null { kAllowed, kNotAllowed };

// Whether the document asks for a sliding window with use_sliding_window. `null` says whether the
// class allows null there; null means no.
bool WindowRequested(LoadingState* state, Null null) {
  const JsonValue* value = state->Kwarg("use_sliding_window");
  if (value == nullptr) return false;
  if (value->is_bool()) return value->as_bool();
  if (!value->is_null() || null == Null::kNotAllowed) {
    state->findings().Add(
        FindingId::kFieldType, *value, "use_sliding_window",
        absl::StrCat("use_sliding_window must be true or false, not ", PythonTypeName(*value)));
  }
  return false;
}

// Whether the document gives sliding_window as null. A document without it gets the class's
// default, which is a number.
bool WindowIsNull(const LoadingState& state) {
  const JsonValue* window = state.Kwarg("sliding_window");
  return window != nullptr && window->is_null();
}

void FillSlidingFrom(LoadingState* state, int64_t default_first, Null null) {
  if (!LacksLayerTypes(*state)) return;
  if (WindowRequested(state, null) && !WindowIsNull(*state)) {
    SetLayerTypes(state, SlidingFrom, state->IntField("max_window_layers", default_first));
  } else {
    SetLayerTypes(state, AlwaysFull, 0);
  }
}

// What a class does with an empty list no_rope_layers.
enum class EmptyList { kMeansAbsent, kIsTaken };

// The list no_rope_layers of the document, or null if every layer follows the interval.
JsonValue TakeRopeList(LoadingState* state, EmptyList empty) {
  JsonValue list = state->TakeKwarg("no_rope_layers", JsonValue());
  if (list.is_array()) {
    const bool absent = list.as_array().empty() && empty == EmptyList::kMeansAbsent;
    return absent ? JsonValue() : list;
  }
  if (!list.is_null()) {
    state->findings().Add(FindingId::kFieldType, list, "no_rope_layers",
                          absl::StrCat("no_rope_layers must be a list of integers or null, not ",
                                       PythonTypeName(list)));
  }
  return JsonValue();
}

// Completes the attribute no_rope_layers: one entry per layer, of which a true one, despite the
// name, stands for a layer with a rotary embedding. A list that is too short is an error finding.
void SetRopeList(LoadingState* state, EmptyList empty) {
  JsonValue list = TakeRopeList(state, empty);
  const int64_t interval = state->IntField("no_rope_layer_interval", 4);
  const int64_t layers =
      std::min(state->IntAttribute("num_hidden_layers").value_or(0), kMaxHiddenLayers);
  // Llama 4 divides by the interval even if it does not need it.
  if (interval == 0 && (list.is_null() || empty == EmptyList::kMeansAbsent)) {
    state->findings().AddPath(FindingId::kOutOfRange, "no_rope_layer_interval", -1,
                              "no_rope_layer_interval must not be 0", "integer modulo by zero");
  } else if (list.is_null()) {
    JsonValue::Array entries;
    for (int64_t i = 0; i < layers; ++i) entries.emplace_back((i + 1) % interval != 0);
    list = JsonValue(std::move(entries));
  } else if (static_cast<int64_t>(list.as_array().size()) < layers) {
    state->findings().Add(FindingId::kListLength, list, "no_rope_layers",
                          absl::StrCat("no_rope_layers must have an entry for each of the ", layers,
                                       " layers, not ", list.as_array().size(), " entries"),
                          "list index out of range");
  }
  state->SetAttribute("no_rope_layers", std::move(list));
}

// Gives the first `count` layers the type that fits their entry of no_rope_layers.
void SetTypesByRope(LoadingState* state, int64_t count, string_view with_rope,
                    string_view without_rope) {
  const JsonValue* list = state->Attribute("no_rope_layers");
  if (!LacksLayerTypes(*state) || !list->is_array()) return;
  const JsonValue::Array& entries = list->as_array();
  JsonValue::Array types;
  for (size_t i = 0; i < entries.size() && static_cast<int64_t>(i) < count; ++i) {
    types.emplace_back(IsTruthy(entries[i]) ? with_rope : without_rope);
  }
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

}  // namespace

string_view AlwaysFull(int64_t, int64_t) { return kFullAttention; }
string_view AlwaysSliding(int64_t, int64_t) { return kSlidingAttention; }
string_view LastOfGroupFull(int64_t layer, int64_t group) {
  return (layer + 1) % group != 0 ? kSlidingAttention : kFullAttention;
}
string_view LastOfGroupFullElseLinear(int64_t layer, int64_t group) {
  return (layer + 1) % group != 0 ? kLinearAttention : kFullAttention;
}

bool LacksLayerTypes(const LoadingState& state) {
  return state.Attribute("layer_types")->is_null();
}

void SetLayerTypes(LoadingState* state, LayerPattern pattern, int64_t number) {
  const int64_t count = state->IntAttribute("num_hidden_layers").value_or(0);
  if (count > kMaxHiddenLayers) {
    state->findings().Add(
        FindingId::kOutOfRange, *state->Attribute("num_hidden_layers"), "num_hidden_layers",
        absl::StrCat("num_hidden_layers must be at most ", kMaxHiddenLayers, ", not ", count));
    return;
  }
  JsonValue::Array types;
  for (int64_t layer = 0; layer < count; ++layer) types.emplace_back(pattern(layer, number));
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

void FillLayerTypes(LoadingState* state, LayerPattern pattern, int64_t number) {
  if (LacksLayerTypes(*state)) SetLayerTypes(state, pattern, number);
}

void LeaveLayerTypesNull(LoadingState*) {}

void FillAllFull(LoadingState* state) { FillLayerTypes(state, AlwaysFull, 0); }

void FillAllIndexed(LoadingState* state) { FillLayerTypes(state, AlwaysIndexed, 0); }

void FillMinistral(LoadingState* state) {
  FillLayerTypes(state, WindowIsNull(*state) ? AlwaysFull : AlwaysSliding, 0);
}

void FillEverySecondFull(LoadingState* state) { FillLayerTypes(state, LastOfGroupFull, 2); }

void FillEveryFourthFull(LoadingState* state) { FillLayerTypes(state, LastOfGroupFull, 4); }

void FillEveryFifthFull(LoadingState* state) { FillLayerTypes(state, LastOfGroupFull, 5); }

void FillEverySixthFull(LoadingState* state) { FillLayerTypes(state, LastOfGroupFull, 6); }

void FillNeoMme(LoadingState* state) {
  FillLayerTypes(state, SixthAndLastFull, state->IntAttribute("num_hidden_layers").value_or(0));
}

void FillCwm(LoadingState* state) { FillLayerTypes(state, FirstOfGroupFull, 4); }

void FillMimoV2Flash(LoadingState* state) { FillLayerTypes(state, FirstAndLastOfGroupFull, 6); }

void FillGemma3(LoadingState* state) {
  FillByMember(state, LastOfGroupFull, "sliding_window_pattern", 6);
}

void FillCohere2(LoadingState* state) {
  FillByMember(state, LastOfGroupFull, "sliding_window_pattern", 4);
}

void FillExaone4(LoadingState* state) {
  if (LacksLayerTypes(*state) && WindowIsNull(*state)) {
    state->TakeKwarg("sliding_window_pattern", JsonValue());
    state->SetDefaultKwarg("sliding_window_pattern", JsonValue(0));
  }
  FillByMember(state, LastOfGroupFull, "sliding_window_pattern", 4);
}

void FillAfmoe(LoadingState* state) {
  FillByMember(state, LastOfGroupFull, "global_attn_every_n_layers", 4);
}

void FillModernBert(LoadingState* state) {
  FillByMember(state, FirstOfGroupFull, "global_attn_every_n_layers", 3);
}

void FillSlidingFrom28(LoadingState* state) { FillSlidingFrom(state, 28, Null::kNotAllowed); }

void FillSlidingFrom80(LoadingState* state) { FillSlidingFrom(state, 80, Null::kNotAllowed); }

void FillQwen2Vl(LoadingState* state) { FillSlidingFrom(state, 80, Null::kAllowed); }

void FillQwen2Moe(LoadingState* state) {
  if (!LacksLayerTypes(*state)) return;
  const int64_t end = state->IntField("max_window_layers", 28);
  const bool windowed = WindowRequested(state, Null::kNotAllowed);
  SetLayerTypes(state, windowed ? EverySecondSlidingBelow : AlwaysFull, end);
}

void FillMiniMax(LoadingState* state) { FillLayerTypes(state, FullAndLinearInTurn, 0); }

void FillQwen3Next(LoadingState* state) {
  FillByMember(state, LastOfGroupFullElseLinear, "full_attention_interval", 4);
}

void FillSmolLm3(LoadingState* state) {
  SetRopeList(state, EmptyList::kIsTaken);
  // SmolLM3's default of sliding_window is null, so the document must give a number.
  const JsonValue* window = state->Kwarg("sliding_window");
  const bool requested = WindowRequested(state, Null::kNotAllowed);
  const bool windowed = requested && window != nullptr && !window->is_null();
  SetTypesByRope(state, state->IntAttribute("num_hidden_layers").value_or(0), kFullAttention,
                 windowed ? kSlidingAttention : kFullAttention);
}

void FillMistralLarge4(LoadingState* state) {
  SetRopeList(state, EmptyList::kIsTaken);
  FillAllIndexed(state);
}

void FillLlama4(LoadingState* state) {
  SetRopeList(state, EmptyList::kMeansAbsent);
  const JsonValue* chunk = state->Kwarg("attention_chunk_size");
  const bool chunked = chunk == nullptr || !chunk->is_null();
  // One type for each entry, even if there are more entries than layers: that is an error then.
  SetTypesByRope(state, kMaxHiddenLayers, chunked ? kChunkedAttention : kFullAttention,
                 kFullAttention);
}

}  // namespace rope

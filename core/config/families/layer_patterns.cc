#include "core/config/families/layer_patterns.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/rotated_layers.h"
#include "core/config/load/layer_type_names.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

using absl::string_view;

string_view AlwaysFull(int64_t, int64_t) { return kFullAttention; }
string_view AlwaysSliding(int64_t, int64_t) { return kSlidingAttention; }
string_view AlwaysIndexed(int64_t, int64_t) { return kIndexedAttention; }
string_view SlidingFrom(int64_t layer, int64_t first) {
  return layer >= first ? kSlidingAttention : kFullAttention;
}
string_view LastOfGroupFull(int64_t layer, int64_t group) {
  return (layer + 1) % group != 0 ? kSlidingAttention : kFullAttention;
}
string_view FirstOfGroupFull(int64_t layer, int64_t group) {
  return layer % group != 0 ? kSlidingAttention : kFullAttention;
}
string_view FirstAndLastOfGroupFull(int64_t layer, int64_t group) {
  return layer == 0 || (layer + 1) % group == 0 ? kFullAttention : kSlidingAttention;
}
string_view LastOfGroupFullElseLinear(int64_t layer, int64_t group) {
  return (layer + 1) % group != 0 ? kLinearAttention : kFullAttention;
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

void SetByRope(LoadingState* state, string_view with_rope, string_view without_rope) {
  JsonValue::Array types;
  const int64_t interval = state->IntField("no_rope_layer_interval", 4);
  const int64_t layers = state->IntAttribute("num_hidden_layers").value_or(0);
  for (const bool rope : LayersWithRope(state->Kwarg("no_rope_layers"), interval, layers)) {
    types.emplace_back(rope ? with_rope : without_rope);
  }
  state->SetAttribute("layer_types", JsonValue(std::move(types)));
}

}  // namespace

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
  if (!LacksLayerTypes(*state)) return;
  // SmolLM3's default of sliding_window is null, so the document must give a number.
  const JsonValue* window = state->Kwarg("sliding_window");
  const bool requested = WindowRequested(state, Null::kNotAllowed);
  const bool windowed = requested && window != nullptr && !window->is_null();
  SetByRope(state, kFullAttention, windowed ? kSlidingAttention : kFullAttention);
}

void FillLlama4(LoadingState* state) {
  if (LacksLayerTypes(*state)) SetByRope(state, kChunkedAttention, kFullAttention);
}

}  // namespace rope

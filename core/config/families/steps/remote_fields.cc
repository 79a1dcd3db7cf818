#include "core/config/families/steps/remote_fields.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

constexpr double kDefaultBase = 10000.0;

// Makes the member `written` of the document the attribute `name`, if the document has it.
void Rename(LoadingState* state, absl::string_view written, absl::string_view name) {
  if (state->Kwarg(written) == nullptr || state->Attribute(name) != nullptr) return;
  state->SetAttribute(name, state->TakeKwarg(written, JsonValue()));
}

// The fields that have no row in the family's shape, under the names that most models use.
void KeepShape(LoadingState* state) {
  for (const char* name : {"hidden_size", "num_attention_heads", "max_position_embeddings",
                           "num_hidden_layers", "head_dim"}) {
    Rename(state, name, name);
  }
}

// The layers that an array of the document marks; `marks` looks at one element.
template <typename Marks>
void MarkByList(const JsonValue* list, std::vector<bool>* rotated, const Marks& marks) {
  if (list == nullptr || !list->is_array()) return;
  const JsonValue::Array& entries = list->as_array();
  for (size_t i = 0; i < std::min(entries.size(), rotated->size()); ++i) {
    (*rotated)[i] = marks(entries[i]);
  }
}

bool IsOn(const JsonValue& object, absl::string_view key) {
  const JsonValue* value = object.Find(key);
  return value != nullptr && IsTruthy(*value);
}

}  // namespace

void PrepareChatGlm(LoadingState* state) {
  KeepShape(state);
  Rename(state, "kv_channels", "head_dim");
  Rename(state, "seq_length", "max_position_embeddings");
  Rename(state, "num_layers", "num_hidden_layers");
  if (IsTruthy(state->TakeKwarg("position_encoding_2d", JsonValue()))) {
    state->findings().Add(
        FindingId::kTypeNotComputed, *state->document().Find("position_encoding_2d"),
        "position_encoding_2d",
        "is on (ChatGLM-6B): its positions have two axes, which this service does "
        "not compute");
  }
  const JsonValue ratio = state->TakeKwarg("rope_ratio", JsonValue(1.0));
  const std::optional<double> number = PythonNumber(ratio);
  if (!number.has_value()) {
    state->findings().Add(FindingId::kWrongKind, ratio, "rope_ratio",
                          absl::StrCat("rope_ratio must be a number, not ", PythonTypeName(ratio)));
  }
  JsonValue theta(kDefaultBase * number.value_or(1.0));
  theta.set_offset(ratio.offset());
  state->SetDefaultKwarg("rope_theta", std::move(theta));
  state->SetDefaultKwarg("partial_rotary_factor", JsonValue(0.5));
}

void PrepareQwen1(LoadingState* state) {
  KeepShape(state);
  Rename(state, "kv_channels", "head_dim");
  Rename(state, "seq_length", "max_position_embeddings");
  const JsonValue base = state->TakeKwarg("rotary_emb_base", JsonValue());
  if (!base.is_null()) state->SetDefaultKwarg("rope_theta", base);
  const JsonValue share = state->TakeKwarg("rotary_pct", JsonValue());
  if (!share.is_null()) state->SetDefaultKwarg("partial_rotary_factor", share);
}

void CheckQwen1(LoadingState* state) {
  const JsonValue* ntk = state->Attribute("use_dynamic_ntk");
  if (ntk == nullptr || !IsTruthy(*ntk)) return;
  state->findings().Add(FindingId::kScalingDropped, *ntk, "use_dynamic_ntk",
                        "is on: beyond seq_length the model stretches its base by steps, which "
                        "this service does not; the frequencies are those up to seq_length");
}

void MarkBaichuan(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                  std::vector<bool>* rotated) {
  if (state.IntAttribute("hidden_size") != 4096) rotated->assign(rotated->size(), false);
}

void MarkBlocksWithAttention(const LoadingState& state,
                             const std::vector<std::string>& /*layer_types*/,
                             std::vector<bool>* rotated) {
  MarkByList(state.Attribute("block_configs"), rotated, [](const JsonValue& block) {
    const JsonValue* attention = block.Find("attention");
    return attention == nullptr ||
           (!IsOn(*attention, "no_op") && !IsOn(*attention, "replace_with_linear"));
  });
}

void MarkSoftmaxAttention(const LoadingState& state,
                          const std::vector<std::string>& /*layer_types*/,
                          std::vector<bool>* rotated) {
  MarkByList(state.Attribute("attn_type_list"), rotated,
             [](const JsonValue& type) { return PythonNumber(type) == 1.0; });
}

}  // namespace rope

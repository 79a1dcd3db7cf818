#include "core/config/judge/model_shape.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/config/load/per_layer_config.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

constexpr int64_t kMaxPositions = int64_t{1} << 53;  // exact as a double

// Reports, once per document, that a field is missing although the answer depends on it. `value` is
// the default that is used instead. Does nothing if the document has the field.
void ReportIfDefault(LoadingState* state, absl::string_view name, int64_t value) {
  const std::string path(state->DeclaredName(name));
  if (state->findings().HasErrorAt(path)) return;
  if (state->InDocument(name) || !state->ReportOnce(name)) return;
  if (state->family().model_type.empty()) {
    const std::string model_type = StringMember(state->document(), "model_type");
    state->findings().AddPath(
        FindingId::kMissingShape, path, -1,
        model_type.empty()
            ? absl::StrCat(name,
                           " must be given, because there is no model_type to take a "
                           "default from")
            : absl::StrCat(name, " must be given, because the defaults of model_type \"",
                           model_type, "\" are not known"));
  } else {
    state->findings().AddPath(
        FindingId::kShapeDefault, path, -1,
        absl::StrCat(path, " is not given; ", value, " is used, the default of model_type \"",
                     state->family().model_type, "\""));
  }
}

// The head_dim that per_layer_config gives to the layers of a type; null if it gives none. It is an
// error if two layers of the type get different ones.
const JsonValue* LayerHeadDim(LoadingState* state, const std::string& layer_type) {
  const auto& by_layer_type = state->HeadDimsOfLayers().by_layer_type;
  const auto found = by_layer_type.find(layer_type);
  if (found == by_layer_type.end()) return nullptr;
  if (!found->second.differ) return found->second.value;
  state->findings().Add(FindingId::kHeadDim, *state->Attribute("per_layer_config"),
                        "per_layer_config",
                        absl::StrCat("gives layers of type ", layer_type,
                                     " different head_dims; they must all have the same"));
  return nullptr;
}

// hidden_size / num_attention_heads. Reports each of the two that is a default.
std::optional<int64_t> Derived(LoadingState* state) {
  const std::optional<int64_t> head_dim = state->DerivedHeadDim();
  if (!head_dim.has_value()) return std::nullopt;
  for (const char* name : {"hidden_size", "num_attention_heads"}) {
    ReportIfDefault(state, name, state->IntAttribute(name).value_or(0));
  }
  return head_dim;
}

// Reports head_dim as a default if `value` is the default of the class: that of its field head_dim,
// or of the field that head_dim is taken from.
void ReportIfHeadDimDefault(LoadingState* state, int64_t value) {
  const HeadDimRule& rule = state->family().head_dim;
  if (!rule.default_value.has_value() || value != *rule.default_value) return;
  const bool rope_part = rule.source == HeadDimRule::Source::kRopeHeadDim;
  const std::string name = rope_part ? "qk_rope_head_dim" : "head_dim";
  if (state->InDocument(name) || !state->ReportOnce(name)) return;
  state->findings().AddPath(
      FindingId::kHeadDimDefault, name, -1,
      absl::StrCat(name, " is not given; ", value, " is used, the default of model_type \"",
                   state->family().model_type, "\""));
}

// head_dim is 0. Without the 0, a class with a default takes that instead, so the fix writes the
// number.
void ReportZero(LoadingState* state, const JsonValue& zero) {
  FindingSink& findings = state->findings();
  findings.Add(FindingId::kHeadDimZero, zero, "head_dim",
               "head_dim is 0, which counts as absent: hidden_size / num_attention_heads is used");
  const std::optional<int64_t> derived = state->DerivedHeadDim();
  const bool has_default = state->family().head_dim.default_value.has_value();
  if (has_default && !derived.has_value()) return;
  findings.FixByValue(zero, has_default ? JsonValue(*derived) : JsonValue());
}

// head_dim as the formulas of transformers find it: per_layer_config, then the attribute, then the
// derived value, which some types do not use (RopeType::head_dim_as_is). Absent, with a finding, if
// that gives no integer.
std::optional<int64_t> FindHeadDim(LoadingState* state, const std::string& layer_type,
                                   const RopeType& type) {
  FindingSink& findings = state->findings();
  static const auto* const kNull = new JsonValue();
  const JsonValue* of_layers = LayerHeadDim(state, layer_type);
  const JsonValue* attribute = state->Attribute("head_dim");
  if (of_layers == nullptr || of_layers->is_null()) of_layers = attribute;
  const JsonValue& own = of_layers != nullptr ? *of_layers : *kNull;
  const bool given = own.offset() >= 0 || state->family().head_dim.default_value.has_value();
  if (own.is_int() && own.as_int() != 0) {
    // It was derived while loading, so it depends on the same two fields.
    if (!given && state->family().head_dim.makes_attribute()) {
      return Derived(state);
    }
    if (own.offset() < 0) ReportIfHeadDimDefault(state, own.as_int());
    return own.as_int();
  }
  if (!own.is_null() && !own.is_int()) {
    findings.Add(FindingId::kWrongKind, own, "head_dim",
                 absl::StrCat("head_dim must be an integer, not ", PythonTypeName(own)));
    return std::nullopt;
  }
  const bool absent = attribute == nullptr && own.is_null();
  if (type.head_dim_as_is && !absent) {
    findings.Add(FindingId::kHeadDim, own, "head_dim",
                 absl::StrCat("head_dim must be an integer >= 1 for this family and rope_type ",
                              type.name, ", not ", PythonRepr(own)));
    return std::nullopt;
  }
  if (own.is_int()) ReportZero(state, own);
  return Derived(state);
}

// Whether partial_rotary_factor has an effect.
bool ReadsPartialRotaryFactor(const LoadingState& state, const RopeType& type) {
  return type.is_scaled || state.family().partial_in_default;
}

// int(head_dim * factor) as Python computes it: in double, rounded towards zero.
int64_t Share(int64_t head_dim, double factor) {
  return static_cast<int64_t>(static_cast<double>(head_dim) * factor);
}

// transformers does not load a model whose odd head_dim is fully rotated. It makes two exceptions:
// a head_dim of at most 4, and a model with a per_layer_config.
void CheckOddHeadDim(const ParameterSetReader& reader, const std::string& layer_type) {
  LoadingState& state = reader.state();
  const JsonValue* per_layer = state.Attribute("per_layer_config");
  const std::optional<int64_t> head_dim = state.IntAttribute("head_dim");
  const bool heterogeneous = per_layer != nullptr && !per_layer->is_null();
  if (heterogeneous || !head_dim.has_value() || *head_dim <= 4 || *head_dim % 2 == 0) return;
  const JsonValue* partial = reader.Find("partial_rotary_factor");
  const double factor = partial != nullptr ? PythonNumber(*partial).value_or(1.0) : 1.0;
  if (factor >= 0.0 && factor < 1.0 && Share(*head_dim, factor) != *head_dim) return;
  state.findings().Add(
      FindingId::kOddHeadDim, *state.Attribute("head_dim"), "head_dim",
      absl::StrCat("head_dim must be even if the whole head is rotated, not ", *head_dim),
      absl::StrCat(
          "RoPE requires an even rotary dimension, but got `head_dim`=", *head_dim,
          " with `partial_rotary_factor`=", partial != nullptr ? PythonStr(*partial) : "1.0",
          " for `", layer_type.empty() ? "full_attention" : layer_type, "`."));
}

// The number of channels that are rotated. 0, with a finding, if partial_rotary_factor is no number
// in (0, 1] or leaves no channel.
int64_t CheckPartialRotaryFactor(const ParameterSetReader& reader, const std::string& layer_type,
                                 const RopeType& type, RopeConfig* out) {
  const JsonValue* partial = reader.Find("partial_rotary_factor");
  if (partial == nullptr) return out->head_dim;
  if (!ReadsPartialRotaryFactor(reader.state(), type)) {
    if (partial->is_null() || PythonNumber(*partial) == 1.0) return out->head_dim;
    reader.Report(
        FindingId::kPartialIgnored, "partial_rotary_factor",
        absl::StrCat("is ", PythonRepr(*partial), ", but rope_type default of model_type \"",
                     reader.state().family().model_type, "\" rotates all ", out->head_dim,
                     " channels",
                     layer_type.empty() ? "" : absl::StrCat(" in layers of type ", layer_type)));
    return out->head_dim;
  }
  const std::optional<double> factor =
      reader.Number("partial_rotary_factor", kShareRange, Null::kIsWrong);
  if (!factor.has_value()) return 0;
  out->partial_rotary_factor = *factor;
  if (type.rotary_dim_is_head_dim) return out->head_dim;
  const int64_t rotary_dim = Share(out->head_dim, *factor);
  if (rotary_dim >= 1) return rotary_dim;
  reader.Report(FindingId::kHeadDim, "partial_rotary_factor",
                absl::StrCat("leaves int(", out->head_dim, " * ", PythonRepr(*partial),
                             ") = 0 channels to rotate; at least 1 is needed"));
  return 0;
}

}  // namespace

void CheckModelShape(LoadingState* state) {
  for (const char* name : {"hidden_size", "num_attention_heads", "max_position_embeddings"}) {
    const JsonValue* value = state->Attribute(name);
    if (value == nullptr || value->is_null()) continue;
    if (value->is_int() && value->as_int() >= 1 && value->as_int() <= kMaxPositions) continue;
    if (state->findings().HasErrorAt(state->findings().PathOf(*value, name))) continue;
    state->findings().Add(
        FindingId::kOutOfRange, *value, name,
        absl::StrCat(name, " must be an integer >= 1 (at most 2^53), not ", PythonRepr(*value)));
  }
  CheckPerLayerConfig(state);
  if (!state->family().heads_divide_hidden) return;
  const std::optional<int64_t> hidden = state->IntAttribute("hidden_size");
  const std::optional<int64_t> heads = state->IntAttribute("num_attention_heads");
  if (!hidden.has_value() || heads.value_or(0) < 1 || *hidden % *heads == 0) return;
  state->findings().Add(
      FindingId::kHeads, *state->Attribute("hidden_size"), "hidden_size",
      absl::StrCat("hidden_size (", *hidden, ") must be a multiple of num_attention_heads (",
                   *heads, ")"),
      state->family().model_type == "gpt_neox"
          ? "The hidden size is not divisible by the number of attention heads! Make sure to "
            "update them!"
          : absl::StrCat("The hidden size (", *hidden,
                         ") is not a multiple of the number of attention heads (", *heads, ")."));
}

std::optional<int64_t> KnownMaxPositions(const LoadingState& state) {
  if (state.family().model_type.empty() && !state.InDocument("max_position_embeddings")) {
    return std::nullopt;
  }
  return state.IntAttribute("max_position_embeddings");
}

std::optional<int64_t> RequireMaxPositions(LoadingState* state, const std::string& path) {
  const std::optional<int64_t> attribute = state->IntAttribute("max_position_embeddings");
  if (attribute.has_value()) {
    ReportIfDefault(state, "max_position_embeddings", *attribute);
  } else if (state->ReportOnce("max_position_embeddings")) {
    state->findings().AddPath(FindingId::kMissingShape, "max_position_embeddings", -1,
                              absl::StrCat("max_position_embeddings must be given as an integer: "
                                           "the frequencies of ",
                                           path, " depend on it"));
  }
  return KnownMaxPositions(*state);
}

void CheckSameHeadDims(LoadingState* state, const std::string& path) {
  if (!state->HeadDimsOfLayers().differ_from_model) return;
  state->findings().AddPath(FindingId::kTypeNotInFamily, absl::StrCat(path, ".rope_type"), -1,
                            "longrope is not possible here: the layers of this model have "
                            "different head_dims");
}

void CheckHeadDim(const ParameterSetReader& reader, const std::string& layer_type,
                  const RopeType& type, RopeConfig* out) {
  LoadingState& state = reader.state();
  const std::optional<int64_t> head_dim = FindHeadDim(&state, layer_type, type);
  if (!head_dim.has_value()) return;
  if (*head_dim < 1 || *head_dim > kMaxHeadDim) {
    const JsonValue* value = state.Attribute("head_dim");
    state.findings().Add(
        FindingId::kHeadDim, value != nullptr ? *value : JsonValue(), "head_dim",
        absl::StrCat("head_dim must be between 1 and ", kMaxHeadDim, ", not ", *head_dim));
    return;
  }
  out->head_dim = *head_dim;
  out->rotary_dim = CheckPartialRotaryFactor(reader, layer_type, type, out);
  CheckOddHeadDim(reader, layer_type);
  if (out->rotary_dim % 2 == 0 || type.rotary_dim_is_head_dim) return;
  reader.Report(
      FindingId::kOddRotaryDim, "partial_rotary_factor",
      absl::StrCat("makes rotary_dim ", out->rotary_dim, ", an odd number: there are ",
                   (out->rotary_dim + 1) / 2, " frequencies for ", out->rotary_dim, " channels"));
}

}  // namespace rope

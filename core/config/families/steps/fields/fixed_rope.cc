#include "core/config/families/steps/fields/fixed_rope.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

// Whether transformers standardizes that parameter set although the class has no rope_parameters:
// it does so with a rope_scaling that stands beside a rope_theta, unless rope_theta is a field of
// the class, as it is in ESM.
bool IsStandardized(const LoadingState& state, absl::string_view name) {
  const JsonValue* theta = state.Kwarg("rope_theta");
  return name == "rope_scaling" && theta != nullptr && IsTruthy(*theta);
}

// Whether loading then computes with max_position_embeddings.
bool NeedsMaxPositions(const RopeType& type, bool standardized) {
  return type.needs_original_length && (standardized || type.name != "longrope");
}

// transformers checks a parameter set that the class does not read, too.
void CheckUnreadSet(LoadingState* state, const JsonValue& set, absl::string_view name) {
  std::string type_name = StringMember(set, "rope_type");
  if (type_name.empty()) type_name = StringMember(set, "type");
  const RopeType* type = FindRopeType(type_name);
  if (type == nullptr) return;
  const bool standardized = IsStandardized(*state, name);
  const std::string advice = absl::StrCat("rope_type \"", type_name, "\"; remove ", name,
                                          " instead, because this family does not use it");
  for (const absl::string_view key : type->required_keys) {
    const bool filled_in = key == "rope_theta" || key == "original_max_position_embeddings";
    if (set.Find(key) != nullptr || key == "rope_type" || (standardized && filled_in)) continue;
    state->findings().AddMember(FindingId::kMissingKey, set, name, key,
                                absl::StrCat("is required by ", advice));
  }
  const absl::string_view maximum = "max_position_embeddings";
  if (!NeedsMaxPositions(*type, standardized) || state->Attribute(maximum) != nullptr ||
      (!standardized && state->InDocument(maximum))) {
    return;
  }
  state->findings().AddPath(FindingId::kMissingShape, std::string(maximum), -1,
                            absl::StrCat("max_position_embeddings is required by ", advice));
}

void ReportUnread(LoadingState* state, const JsonValue& given, absl::string_view name) {
  if (given.is_null()) return;
  state->findings().Add(FindingId::kParametersIgnored, given, name,
                        absl::StrCat("is not used: model_type \"", state->family().model_type,
                                     "\" has a rotary embedding that nothing scales"));
}

// rope_parameters of rope type default with that base.
void SetDefaultType(LoadingState* state, JsonValue theta) {
  const JsonValue parameters = std::move(state->rope_parameters);
  const JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  ReportUnread(state, parameters, "rope_parameters");
  ReportUnread(state, scaling, "rope_scaling");
  // Of two, one replaces the other before it is checked.
  if (scaling.is_null()) CheckUnreadSet(state, parameters, "rope_parameters");
  if (parameters.is_null()) CheckUnreadSet(state, scaling, "rope_scaling");
  state->rope_parameters = EmptyObject();
  state->rope_parameters.Set("rope_type", JsonValue("default"));
  state->rope_parameters.Set("rope_theta", std::move(theta));
}

// The width of a head, which the attention computes itself: a head_dim of the document is not read.
std::optional<int64_t> SetDerivedHeadDim(LoadingState* state) {
  const std::optional<int64_t> head_dim = state->DerivedHeadDim();
  if (head_dim.has_value()) state->SetAttribute("head_dim", JsonValue(*head_dim));
  return head_dim;
}

// The share of head_dim that gives exactly `channels` channels. channels / head_dim may be rounded
// down to a share that gives one channel less.
double ShareOf(int64_t channels, int64_t head_dim) {
  double share = static_cast<double>(channels) / static_cast<double>(head_dim);
  const double width = static_cast<double>(head_dim);
  if (static_cast<int64_t>(width * share) < channels) share = std::nextafter(share, 2.0);
  return share;
}

// Lets the first `channels` channels of a head rotate. `given` is the member that says how many.
void SetChannels(LoadingState* state, int64_t channels, const JsonValue& given,
                 absl::string_view name) {
  const std::optional<int64_t> head_dim = SetDerivedHeadDim(state);
  if (head_dim.value_or(0) < 1) return;  // the derivation reports it
  if (channels < 1 || channels > *head_dim) {
    state->findings().Add(FindingId::kHeadDim, given, name,
                          absl::StrCat(channels, " channels cannot rotate: a head has ", *head_dim,
                                       ", and at least one must"));
    return;
  }
  JsonValue share(ShareOf(channels, *head_dim));
  share.set_offset(given.offset());
  state->rope_parameters.Set("partial_rotary_factor", std::move(share));
}

}  // namespace

void ConvertFixed(LoadingState* state) {
  SetDefaultType(state, JsonValue(state->family().default_theta));
}

void ConvertThetaField(LoadingState* state) {
  SetDefaultType(state, state->TakeKwarg("rope_theta", JsonValue(state->family().default_theta)));
}

void FinishGptJ(LoadingState* state) {
  const JsonValue* attribute = state->Attribute("rotary_dim");
  const JsonValue given = attribute != nullptr ? *attribute : JsonValue(64);
  if (given.is_int() && given.as_int() != 0) {
    return SetChannels(state, given.as_int(), given, "rotary_dim");
  }
  // transformers makes a table as wide as the hidden size then, and cannot apply it to a head.
  state->findings().Add(
      FindingId::kHeadDim, given, "rotary_dim",
      absl::StrCat("rotary_dim must be an integer >= 1, not ", PythonRepr(given)));
}

void FinishClvp(LoadingState* state) {
  const JsonValue given = state->AttributeOrNull("projection_dim");
  if (!given.is_null() && !given.is_int()) {
    state->findings().Add(
        FindingId::kFieldType, given, "projection_dim",
        absl::StrCat("projection_dim must be an integer, not ", PythonTypeName(given)));
    return;
  }
  const int64_t projection = given.is_int() ? given.as_int() : 768;
  const int64_t heads = state->IntAttribute("num_attention_heads").value_or(0);
  if (heads < 1) return;  // the derivation of head_dim reports it
  SetChannels(state, std::max<int64_t>(projection / heads / 2, 32), given, "projection_dim");
}

void ConvertEsm(LoadingState* state) {
  const JsonValue theta = state->TakeKwarg("rope_theta", JsonValue(state->family().default_theta));
  if (theta.is_int()) {
    state->findings().Add(
        FindingId::kFieldType, theta, "rope_theta",
        absl::StrCat("rope_theta must be a float in this family: ", PythonRepr(theta), ".0, not ",
                     PythonRepr(theta)),
        absl::StrCat("Field 'rope_theta' expected float, got int (value: ", PythonRepr(theta),
                     ")"));
    state->findings().FixByValue(theta, JsonValue(static_cast<double>(theta.as_int())));
  }
  SetDefaultType(state, theta);
}

void ConvertConformer(LoadingState* state) {
  SetDefaultType(state, state->TakeKwarg("rotary_embedding_base", JsonValue(10000)));
}

void FinishConformer(LoadingState* state) { SetDerivedHeadDim(state); }

void FinishSeamless(LoadingState* state) {
  for (const absl::string_view name : {"num_attention_heads", "num_hidden_layers"}) {
    const absl::string_view own =
        name == "num_attention_heads" ? "speech_encoder_attention_heads" : "speech_encoder_layers";
    const JsonValue* given = state->Attribute(own);
    state->SetAttribute(
        name, given != nullptr ? *given : JsonValue(own == "speech_encoder_layers" ? 24 : 16));
  }
  state->SetAttribute("layer_types", JsonValue());  // that of another part, if there is one
  SetDerivedHeadDim(state);
}

}  // namespace rope

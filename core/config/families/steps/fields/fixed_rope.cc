#include "core/config/families/steps/fields/fixed_rope.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

bool IsGiven(const JsonValue* value) { return value != nullptr && IsTruthy(*value); }

// Whether transformers computes with max_position_embeddings when it loads that parameter set. It
// standardizes a rope_scaling that stands beside a rope_theta, and checks every parameter set.
bool NeedsMaxPositions(const LoadingState& state, const RopeType& type, absl::string_view name) {
  if (!type.needs_original_length) return false;
  const bool standardized = name == "rope_scaling" && IsGiven(state.document().Find("rope_theta"));
  return standardized || type.name != "longrope";
}

// transformers checks a parameter set that the class does not read, too.
void CheckUnreadSet(LoadingState* state, const JsonValue& set, absl::string_view name) {
  std::string type_name = StringMember(set, "rope_type");
  if (type_name.empty()) type_name = StringMember(set, "type");
  const RopeType* type = FindRopeType(type_name);
  if (type == nullptr) return;
  const std::string advice = absl::StrCat("rope_type \"", type_name, "\"; remove ", name,
                                          " instead, because this family does not use it");
  for (const absl::string_view key : type->required_keys) {
    const bool taken_from_top = key == "rope_theta" && name == "rope_scaling";
    if (set.Find(key) != nullptr || key == "rope_type" || taken_from_top) continue;
    state->findings().AddMember(FindingId::kMissingKey, set, name, key,
                                absl::StrCat("is required by ", advice));
  }
  const absl::string_view maximum = "max_position_embeddings";
  if (!NeedsMaxPositions(*state, *type, name) || state->Attribute(maximum) != nullptr ||
      state->InDocument(maximum)) {
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
  CheckUnreadSet(state, given, name);
}

// rope_parameters of rope type default with that base.
void SetDefaultType(LoadingState* state, JsonValue theta) {
  ReportUnread(state, state->rope_parameters, "rope_parameters");
  ReportUnread(state, state->TakeKwarg("rope_scaling", JsonValue()), "rope_scaling");
  state->rope_parameters = EmptyObject();
  state->rope_parameters.Set("rope_type", JsonValue("default"));
  state->rope_parameters.Set("rope_theta", std::move(theta));
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
  const std::optional<int64_t> head_dim = state->IntAttribute("head_dim");
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

void ConvertGptJ(LoadingState* state) {
  SetDefaultType(state, JsonValue(state->family().default_theta));
  const JsonValue given = state->TakeKwarg("rotary_dim", JsonValue(64));
  if (given.is_int() && given.as_int() != 0) {
    return SetChannels(state, given.as_int(), given, "rotary_dim");
  }
  // transformers makes a table as wide as the hidden size then, and cannot apply it to a head.
  state->findings().Add(
      FindingId::kHeadDim, given, "rotary_dim",
      absl::StrCat("rotary_dim must be an integer >= 1, not ", PythonRepr(given)));
}

void ConvertClvp(LoadingState* state) {
  SetDefaultType(state, JsonValue(state->family().default_theta));
  const JsonValue* given = state->document().Find("projection_dim");
  const int64_t projection = state->IntField("projection_dim", 768);
  const int64_t heads = state->IntAttribute("num_attention_heads").value_or(0);
  if (heads < 1) return;  // the derivation of head_dim reports it
  const int64_t channels = std::max<int64_t>(projection / heads / 2, 32);
  SetChannels(state, channels, given != nullptr ? *given : JsonValue(), "projection_dim");
}

void ConvertEsm(LoadingState* state) {
  SetDefaultType(state, state->TakeKwarg("rope_theta", JsonValue(state->family().default_theta)));
}

void ConvertConformer(LoadingState* state) {
  SetDefaultType(state, state->TakeKwarg("rotary_embedding_base", JsonValue(10000)));
}

}  // namespace rope

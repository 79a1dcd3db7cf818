#include "core/config/families/steps/rotary_share.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/load/conversion.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

void ConvertNeoX(LoadingState* state, double default_rotary_pct) {
  AdoptRopeScaling(state);
  JsonValue& parameters = state->rope_parameters;
  parameters.SetDefault("rope_theta", state->TakeKwarg("rotary_emb_base", JsonValue(10000.0)));
  parameters.SetDefault("partial_rotary_factor",
                        state->TakeKwarg("rotary_pct", JsonValue(default_rotary_pct)));
  StandardizeRopeParameters(state);
}

}  // namespace

void ConvertGptNeoX(LoadingState* state) { ConvertNeoX(state, 0.25); }

void ConvertGptNeoXJapanese(LoadingState* state) { ConvertNeoX(state, 1.0); }

void ConvertMiniMaxM2(LoadingState* state) {
  const JsonValue* rotary_dim = state->Kwarg("rotary_dim");
  if (rotary_dim != nullptr && !rotary_dim->is_null()) {
    const std::optional<double> channels = PythonNumber(*rotary_dim);
    const std::optional<int64_t> head_dim = state->IntAttribute("head_dim");
    if (!channels.has_value() || rotary_dim->is_bool()) {
      state->findings().Add(
          FindingId::kWrongKind, *rotary_dim, "rotary_dim",
          absl::StrCat("rotary_dim must be a number, not ", PythonTypeName(*rotary_dim)));
    } else if (head_dim.value_or(0) == 0) {
      state->findings().AddPath(FindingId::kHeadDim, "head_dim", -1,
                                "head_dim must be an integer >= 1: rotary_dim is divided by it");
    } else {
      JsonValue partial(*channels / static_cast<double>(*head_dim));
      partial.set_offset(rotary_dim->offset());
      state->SetDefaultKwarg("partial_rotary_factor", std::move(partial));
    }
  }
  ConvertGeneral(state);
}

}  // namespace rope

#include "core/config/load/load_model.h"

#include "core/config/load/conversion.h"
#include "core/config/load/layer_types.h"
#include "core/json/json_reader.h"

namespace rope {

LoadingState LoadModel(const Family& family, const JsonValue& document, FindingSink* findings) {
  LoadingState state(family, document, findings);
  if (family.fill_layer_types != nullptr) family.fill_layer_types(&state);
  if (state.rope_parameters.is_null() && !family.default_parameters.empty()) {
    state.rope_parameters = JsonLiteral(family.default_parameters);
  }
  if (family.partial_rotary_factor.has_value()) {
    state.SetDefaultKwarg("partial_rotary_factor", JsonValue(*family.partial_rotary_factor));
  }
  if (family.prepare != nullptr) family.prepare(&state);
  (family.convert != nullptr ? family.convert : ConvertGeneral)(&state);
  state.KwargsToAttributes();
  RenameLegacyLayerTypes(&state);
  if (family.finish != nullptr) family.finish(&state);
  return state;
}

}  // namespace rope

#include "core/config/judge/parameter_set.h"

#include "core/config/judge/key_checks.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/parameter_set_reader.h"
#include "core/config/judge/quantities/theta.h"
#include "core/config/judge/rule_context.h"
#include "core/config/judge/rules/rules.h"
#include "core/rope_types/rope_types.h"

namespace rope {

std::optional<RopeConfig> CheckParameterSet(LoadingState* state, const JsonValue& loaded,
                                            const JsonValue& built, const std::string& path,
                                            const std::string& layer_type) {
  RopeConfig result;
  const RuleContext context{ParameterSetReader(state, &loaded, path),
                            ParameterSetReader(state, &built, path), layer_type, &result};
  const RopeType* type = CheckTypeAndKeys(context.loaded);
  if (type == nullptr) return std::nullopt;
  result.rope_type = std::string(type->name);
  result.max_position_embeddings = KnownMaxPositions(*state);
  CheckTheta(context.built, layer_type, &result);
  if (type == &AxialRopeType()) {
    CheckAxial(context);
  } else {
    CheckHeadDim(context.built, layer_type, *type, &result);
    FindTypeCheck(type->name)(context);  // not null: a test compares the two lists
  }
  CheckOldTypeKey(context.built);
  CheckUnreadKeys(context.loaded, *type, result);
  if (state->findings().has_errors()) return std::nullopt;
  return result;
}

}  // namespace rope

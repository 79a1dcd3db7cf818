#include "core/config/loaded_config.h"

#include "core/config/families/families.h"
#include "core/config/load/load_model.h"
#include "core/config/text_model.h"
#include "core/findings/finding_sink.h"

namespace rope {

LoadedConfig LoadModelConfig(const JsonDocument& json) {
  const TextModel model = FindTextModel(json.root);
  LoadedConfig loaded;
  loaded.model_type = model.model_type;
  loaded.text_model_path = model.path;
  loaded.document = *model.document;
  loaded.attributes = EmptyObject();
  loaded.has_no_rotary_embedding = model.has_no_rotary_embedding;
  if (model.has_no_rotary_embedding) return loaded;
  loaded.is_known_family = model.family != nullptr;
  const Family& family = loaded.is_known_family ? *model.family : GenericFamily();
  loaded.family = std::string(family.model_type);
  FindingSink findings(&json.root);
  const LoadingState state = LoadModel(family, *model.document, &findings);
  loaded.attributes = state.attributes();
  loaded.rope_parameters = state.rope_parameters;
  return loaded;
}

}  // namespace rope

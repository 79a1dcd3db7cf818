#include "core/config/text_model.h"

#include "core/config/families/families.h"

namespace rope {

TextModel FindTextModel(const JsonValue& root) {
  const JsonValue* inner = root.Find("text_config");
  const bool is_composite = inner != nullptr && inner->is_object();
  const std::string outer_type = StringMember(root, "model_type");
  const std::string own_type = is_composite ? StringMember(*inner, "model_type") : outer_type;
  const JsonValue* document = is_composite ? inner : &root;
  if (is_composite && FindFamily(own_type) != nullptr) return {document, own_type};
  const absl::string_view known_type = TextModelType(outer_type);
  return {document, known_type.empty() ? own_type : std::string(known_type)};
}

}  // namespace rope

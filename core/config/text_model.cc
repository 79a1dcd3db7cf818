#include "core/config/text_model.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace rope {
namespace {

constexpr int kMaxDepth = 4;

// The members that hold a text model, or a composite with one, in the order in which they are
// tried.
constexpr absl::string_view kTextModelMembers[] = {
    "text_config",
    "llm_config",
    "language_config",
    "language_model_config",
    "thinker_config",
    "vlm_config",
    "lm_config",
    "decoder_config",
    "decoder",
    "text_decoder",
    "llm",
    "language_model",
};

struct Member {
  absl::string_view name;
  const JsonValue* value;  // null if there is none
};

Member InnerModel(const JsonValue& object) {
  for (const absl::string_view name : kTextModelMembers) {
    const JsonValue* value = object.Find(name);
    if (value != nullptr && value->is_object()) return {name, value};
  }
  return {"", nullptr};
}

// A model_type that is no composite has no other model inside, whatever members the file has.
bool IsPlain(const JsonValue& object) {
  const std::string type = StringMember(object, "model_type");
  return TextModelType(type).empty() && FindFamily(type) != nullptr;
}

bool TakeByModelType(const std::string& model_type, TextModel* model) {
  if (const Family* family = FindFamily(model_type)) {
    model->family = family;
    model->source = TextModel::Source::kModelType;
  } else if (const RemoteName* name = FindRemoteName(model_type)) {
    model->family = FindFamily(name->family);
    model->source = TextModel::Source::kRemoteName;
  } else if (HasNoRotaryEmbedding(model_type)) {
    model->has_no_rotary_embedding = true;
  } else {
    return false;
  }
  model->model_type = model_type;
  return true;
}

// The composite's model_type may say which text model it has; the innermost one counts.
bool TakeByComposite(TextModel* model) {
  for (auto outer = model->around.rbegin(); outer != model->around.rend(); ++outer) {
    const absl::string_view type = TextModelType(StringMember(**outer, "model_type"));
    if (!type.empty()) return TakeByModelType(std::string(type), model);
  }
  return TakeByModelType(std::string(TextModelType(model->model_type)), model);
}

void TakeByArchitecture(TextModel* model) {
  const JsonValue* list = model->document->Find("architectures");
  if (list == nullptr || !list->is_array()) return;
  for (const JsonValue& entry : list->as_array()) {
    if (!entry.is_string()) continue;
    if (const Family* family = FamilyOfArchitecture(entry.as_string())) {
      model->family = family;
      model->source = TextModel::Source::kArchitecture;
      return;
    }
    model->has_no_rotary_embedding |= ArchitectureHasNoRotaryEmbedding(entry.as_string());
  }
}

}  // namespace

TextModel FindTextModel(const JsonValue& root) {
  TextModel model;
  model.document = &root;
  for (int depth = 0; depth < kMaxDepth && !IsPlain(*model.document); ++depth) {
    const Member inner = InnerModel(*model.document);
    if (inner.value == nullptr) break;
    model.around.push_back(model.document);
    model.path =
        model.path.empty() ? std::string(inner.name) : absl::StrCat(model.path, ".", inner.name);
    model.document = inner.value;
  }
  model.model_type = StringMember(*model.document, "model_type");
  if (!TakeByModelType(model.model_type, &model) && !TakeByComposite(&model)) {
    TakeByArchitecture(&model);
  }
  return model;
}

}  // namespace rope

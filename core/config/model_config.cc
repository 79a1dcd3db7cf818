#include "core/config/model_config.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/families.h"
#include "core/config/judge/check_model.h"
#include "core/config/load/load_model.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// The part of a document that describes the text model.
struct TextModel {
  const JsonValue* document;
  std::string model_type;
};

TextModel FindTextModel(const JsonValue& root, FindingSink* findings) {
  const std::string model_type = StringMember(root, "model_type");
  const JsonValue* inner = root.Find("text_config");
  if (inner == nullptr || !inner->is_object()) {
    const absl::string_view text_model_type = TextModelType(model_type);
    return {&root, text_model_type.empty() ? model_type : std::string(text_model_type)};
  }
  std::string inner_type = StringMember(*inner, "model_type");
  if (inner_type.empty() || FindFamily(inner_type) == nullptr) {
    const absl::string_view known = TextModelType(model_type);
    if (!known.empty()) inner_type = std::string(known);
  }
  findings->Add(
      FindingId::kNestedConfig, *inner, "text_config",
      absl::StrCat("the text model described here is read, as model_type \"", inner_type, "\""));
  return {inner, std::move(inner_type)};
}

const Family& FamilyOf(const TextModel& model, FindingSink* findings) {
  const JsonValue* given = model.document->Find("model_type");
  if (given != nullptr && !given->is_string()) {
    findings->Add(FindingId::kFieldType, *given, "model_type",
                  absl::StrCat("model_type must be a string, not ", PythonTypeName(*given)));
    return GenericFamily();
  }
  if (model.model_type.empty()) {
    findings->AddPath(FindingId::kNoModelType, "model_type", -1,
                      "there is no model_type: defaults and rules are those of llama");
    return GenericFamily();
  }
  if (const Family* family = FindFamily(model.model_type)) return *family;
  findings->Add(FindingId::kUnknownModelType, given != nullptr ? *given : JsonValue(), "model_type",
                absl::StrCat("unknown model_type \"", model.model_type,
                             "\": defaults and rules are those of llama"));
  return GenericFamily();
}

void ReportDuplicates(const JsonDocument& document, FindingSink* findings) {
  for (const JsonDuplicate& duplicate : document.duplicates) {
    findings->AddPath(FindingId::kDuplicateMember, duplicate.path, duplicate.offset,
                      "is given again further down; the last one counts");
  }
}

void ReportUnreadable(const JsonError& error, ModelConfigReport* report) {
  const JsonValue nothing;
  FindingSink findings(&nothing);
  findings.AddPath(
      error.kind == JsonError::Kind::kSyntax ? FindingId::kSyntax : FindingId::kDocumentLimit, "",
      error.offset, absl::StrCat("byte ", error.offset, ": ", error.message));
  report->findings = findings.Take();
}

}  // namespace

ModelConfigReport ReadModelConfig(absl::string_view json, const JsonLimits& limits) {
  return ReadModelConfig(ReadJson(json, limits));
}

ModelConfigReport ReadModelConfig(const JsonResult& json) {
  ModelConfigReport report;
  if (!json.ok()) {
    ReportUnreadable(json.error(), &report);
    return report;
  }
  const JsonDocument& document = *json;
  FindingSink findings(&document.root);
  ReportDuplicates(document, &findings);
  if (!document.root.is_object()) {
    findings.AddPath(FindingId::kNotAnObject, "", 0,
                     absl::StrCat("a model configuration is a JSON object, not ",
                                  PythonTypeName(document.root)));
  } else {
    report.model_type = StringMember(document.root, "model_type");
    const TextModel model = FindTextModel(document.root, &findings);
    const Family& family = FamilyOf(model, &findings);
    LoadingState state = LoadModel(family, *model.document, &findings);
    CheckModel(&state, &report);
  }
  report.findings = findings.Take();
  if (!report.valid()) {
    report.layer_types.clear();
    report.layers_without_rope.clear();
  }
  return report;
}

}  // namespace rope

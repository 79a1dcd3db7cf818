#include "core/config/model_config.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/families.h"
#include "core/config/judge/check_model.h"
#include "core/config/load/load_model.h"
#include "core/config/text_model.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

void ReportTextConfig(const TextModel& model, FindingSink* findings) {
  findings->Add(
      FindingId::kNestedConfig, *model.document, "text_config",
      absl::StrCat("only this text model is read, as model_type \"", model.model_type, "\""));
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
                      "model_type is missing: the configuration is read as one of llama");
    return GenericFamily();
  }
  if (const Family* family = FindFamily(model.model_type)) return *family;
  findings->Add(FindingId::kUnknownModelType, given != nullptr ? *given : JsonValue(), "model_type",
                absl::StrCat("unknown model_type \"", model.model_type,
                             "\": the configuration is read as one of llama"));
  return GenericFamily();
}

void ReportDuplicates(const JsonDocument& document, FindingSink* findings) {
  for (const JsonDuplicate& duplicate : document.duplicates) {
    findings->AddPath(FindingId::kDuplicateMember, duplicate.path, duplicate.offset,
                      "is given more than once; the last value counts");
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
                     absl::StrCat("a model configuration must be a JSON object, not ",
                                  PythonTypeName(document.root)));
  } else {
    report.model_type = StringMember(document.root, "model_type");
    const TextModel model = FindTextModel(document.root);
    if (model.document != &document.root) ReportTextConfig(model, &findings);
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

#include "core/config/model_config.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/composite_defaults.h"
#include "core/config/families/families.h"
#include "core/config/judge/check_model.h"
#include "core/config/load/load_model.h"
#include "core/config/not_a_text_model.h"
#include "core/config/outside_text_model.h"
#include "core/config/spectrum_document.h"
#include "core/config/text_model.h"
#include "core/config/unknown_family.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// The generic family follows the rules of llama.
constexpr char kGenericRules[] = "llama";

void ReportTextConfig(const TextModel& model, FindingSink* findings) {
  const std::string type =
      model.family != nullptr ? std::string(model.family->model_type) : model.model_type;
  findings->Add(FindingId::kNestedConfig, *model.document, model.path,
                absl::StrCat("only the text model in ", model.path, " is read, as model_type \"",
                             type, "\""));
}

// The family whose rules the document follows. Reports how it was found if its model_type does not
// simply say so.
const Family& FamilyOf(const TextModel& model, FindingSink* findings) {
  const JsonValue* given = model.document->Find("model_type");
  const JsonValue at = given != nullptr ? *given : JsonValue();
  if (given != nullptr && !given->is_string()) {
    findings->Add(FindingId::kFieldType, *given, "model_type",
                  absl::StrCat("model_type must be a string, not ", PythonTypeName(*given)));
  } else if (model.source == TextModel::Source::kRemoteName) {
    const RemoteName& name = *FindRemoteName(model.model_type);
    findings->Add(FindingId::kRemoteFamily, at, "model_type",
                  absl::StrCat("model_type \"", name.model_type, "\" is read by the rules of \"",
                               name.family, "\" (", name.source, ")"));
  } else if (model.source == TextModel::Source::kArchitecture) {
    findings->Add(FindingId::kFamilyByArchitecture, at, "model_type",
                  absl::StrCat(model.model_type.empty()
                                   ? "model_type is missing"
                                   : absl::StrCat("unknown model_type \"", model.model_type, "\""),
                               "; architectures names model_type \"", model.family->model_type,
                               "\", whose rules are used"));
  } else if (model.has_no_rotary_embedding) {
    findings->Add(FindingId::kNoRotaryEmbedding, at, "model_type",
                  absl::StrCat(model.model_type.empty() ? "the model that architectures names"
                                                        : absl::StrCat("a model of model_type \"",
                                                                       model.model_type, "\""),
                               " has no rotary embedding, so there is nothing to compute"));
  } else if (model.family == nullptr) {
    CheckUnknownFamily(model, findings);
  }
  return model.family != nullptr ? *model.family : GenericFamily();
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

// Reads a document that is an object.
void ReadModel(const JsonValue& root, FindingSink* findings, ModelConfigReport* report) {
  report->model_type = StringMember(root, "model_type");
  if (IsSpectrumDocument(root)) return ReadSpectrumDocument(root, findings, report);
  const TextModel model = FindTextModel(root);
  if (ReportNotATextModel(root, model, findings)) return;
  if (!model.path.empty()) ReportTextConfig(model, findings);
  const Family& family = FamilyOf(model, findings);
  report->family = family.model_type.empty() ? kGenericRules : std::string(family.model_type);
  report->text_model_path = model.path;
  CheckCompositeDefaults(model, findings);
  CheckOutsideTextModel(model, findings);
  if (model.has_no_rotary_embedding) return;
  LoadingState state = LoadModel(family, *model.document, findings);
  CheckModel(&state, report);
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
    ReadModel(document.root, &findings, &report);
  }
  report.findings = findings.Take();
  if (!report.valid()) {
    report.layer_types.clear();
    report.layers_without_rope.clear();
  }
  return report;
}

}  // namespace rope

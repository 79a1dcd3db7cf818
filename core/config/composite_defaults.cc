#include "core/config/composite_defaults.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// Classes whose text model is not the default one of its family if the file has none.
constexpr absl::string_view kOwnTextModel[] = {
    "got_ocr2", "lighton_ocr",    "mistral3", "moss_transcribe_diarize",
    "omniasr",  "pp_chart2table", "voxtral",  "voxtral_realtime"};

constexpr absl::string_view kVoxtral[] = {"hidden_size", "head_dim", "max_position_embeddings"};
constexpr absl::string_view kRealtime[] = {"hidden_size", "num_attention_heads", "head_dim",
                                           "max_position_embeddings"};
constexpr absl::string_view kGlmAsr[] = {"hidden_size", "num_attention_heads",
                                         "max_position_embeddings"};

// Classes that put their own values below those of the file's text model.
struct OwnMembers {
  absl::string_view model_type;
  absl::Span<const absl::string_view> members;
  bool own_theta;  // the class has its own base at the top level, too
};

constexpr OwnMembers kOwnMembers[] = {
    {"voxtral", kVoxtral, true}, {"voxtral_realtime", kRealtime, true}, {"glmasr", kGlmAsr, false}};

bool IsGiven(const JsonValue& object, absl::string_view name) {
  const JsonValue* value = object.Find(name);
  return value != nullptr && IsTruthy(*value);
}

bool GivesTheta(const JsonValue& document) {
  if (IsGiven(document, "rope_theta")) return true;
  for (const char* name : {"rope_parameters", "rope_scaling"}) {
    const JsonValue* parameters = document.Find(name);
    if (parameters != nullptr && IsGiven(*parameters, "rope_theta")) return true;
  }
  return false;
}

void AskFor(const TextModel& model, absl::string_view composite, absl::string_view member,
            FindingSink* findings) {
  findings->AddMember(FindingId::kMissingShape, *model.document, model.path, member,
                      absl::StrCat("must be given: the class of model_type \"", composite,
                                   "\" has its own default, which this service does not use"));
}

void CheckMembers(const TextModel& model, const OwnMembers& own, FindingSink* findings) {
  const JsonValue& document = *model.document;
  for (const absl::string_view member : own.members) {
    if (document.Find(member) == nullptr) AskFor(model, own.model_type, member, findings);
  }
  if (own.own_theta) {
    if (!GivesTheta(document)) AskFor(model, own.model_type, "rope_theta", findings);
    return;
  }
  // The class gives rope_parameters with a base, so one at the top level is not read.
  const bool has_parameters =
      IsGiven(document, "rope_parameters") || IsGiven(document, "rope_scaling");
  if (has_parameters || document.Find("rope_theta") == nullptr) return;
  AskFor(model, own.model_type, "rope_parameters", findings);
}

}  // namespace

void CheckCompositeDefaults(const TextModel& model, FindingSink* findings) {
  if (model.around.empty()) {
    const std::string type = StringMember(*model.document, "model_type");
    if (std::find(std::begin(kOwnTextModel), std::end(kOwnTextModel), type) ==
        std::end(kOwnTextModel)) {
      return;
    }
    return AskFor(model, type, "text_config", findings);
  }
  const std::string type = StringMember(*model.around.back(), "model_type");
  for (const OwnMembers& own : kOwnMembers) {
    if (own.model_type == type) CheckMembers(model, own, findings);
  }
}

}  // namespace rope

#include "core/config/judge/quantities/theta.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/judge/quantities/given_values.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

// The default that transformers gives every class that names no base. Hardly any model that
// was trained for a long context has it.
constexpr double kCommonDefault = 10000.0;
// Models with the common default were trained with fewer positions.
constexpr int64_t kLongContext = 32768;

// Whether the default says something about the models of this family. It does if the class has
// another one than most, or one for each layer type, or a scaling by default.
bool IsOwnDefault(const ParameterSetReader& reader, double theta) {
  const Nesting nesting = reader.state().family().nesting;
  const JsonValue* type = reader.Find("rope_type");
  const bool scaled_by_default = type != nullptr && type->offset() < 0 && type->is_string() &&
                                 type->as_string() != kDefaultRopeType;
  return theta != kCommonDefault || nesting == Nesting::kPerLayerType ||
         nesting == Nesting::kNamedSets || scaled_by_default;
}

// Whether the document says anything about its rotary embedding beside widths and lengths.
bool GivesRopeKeys(const JsonValue& document) {
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    const JsonValue* given = document.Find(key);
    if (given != nullptr && given->is_object() && !given->as_object().empty()) return true;
  }
  const std::vector<GivenValue> given = GivenValues(document);
  return std::any_of(given.begin(), given.end(), [](const GivenValue& value) {
    const Quantity quantity = value.quantity();
    return quantity != Quantity::kHeadWidth && quantity != Quantity::kWidth &&
           quantity != Quantity::kMaxLength && quantity != Quantity::kOriginalLength;
  });
}

bool IsForLongContext(const LoadingState& state) {
  return state.InDocument("max_position_embeddings") &&
         state.IntAttribute("max_position_embeddings").value_or(0) >= kLongContext;
}

// The base comes from the class. The fix of the note writes the default into the document, where
// nothing else speaks about the rotary embedding; it goes to the top level, unless the family has a
// loading step that might not read it there.
void ReportDefault(const ParameterSetReader& reader, const std::string& layer_type,
                   const JsonValue& theta) {
  LoadingState& state = reader.state();
  FindingSink& findings = state.findings();
  const JsonValue& document = state.document();
  // A model of an unknown family is not answered with a default.
  if (state.family().model_type.empty() && findings.has_errors()) return;
  if (state.family().fixed_rope) return;  // no document gives such a model another base
  if (findings.is_full()) return;
  if (OnlyTheta(document, layer_type, layer_type.empty()) != nullptr) return;
  const Family& family = state.family();
  const absl::string_view model_type = family.model_type.empty() ? "llama" : family.model_type;
  const std::string used = absl::StrCat("is not given; ", PythonRepr(theta),
                                        " is used, the default of model_type \"", model_type, "\"");
  // Parameters outside the text model may be moved into it: a default must not stand there already.
  const bool gives_keys = GivesRopeKeys(document) || findings.Has(FindingId::kOutsideTextModel) ||
                          findings.Has(FindingId::kOutsideTextModelUnread);
  const bool is_own = IsOwnDefault(reader, PythonNumber(theta).value_or(0.0));
  if (!is_own && gives_keys) {
    return reader.Report(FindingId::kThetaLost, "rope_theta",
                         absl::StrCat(used,
                                      ", although the file gives other parameters of its "
                                      "rotary embedding. If the model was trained with "
                                      "another base, it is lost: write it as rope_theta"));
  }
  if (!is_own && IsForLongContext(state)) {
    return reader.Report(
        FindingId::kThetaLost, "rope_theta",
        absl::StrCat(used, ", although max_position_embeddings is ",
                     state.IntAttribute("max_position_embeddings").value_or(0),
                     ". Models for that length mostly have a larger base. Write the base that the "
                     "model was trained with as rope_theta"));
  }
  reader.Report(FindingId::kThetaDefault, "rope_theta", used);
  if (gives_keys || family.model_type.empty() || family.convert != nullptr ||
      family.prepare != nullptr || !family.default_parameters.empty()) {
    return;
  }
  findings.FixByAdding(document, "rope_theta", theta);
}

// If the document gives a base elsewhere, that one was meant.
void ReportNull(const ParameterSetReader& reader, const std::string& layer_type,
                const JsonValue& null) {
  FindingSink& findings = reader.state().findings();
  const JsonValue* other =
      findings.is_full() ? nullptr : OnlyTheta(reader.state().document(), layer_type, true);
  const std::string where =
      other == nullptr
          ? ""
          : absl::StrCat(". ", findings.PathOf(*other, "rope_theta"), " is ", PythonRepr(*other),
                         ", and nothing reads it: it belongs here");
  reader.Report(FindingId::kWrongKind, "rope_theta",
                absl::StrCat("must be ", kThetaRange.text, ", not null", where));
  if (other != nullptr) findings.FixByValue(null, *other);
}

}  // namespace

void CheckTheta(const ParameterSetReader& reader, const std::string& layer_type, RopeConfig* out) {
  const JsonValue* value = reader.Find("rope_theta");
  if (value == nullptr) {
    const std::string path = absl::StrCat(reader.path(), ".rope_theta");
    if (reader.state().findings().HasErrorAt(path)) return;
    return reader.Report(FindingId::kMissingKey, "rope_theta",
                         "is missing; it must be a number > 0");
  }
  if (value->is_null()) return ReportNull(reader, layer_type, *value);
  const std::optional<double> theta = reader.Number("rope_theta", kThetaRange, Null::kIsWrong);
  if (!theta.has_value()) return;
  out->rope_theta = *theta;
  if (*theta <= 1.0) {
    reader.Report(FindingId::kThetaImplausible, "rope_theta",
                  absl::StrCat("should be well above 1, not ", PythonRepr(*value)));
  }
  if (value->offset() < 0) ReportDefault(reader, layer_type, *value);
}

}  // namespace rope

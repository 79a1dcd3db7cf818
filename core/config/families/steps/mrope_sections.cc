#include "core/config/families/steps/mrope_sections.h"

#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/config/load/conversion.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_config.h"

namespace rope {
namespace {

// The sum of the numbers. It is -1 if a number is negative or too large to be a part of a head.
int64_t Sum(const std::vector<int64_t>& numbers) {
  int64_t sum = 0;
  for (const int64_t n : numbers) {
    if (n < 0 || n > kMaxHeadDim || sum > kMaxHeadDim) return -1;
    sum += n;
  }
  return sum;
}

// The attribute head_dim, or the derived value. 0 counts as absent, as in the rotary modules.
std::optional<int64_t> HeadDim(LoadingState* state) {
  const std::optional<int64_t> given = state->IntAttribute("head_dim");
  return given.value_or(0) != 0 ? given : state->DerivedHeadDim();
}

// Half of the channels that rotate, as the rotary module of a family with sections computes it.
std::optional<int64_t> HalfOfRotated(LoadingState* state) {
  const std::optional<int64_t> head_dim = HeadDim(state);
  if (!head_dim.has_value()) return std::nullopt;
  const JsonValue* partial = state->rope_parameters.Find("partial_rotary_factor");
  const std::optional<double> factor = partial != nullptr ? PythonNumber(*partial) : 1.0;
  const bool partial_counts =
      state->family().partial_in_default && factor.has_value() && *factor > 0.0 && *factor <= 1.0;
  if (!partial_counts) return *head_dim / 2;
  return static_cast<int64_t>(static_cast<double>(*head_dim) * *factor) / 2;
}

// The list if all its elements are integers. torch does not split by 24.0.
std::optional<std::vector<int64_t>> Integers(const JsonValue& list) {
  if (!list.is_array()) return std::nullopt;
  std::vector<int64_t> integers;
  for (const JsonValue& element : list.as_array()) {
    if (!element.is_int()) return std::nullopt;
    integers.push_back(element.as_int());
  }
  return integers;
}

void ReportBadSections(LoadingState* state, FindingId id, const JsonValue& sections, int64_t half,
                       const std::string& hf_message, absl::string_view consequence = "") {
  state->findings().Add(
      id, sections, "rope_parameters.mrope_section",
      absl::StrCat("must be a list of whole numbers >= 0 that add up to ", half,
                   " (half of the rotated channels), not ", PythonRepr(sections), consequence),
      hf_message);
}

// Without mrope_section the class uses a default, which does not fit every head. It is no error,
// because the defaults of some classes do not fit their own default head.
void CheckDefaultSections(LoadingState* state, int64_t half) {
  const absl::Span<const int64_t> sections = state->family().default_mrope_section;
  const int64_t sum = std::accumulate(sections.begin(), sections.end(), int64_t{0});
  if (sections.empty() || sum == half) return;
  state->findings().AddMember(
      FindingId::kSectionsImplausible, state->rope_parameters, "rope_parameters", "mrope_section",
      absl::StrCat("is missing; the default [", absl::StrJoin(sections, ", "), "] adds up to ", sum,
                   ", but must add up to ", half, " (half of the rotated channels)"));
}

// xdrope_section is an older name of mrope_section.
void RenameXdropeSection(LoadingState* state) {
  JsonValue& parameters = state->rope_parameters;
  const JsonValue* legacy = parameters.Find("xdrope_section");
  if (legacy == nullptr) return;
  const JsonValue section = *legacy;
  parameters.Erase("xdrope_section");
  if (section.is_null()) return;
  const JsonValue* present = parameters.Find("mrope_section");
  if (present == nullptr || present->is_null()) {
    parameters.Set("mrope_section", section);
  } else if (WholeNumbers(section) != WholeNumbers(*present)) {
    state->findings().Add(FindingId::kSections, section, "rope_parameters.xdrope_section",
                          "must equal mrope_section, its newer name; keep only mrope_section");
  }
}

}  // namespace

void CheckSplitSections(LoadingState* state) {
  const std::optional<int64_t> half = HalfOfRotated(state);
  if (!half.has_value()) return;
  const JsonValue* sections = state->rope_parameters.Find("mrope_section");
  if (sections == nullptr) return CheckDefaultSections(state, *half);
  const std::optional<std::vector<int64_t>> numbers = Integers(*sections);
  if (numbers.has_value() && Sum(*numbers) == *half) return;
  ReportBadSections(state, FindingId::kFailsLater, *sections, *half, "",
                    "; the model loads and fails on its first input");
}

void CheckInterleavedSections(LoadingState* state) {
  const JsonValue* sections = state->rope_parameters.Find("mrope_section");
  const std::optional<int64_t> half = HalfOfRotated(state);
  if (sections == nullptr || !half.has_value()) return;
  const std::optional<std::vector<int64_t>> numbers = Integers(*sections);
  if (!numbers.has_value() || numbers->size() < 3) {
    state->findings().Add(
        FindingId::kFailsLater, *sections, "rope_parameters.mrope_section",
        absl::StrCat("must be a list of three integers, not ", PythonRepr(*sections),
                     "; the model loads and fails on its first input"));
  } else if (Sum(*numbers) != *half) {
    ReportBadSections(state, FindingId::kSectionsImplausible, *sections, *half, "");
  }
}

void ConvertQwen2Vl(LoadingState* state) {
  AdoptRopeScaling(state);
  JsonValue& parameters = state->rope_parameters;
  parameters.SetDefault("rope_theta",
                        state->TakeKwarg("rope_theta", JsonValue(state->family().default_theta)));
  const JsonValue* type = parameters.Find("rope_type");
  if (type == nullptr) type = parameters.Find("type");
  if (type != nullptr && type->is_string() && type->as_string() == "mrope") {
    parameters.Set("rope_type", JsonValue("default"));
  }
  StandardizeRopeParameters(state);
}

void CheckErnieVl(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  const JsonValue* type = parameters.Find("rope_type");
  if (type != nullptr && !(type->is_string() && type->as_string() == "default")) {
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, parameters, "rope_parameters", "rope_type",
        absl::StrCat("rope_type must be default in this family, not ", PythonStr(*type)),
        absl::StrCat("Ernie 4.5 VL requires the `default` rope type, but found ", PythonStr(*type),
                     " instead."));
  }
  CheckSplitSections(state);
  const JsonValue* sections = parameters.Find("mrope_section");
  const auto numbers = sections != nullptr ? Integers(*sections) : std::nullopt;
  if (!numbers.has_value() || numbers->size() != 3 || (*numbers)[0] == (*numbers)[1]) return;
  state->findings().Add(
      FindingId::kFailsLater, *sections, "rope_parameters.mrope_section",
      absl::StrCat("must begin with two equal numbers, since height and width alternate, not ",
                   PythonRepr(*sections), "; the model loads and fails on its first input"));
}

void ConvertHunYuanVl(LoadingState* state) {
  ConvertGeneral(state);
  JsonValue& parameters = state->rope_parameters;
  if (!IsTruthy(parameters)) return;
  RenameXdropeSection(state);
  const JsonValue* given = parameters.Find("rope_type");
  if (given == nullptr) given = parameters.Find("type");
  JsonValue type = given != nullptr ? *given : JsonValue("default");
  if (type.is_string() && type.as_string() == "xdrope") type = JsonValue("dynamic");
  parameters.Set("rope_type", type);
  if (parameters.Find("type") != nullptr) parameters.Set("type", type);
}

void FinishHunYuanVl(LoadingState* state) {
  // attention_head_dim is another name of head_dim.
  if (const JsonValue* alias = state->Attribute("attention_head_dim")) {
    state->SetAttribute("head_dim", JsonValue(*alias));
  }
  JsonValue* sections = state->rope_parameters.Find("mrope_section");
  if (sections == nullptr || sections->is_null()) return;
  const std::optional<std::vector<int64_t>> numbers = WholeNumbers(*sections);
  const std::optional<int64_t> head_dim = HeadDim(state);
  if (!head_dim.has_value()) return;  // DerivedHeadDim reports it
  const int64_t half = *head_dim / 2;
  if (!numbers.has_value() || Sum(*numbers) != half) {
    const std::string hf =
        absl::StrCat("Illegal mrope partition: expected half-head sections summing to ", half,
                     ", got ", PythonRepr(*sections));
    return ReportBadSections(state, FindingId::kSections, *sections, half, hf);
  }
  JsonValue::Array integers(numbers->begin(), numbers->end());
  const int64_t offset = sections->offset();
  *sections = JsonValue(std::move(integers));
  sections->set_offset(offset);
}

void ConvertHyV4Vl(LoadingState* state) {
  ConvertGeneral(state);
  if (!state->rope_parameters.is_object()) return;
  state->rope_parameters.SetDefault(
      "mrope_section", JsonValue(JsonValue::Array{JsonValue(12), JsonValue(10), JsonValue(10)}));
}

void CheckThreeSections(LoadingState* state) {
  const JsonValue* sections = state->rope_parameters.Find("mrope_section");
  const std::optional<int64_t> head_dim = HeadDim(state);
  if (!head_dim.has_value() || !state->rope_parameters.is_object()) return;
  if (sections == nullptr) {
    state->findings().AddMember(FindingId::kMissingKey, state->rope_parameters, "rope_parameters",
                                "mrope_section", "mrope_section is required by this family",
                                "'mrope_section'");
    return;
  }
  const std::optional<std::vector<int64_t>> numbers = WholeNumbers(*sections);
  if (numbers.has_value() && numbers->size() == 3 && Sum(*numbers) == *head_dim / 2) return;
  ReportBadSections(state, FindingId::kSections, *sections, *head_dim / 2, "");
}

void CheckCosmos3(LoadingState* state) {
  const JsonValue* type = state->rope_parameters.Find("rope_type");
  if (type != nullptr && !(type->is_string() && type->as_string() == "default")) {
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, state->rope_parameters, "rope_parameters", "rope_type",
        absl::StrCat("rope_type must be default in this family, not ", PythonStr(*type)),
        absl::StrCat("Cosmos3 Edge requires `rope_type='default'`, got ", PythonRepr(*type), "."));
  }
  CheckThreeSections(state);
}

}  // namespace rope

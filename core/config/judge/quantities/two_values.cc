#include "core/config/judge/quantities/two_values.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/config/judge/key_checks.h"
#include "core/config/judge/parameter_set_reader.h"
#include "core/config/judge/quantities/used_values.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

constexpr char kRopeParameters[] = "rope_parameters";
constexpr char kRopeScaling[] = "rope_scaling";

// The parameter sets in use, by layer type.
using UsedSets = absl::flat_hash_map<absl::string_view, UsedSet>;

UsedSets FindUsedSets(const LoadingState& state, const ModelConfigReport& report) {
  UsedSets sets;
  const JsonValue& parameters = state.rope_parameters;
  if (!parameters.is_object()) return sets;
  for (const LayerTypeConfig& layers : report.layer_types) {
    sets[layers.layer_type] = {layers.layer_type.empty() ? &parameters : nullptr, &layers};
  }
  for (const JsonMember& member : parameters.as_object()) {
    const auto found = sets.find(member.key);
    if (found != sets.end() && member.value.is_object()) found->second.set = &member.value;
  }
  absl::erase_if(sets, [](const auto& entry) { return entry.second.set == nullptr; });
  // Variants of one parameter set (load/layer_variants.h) have names that no member has.
  if (sets.empty() && !report.layer_types.empty() && parameters.Find("rope_type") != nullptr) {
    sets[""] = {&parameters, &report.layer_types.front()};
  }
  return sets;
}

// All of them, sorted by layer type.
std::vector<UsedSet> Sorted(const UsedSets& sets) {
  std::vector<UsedSet> sorted;
  for (const auto& [name, used] : sets) sorted.push_back(used);
  std::sort(sorted.begin(), sorted.end(), [](const UsedSet& a, const UsedSet& b) {
    return a.layers->layer_type < b.layers->layer_type;
  });
  return sorted;
}

// The parameter sets whose layers the value is about. `sorted` are all of `sets`.
absl::Span<const UsedSet> SetsFor(const GivenValue& given, const UsedSets& sets,
                                  const std::vector<UsedSet>& sorted) {
  const absl::string_view layer_type =
      given.set_name.empty() ? given.spelling->layer_type : given.set_name;
  const auto own = sets.find(layer_type);
  if (own != sets.end()) return absl::MakeConstSpan(&own->second, 1);
  const bool is_for_all = given.set_name.empty() && (layer_type.empty() || sets.contains(""));
  return is_for_all ? absl::MakeConstSpan(sorted) : absl::Span<const UsedSet>();
}

// Whether another finding speaks about everything in the place where this value stands.
bool HasItsOwnFinding(const LoadingState& state, const GivenValue& given, bool nested) {
  if (given.container == nullptr) return false;
  const bool is_parameters = given.container_key == kRopeParameters;
  const JsonValue* scaling = state.document().Find(kRopeScaling);
  // rope_parameters that rope_scaling replaced: ROPE-W121.
  if (is_parameters && scaling != nullptr && state.rope_parameters.offset() == scaling->offset()) {
    return true;
  }
  // One parameter set where the family reads one for each layer type: ROPE-W117.
  return is_parameters && nested && given.set_name.empty();
}

std::string NotRead(const LoadingState& state) {
  const std::string& model_type = StringMember(state.document(), "model_type");
  const absl::string_view family = state.family().model_type;
  const absl::string_view name = family.empty() ? absl::string_view(model_type) : family;
  return name.empty() ? "is not read" : absl::StrCat("is not read by model_type \"", name, "\"");
}

// Where the value would be read.
std::string RightPlace(const LoadingState& state, const UsedSet& used, const GivenValue& given,
                       const std::string& name) {
  const bool at_top = given.quantity() == Quantity::kHeadWidth ||
                      given.quantity() == Quantity::kMaxLength ||
                      (given.quantity() == Quantity::kTheta && state.family().convert == nullptr &&
                       used.layers->layer_type.empty() && !state.InDocument(kRopeParameters));
  return at_top ? name : absl::StrCat(used.layers->path, ".", name);
}

// What the layers do instead, for a value that no other value of the document stands against.
std::string Instead(const LoadingState& state, const UsedSet& used, const GivenValue& given,
                    const UsedValue& in_use) {
  const bool is_refused = state.family().model_type.empty() && !used.config().has_value();
  if (is_refused && in_use.value.offset() < 0) return absl::StrCat(in_use.name, " is not given");
  const std::string& layer_type = used.layers->layer_type;
  const std::string whose =
      layer_type.empty() ? "" : absl::StrCat(" in the layers of type ", layer_type);
  switch (given.quantity()) {
    case Quantity::kShare:
    case Quantity::kWidth:
      return absl::StrCat(used.config()->rotary_dim, " of ", used.config()->head_dim,
                          " channels of a head rotate", whose);
    case Quantity::kHeadWidth:
      return absl::StrCat("head_dim is ", used.config()->head_dim);
    default:
      break;
  }
  if (given.quantity() == Quantity::kAttentionMultiplier) return "it multiplies nothing";
  if (in_use.value.is_null()) return absl::StrCat("no ", in_use.name, " is used", whose);
  return absl::StrCat(in_use.name, " is ", PythonRepr(in_use.value), whose,
                      in_use.value.offset() < 0 ? ", a default" : "");
}

bool IsScaled(const UsedSet& used) {
  const RopeType* type = FindRopeType(StringMember(*used.set, "rope_type"));
  return type != nullptr && type->is_scaled;
}

// Whether a share would have an effect in this parameter set.
bool ReadsShare(const LoadingState& state, const UsedSet& used) {
  return state.family().partial_in_default || IsScaled(used);
}

// "write rope_scaling.factor 4.0", in the unit of the place.
std::string WhatToWrite(const LoadingState& state, const UsedSet& used, const GivenValue& given,
                        const std::string& place) {
  const double number = PythonNumber(*given.value).value_or(0.0);
  const bool is_width =
      given.quantity() == Quantity::kShare || given.quantity() == Quantity::kWidth;
  if (is_width && !ReadsShare(state, used)) {
    return "With rope_type default this family always rotates the whole head";
  }
  switch (given.quantity()) {
    case Quantity::kThetaRatio:
      return absl::StrCat("ChatGLM multiplies a base of 10000 by it; if that is meant, write ",
                          place, " ", PythonFloat(number * 10000.0));
    case Quantity::kWidth:
      return absl::StrCat("If ", PythonRepr(*given.value), " channels should rotate, write ", place,
                          " ", PythonFloat(number / static_cast<double>(used.config()->head_dim)));
    case Quantity::kInverseFactor:
      if (!(number > 0.0)) return "In MLX it is 1 / factor";
      return absl::StrCat("In MLX it is 1 / factor; if that is meant, write ", place, " ",
                          PythonFloat(1.0 / number));
    case Quantity::kAttentionMultiplier: {
      const std::optional<double> meant = AttentionFactorMeant(used, *given.value);
      std::string engines =
          "vLLM and SGLang multiply yarn's own attention factor, 0.1 ln(factor) + 1, by it, while "
          "attention_factor replaces that factor";
      if (!meant.has_value()) return engines;
      return absl::StrCat(engines, "; write ", place, " ", PythonFloat(*meant),
                          ", which is the product");
    }
    case Quantity::kFactor:
      return absl::StrCat("If ", PythonRepr(*given.value), " is right, write it as ", place,
                          IsScaled(used) ? "" : ", and beside it the rope_type of the scaling");
    default:
      return absl::StrCat("If ", PythonRepr(*given.value), " is right, write it as ", place);
  }
}

// Whether a parameter set with this value in its place would compute.
bool IsUsable(const UsedSet& used, const GivenValue& given) {
  const std::optional<double> number =
      given.value->is_bool() ? std::nullopt : PythonNumber(*given.value);
  if (!number.has_value()) return false;
  const auto is_in = [&](const NumberRange& range) {
    return *number >= range.min && *number <= range.max;
  };
  switch (given.quantity()) {
    case Quantity::kTheta:
      return is_in(kThetaRange) && *number > 1.0;
    case Quantity::kShare: {
      // Another number of channels needs other lists of factors.
      if (!is_in(kShareRange) || !used.config().has_value() || !used.config()->long_factor.empty())
        return false;
      const auto channels =
          static_cast<int64_t>(static_cast<double>(used.config()->head_dim) * *number);
      return channels >= 2 && channels % 2 == 0;
    }
    case Quantity::kFactor:
      return is_in(kFactorRange);
    case Quantity::kOriginalLength:
      return is_in(kLengthRange);
    default:
      return is_in(kScaleRange) && *number > 0.0;
  }
}

// Whether it is certain what a value means that stands in the parameter set that is read, by a name
// that is not, and whether its type reads the right name.
bool HasFix(const UsedSet& used, const GivenValue& given) {
  const RopeType* type = FindRopeType(StringMember(*used.set, "rope_type"));
  if (type == nullptr || !ReadsKey(*type, NameOf(given.quantity()))) return false;
  if (!IsUsable(used, given)) return false;
  return given.quantity() == Quantity::kAttentionMultiplier
             ? AttentionFactorMeant(used, *given.value).has_value()
             : HasUnitOfName(given.quantity());
}

// Gives the last finding its fix.
void AddFix(LoadingState* state, const UsedSet& used, const GivenValue& given) {
  FindingSink& findings = state->findings();
  const std::string name(NameOf(given.quantity()));
  if (given.quantity() != Quantity::kAttentionMultiplier) {
    findings.FixByRenaming(*given.value, name);
    return;
  }
  const JsonValue& set =
      given.set_name.empty() ? *given.container : *given.container->Find(given.set_name);
  findings.FixByValue(*given.value, JsonValue());
  findings.FixByAdding(set, name, JsonValue(*AttentionFactorMeant(used, *given.value)));
}

// The value loses to one that stands elsewhere in the document.
void ReportLoser(LoadingState* state, const UsedSet& used, const GivenValue& given,
                 const UsedValue& in_use) {
  FindingSink& findings = state->findings();
  const std::string winner = findings.PathOf(in_use.value, in_use.name);
  std::string detail;
  if (given.quantity() == Quantity::kShare || given.quantity() == Quantity::kWidth) {
    detail = absl::StrCat(": ", Instead(*state, used, given, in_use));
  }
  findings.Add(FindingId::kTwoValues, *given.value, given.spelling->key,
               absl::StrCat("is ", PythonRepr(*given.value), ", but ", winner, " is ",
                            PythonRepr(in_use.value), ", and that is used", detail,
                            ". Keep one of the two, with the value that the model was trained "
                            "with"));
}

void ReportUnread(LoadingState* state, const UsedSet& used, const GivenValue& given,
                  const UsedValue& in_use) {
  const bool in_set = given.container != nullptr && used.set->offset() >= 0 &&
                      (given.set_name.empty()
                           ? given.container->offset() == used.set->offset()
                           : given.container->Find(given.set_name)->offset() == used.set->offset());
  const std::string place = RightPlace(*state, used, given, in_use.name);
  const bool has_fix = in_set && HasFix(used, given);
  state->findings().Add(
      in_set ? FindingId::kMisspelled : FindingId::kUnreadKey, *given.value, given.spelling->key,
      absl::StrCat("is ", PythonRepr(*given.value), ", but ", NotRead(*state), ": ",
                   Instead(*state, used, given, in_use),
                   state->family().fixed_rope
                       ? std::string()
                       : absl::StrCat(". ", WhatToWrite(*state, used, given, place)),
                   has_fix ? ". The fix does, and then it counts" : ""));
  if (has_fix) AddFix(state, used, given);
}

void CheckGivenValue(LoadingState* state, absl::Span<const UsedSet> sets, const GivenValue& given) {
  const UsedSet* differs = nullptr;
  bool is_said = false;
  for (const UsedSet& used : sets) {
    if (!ReadsQuantity(*state, used, given.quantity())) continue;
    if (Received(*state, used, given)) return;
    if (SaysTheSame(*state, used, given)) {
      is_said = true;
    } else if (differs == nullptr) {
      differs = &used;
    }
    // One value for a model with several layer types is that of the layers that have it: the base
    // of full attention, mostly.
    if (differs != nullptr && is_said) return;
  }
  if (differs == nullptr) return;
  const UsedValue in_use = UsedValueOf(*state, *differs, given);
  // Any other null than that of a factor is an error, which says so.
  if (in_use.is_given() && in_use.value.is_null() && given.quantity() != Quantity::kFactor) return;
  if (!in_use.is_given() || in_use.value.is_null()) {
    return ReportUnread(state, *differs, given, in_use);
  }
  // If the two lengths differ, ROPE-W111 says so.
  const std::string path = state->findings().PathOf(in_use.value, in_use.name);
  if (state->findings().Has(FindingId::kOriginalLengthReplaced, path)) return;
  ReportLoser(state, *differs, given, in_use);
}

}  // namespace

void CheckGivenValues(LoadingState* state, const ModelConfigReport& report) {
  const UsedSets sets = FindUsedSets(*state, report);
  if (sets.empty()) return;
  const bool nested = !sets.contains("");
  const std::vector<UsedSet> sorted = Sorted(sets);
  for (const GivenValue& given : GivenValues(state->document())) {
    if (state->findings().is_full()) return;  // all of these findings are warnings
    if (HasItsOwnFinding(*state, given, nested)) continue;
    CheckGivenValue(state, SetsFor(given, sets, sorted), given);
  }
}

}  // namespace rope

#include "core/config/judge/layer_parameters.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/config/judge/key_checks.h"
#include "core/config/judge/layer_use.h"
#include "core/config/judge/parameter_set.h"
#include "core/config/judge/provenance.h"
#include "core/config/judge/quantities/replaced_parameters.h"
#include "core/config/judge/quantities/two_values.h"
#include "core/config/load/layer_variants.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"

namespace rope {
namespace {

using LayerTypes = std::vector<std::string>;

// The rows of the table in the header, in the same order.
enum class Case {
  kSetPerLayerType,
  kOneSetForLayerTypes,
  kOneSet,
  kUnreadSets,
  kOneSetBesideUnreadSets,
};

bool ReadsSetPerLayerType(const Family& family, bool nested) {
  switch (family.nesting) {
    case Nesting::kOneSet:
      return false;
    case Nesting::kPerLayerType:
    case Nesting::kNamedSets:
      return true;
    case Nesting::kAsGiven:
      return nested;
  }
  return false;
}

Case CaseOf(const Family& family, const JsonValue& loaded, bool nested) {
  if (ReadsSetPerLayerType(family, nested)) {
    return nested ? Case::kSetPerLayerType : Case::kOneSetForLayerTypes;
  }
  if (!nested) return Case::kOneSet;
  const bool has_one_set = loaded.Find("rope_type") != nullptr;
  return has_one_set ? Case::kOneSetBesideUnreadSets : Case::kUnreadSets;
}

const RopeType* TypeOf(const JsonValue& set) {
  const JsonValue* name = set.Find("rope_type");
  return name != nullptr && name->is_string() ? FindRopeType(name->as_string()) : nullptr;
}

// Whether building the module standardizes rope_parameters again. In transformers the formula of a
// scaled type does that before it computes.
bool StandardizesAgain(const JsonValue& set) {
  const RopeType* type = TypeOf(set);
  return type != nullptr && type->is_scaled;
}

PositionAxes AxesOfSet(const LoadingState& state, const JsonValue& set, const RopeConfig& config) {
  if (config.spectrum.has_value()) return AxesOf(*config.spectrum);
  const Family& family = state.family();
  const JsonValue* given = set.Find("mrope_section");
  std::vector<int64_t> sections(family.default_mrope_section.begin(),
                                family.default_mrope_section.end());
  if (given != nullptr) sections = WholeNumbers(*given).value_or(std::vector<int64_t>());
  PositionAxes axes = MakePositionAxes(family.axis_order, sections, (config.rotary_dim + 1) / 2);
  axes.interleaved_pairs = axes.interleaved_pairs || family.interleaved_pairs;
  return axes;
}

// Checks the parameter set and adds the layer type that uses it to the report.
void AddLayerType(LoadingState* state, const JsonValue& loaded, const JsonValue& built,
                  const std::string& path, const std::string& layer_type,
                  ModelConfigReport* report) {
  LayerTypeConfig entry;
  entry.layer_type = layer_type;
  entry.path = path;
  entry.config = CheckParameterSet(state, loaded, built, path, layer_type);
  if (entry.config.has_value()) {
    entry.effective_values = ExplainParameters(state, built, *entry.config);
    entry.axes = AxesOfSet(*state, built, *entry.config);
  }
  report->layer_types.push_back(std::move(entry));
}

void ReportNotASet(LoadingState* state, const JsonValue& value, const std::string& path) {
  if (state->findings().HasErrorAt(path)) return;
  state->findings().Add(
      FindingId::kWrongKind, value, path,
      absl::StrCat("must be an object of rope parameters or null, not ", PythonTypeName(value)),
      absl::StrCat("'", PythonTypeName(value), "' object has no attribute 'get'"));
}

std::string PathOfSet(LoadingState* state, const JsonValue& set, const std::string& layer_type) {
  return state->findings().PathOf(set, absl::StrCat(state->RopePath(), ".", layer_type));
}

// Checks the member of rope_parameters named `layer_type` and adds the layer type to the report.
// Null means that its layers have no rotary embedding.
void CheckLayerType(LoadingState* state, const JsonValue& loaded, const JsonValue& built,
                    const std::string& layer_type, ModelConfigReport* report) {
  const std::string path = PathOfSet(state, built, layer_type);
  if (built.is_null()) {
    report->layer_types.push_back({layer_type, std::nullopt, {}, {}, path, {}});
  } else if (built.is_object()) {
    AddLayerType(state, loaded, built, path, layer_type, report);
  } else {
    ReportNotASet(state, built, path);
  }
}

// The members of an object, for many look-ups. Valid while the object neither gains nor loses any.
using Members = absl::flat_hash_map<absl::string_view, const JsonValue*>;

Members MembersOf(const JsonValue& object) {
  Members members;
  if (!object.is_object()) return members;
  for (const JsonMember& member : object.as_object()) members.emplace(member.key, &member.value);
  return members;
}

void CheckEveryLayerTypeHasParameters(LoadingState* state) {
  const std::vector<absl::string_view> labels = state->ParameterSetNames();
  const std::set<absl::string_view> layer_types(labels.begin(), labels.end());
  const Members given = MembersOf(state->rope_parameters);
  for (const absl::string_view layer_type : layer_types) {
    if (given.contains(layer_type)) continue;
    state->findings().AddMember(
        FindingId::kNesting, state->rope_parameters, "rope_parameters", layer_type,
        absl::StrCat("layers of type ", layer_type,
                     " have no parameters; give an object, or null for layers without rotary "
                     "embedding"));
  }
}

// Whether the member is the parameter set of a layer type that the family has, and no layer of this
// model. Files of the small members of a family have such sets.
bool IsSetOfOtherLayers(const LoadingState& state, const JsonMember& member) {
  const absl::Span<const absl::string_view> known = state.family().known_layer_types;
  return (member.value.is_object() || member.value.is_null()) &&
         std::find(known.begin(), known.end(), member.key) != known.end();
}

// Reports the members of rope_parameters that are not named after a layer type. Nothing reads them.
void CheckStrayMembers(LoadingState* state, const LayerTypes& layer_types) {
  if (!state->rope_parameters.is_object()) return;
  const std::set<std::string> known(layer_types.begin(), layer_types.end());
  for (const JsonMember& member : state->rope_parameters.as_object()) {
    if (known.contains(member.key) || member.value.offset() < 0) continue;
    if (IsSetOfOtherLayers(*state, member)) continue;
    state->findings().Add(FindingId::kParametersIgnored, member.value, member.key,
                          "has no effect: this family reads one parameter set for each layer type, "
                          "and nothing beside them");
  }
}

// The order in which the module builds its layer types.
LayerTypes InBuildOrder(const Family& family, LayerTypes layer_types) {
  if (family.nesting != Nesting::kNamedSets) std::sort(layer_types.begin(), layer_types.end());
  return layer_types;
}

// The second standardization happens when the first scaled type is built. Layer types that are
// built before it are computed from the parameters as they were at load.
void CheckSetPerLayerType(LoadingState* state, const JsonValue& loaded,
                          const LayerTypes& layer_types, ModelConfigReport* report) {
  bool standardized = false;
  const Members loaded_sets = MembersOf(loaded);
  const Members built_sets = MembersOf(state->rope_parameters);
  for (const std::string& layer_type : InBuildOrder(state->family(), layer_types)) {
    const JsonValue& set = *loaded_sets.at(layer_type);
    if (StandardizesAgain(set) && !standardized) {
      StandardizeRopeParameters(state);
      standardized = true;
    }
    CheckLayerType(state, set, *built_sets.at(layer_type), layer_type, report);
  }
  CheckEveryLayerTypeHasParameters(state);
  CheckStrayMembers(state, layer_types);
}

void CheckOneSetForLayerTypes(LoadingState* state, const JsonValue& loaded) {
  if (loaded.is_object()) CheckParameterSet(state, loaded, loaded, state->RopePath(), "");
  CheckEveryLayerTypeHasParameters(state);
  CheckStrayMembers(state, {});
}

JsonValue VariantOf(const JsonValue& set, const LayerVariant& variant) {
  JsonValue varied = set;
  if (!variant.rope_theta.is_null()) varied.Set("rope_theta", variant.rope_theta);
  if (variant.is_scaled) return varied;
  JsonValue unscaled = EmptyObject();
  unscaled.set_offset(set.offset());
  for (const absl::string_view key : {"rope_theta", "partial_rotary_factor"}) {
    if (const JsonValue* value = varied.Find(key)) unscaled.Set(key, *value);
  }
  unscaled.Set("rope_type", JsonValue(kDefaultRopeType));
  return unscaled;
}

// The parameter set without the members that its type does not read.
JsonValue WithoutUnreadKeys(const LoadingState& state, const JsonValue& set) {
  const RopeType* type = TypeOf(set);
  if (type == nullptr) return set;
  const absl::Span<const absl::string_view> own = state.family().ignored_keys;
  JsonValue read = EmptyObject();
  read.set_offset(set.offset());
  for (const JsonMember& member : set.as_object()) {
    const bool is_read = member.key == "rope_type" || ReadsKey(*type, member.key) ||
                         std::find(own.begin(), own.end(), member.key) != own.end();
    if (is_read) read.Set(member.key, member.value);
  }
  return read;
}

// Members that nothing reads are reported and explained for the first variants only. A document may
// have thousands of both, and what is said about them would be as long as their product.
constexpr size_t kFullVariants = 16;

// A layer type for each variant of the parameter set. An only one needs no name.
void AddVariants(LoadingState* state, const JsonValue& loaded, const LayerVariants& variants,
                 ModelConfigReport* report) {
  JsonValue short_loaded;
  JsonValue short_built;
  for (size_t i = 0; i < variants.variants.size(); ++i) {
    if (state->findings().is_full() && state->findings().has_errors()) return;
    if (i == kFullVariants) {
      short_loaded = WithoutUnreadKeys(*state, loaded);
      short_built = WithoutUnreadKeys(*state, state->rope_parameters);
    }
    const bool is_full = i < kFullVariants;
    const LayerVariant& variant = variants.variants[i];
    AddLayerType(state, VariantOf(is_full ? loaded : short_loaded, variant),
                 VariantOf(is_full ? state->rope_parameters : short_built, variant),
                 state->RopePath(), variants.variants.size() > 1 ? variant.name : "", report);
  }
}

// If rope_parameters is not an object, loading has already reported why.
void CheckOneSet(LoadingState* state, const JsonValue& loaded,
                 const std::optional<LayerVariants>& variants, ModelConfigReport* report) {
  if (!loaded.is_object()) return;
  if (StandardizesAgain(loaded)) StandardizeRopeParameters(state);
  if (variants.has_value() && !variants->variants.empty()) {
    return AddVariants(state, loaded, *variants, report);
  }
  AddLayerType(state, loaded, state->rope_parameters, state->RopePath(), "", report);
}

void CheckUnreadSets(LoadingState* state, const JsonValue& loaded, const LayerTypes& layer_types,
                     ModelConfigReport* report) {
  const Members sets = MembersOf(loaded);
  for (const std::string& layer_type : layer_types) {
    const JsonValue& set = *sets.at(layer_type);
    CheckLayerType(state, set, set, layer_type, report);
  }
  state->findings().Add(
      FindingId::kNesting, state->rope_parameters, "rope_parameters",
      absl::StrCat("must be one parameter set, because model_type \"", state->family().model_type,
                   "\" uses the same one for all layers; it is nested by layer type"),
      "KeyError: 'rope_type'");
}

// Checks a parameter set that transformers validates at load but never computes with.
void CheckUnreadSet(LoadingState* state, const JsonValue& set, const std::string& layer_type) {
  const JsonValue* type = set.Find("rope_type");
  const bool known = TypeOf(set) != nullptr;
  state->findings().Add(
      FindingId::kParametersIgnored, set, layer_type,
      "has no effect: this family reads one parameter set for all layers, which stands beside it",
      type == nullptr || known ? "" : UnknownTypeWarning(*type));
  const std::string path = PathOfSet(state, set, layer_type);
  if (known) {
    // transformers validates these parameters. Nothing computes with a base that was filled in, so
    // it must not look like a default.
    JsonValue with_theta = set;
    with_theta.SetDefault("rope_theta", JsonValue(state->family().default_theta));
    JsonValue* theta = with_theta.Find("rope_theta");
    if (theta->offset() < 0) theta->set_offset(set.offset());
    CheckParameterSet(state, set, with_theta, path, layer_type);
  } else if (!set.is_object() && !set.is_null()) {
    ReportNotASet(state, set, path);
  }
}

// This case arises if layer_types becomes an attribute only after the conversion. The conversion
// then treats rope_parameters as one parameter set, and adds rope_type and rope_theta beside the
// nested ones.
void CheckOneSetBesideUnreadSets(LoadingState* state, const JsonValue& loaded,
                                 const LayerTypes& layer_types, ModelConfigReport* report) {
  const std::set<absl::string_view> names(layer_types.begin(), layer_types.end());
  const Members sets = MembersOf(loaded);
  for (const std::string& layer_type : layer_types) {
    CheckUnreadSet(state, *sets.at(layer_type), layer_type);
  }
  JsonValue one_set = EmptyObject();
  one_set.set_offset(loaded.offset());
  for (const JsonMember& member : loaded.as_object()) {
    const bool is_nested = member.value.is_object() || names.contains(member.key);
    if (!is_nested) one_set.Set(member.key, member.value);
  }
  if (StandardizesAgain(one_set)) StandardizeRopeParameters(state);
  AddLayerType(state, one_set, one_set, state->RopePath(), "", report);
}

}  // namespace

void CheckRopeParameters(LoadingState* state, ModelConfigReport* report) {
  const JsonValue loaded = state->rope_parameters;
  report->loaded_rope_parameters_json = WriteJson(loaded);
  const LayerTypes layer_types = state->ParameterSetsIn(loaded);
  std::optional<LayerVariants> variants;
  if (state->family().vary_layers != nullptr) variants = state->family().vary_layers(state);
  switch (CaseOf(state->family(), loaded, !layer_types.empty())) {
    case Case::kSetPerLayerType:
      CheckSetPerLayerType(state, loaded, layer_types, report);
      break;
    case Case::kOneSetForLayerTypes:
      CheckOneSetForLayerTypes(state, loaded);
      break;
    case Case::kOneSet:
      CheckOneSet(state, loaded, variants, report);
      break;
    case Case::kUnreadSets:
      CheckUnreadSets(state, loaded, layer_types, report);
      break;
    case Case::kOneSetBesideUnreadSets:
      CheckOneSetBesideUnreadSets(state, loaded, layer_types, report);
      break;
  }
  CheckReplacedParameters(state);
  CheckGivenValues(state, *report);
  report->rope_parameters_json = WriteJson(state->rope_parameters);
  AssignLayers(state, variants.has_value() ? &*variants : nullptr, report);
  if (state->family().check != nullptr) state->family().check(state);
}

}  // namespace rope

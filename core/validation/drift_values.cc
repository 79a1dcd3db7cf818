#include "core/validation/drift_values.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/config/judge/provenance.h"
#include "core/json/json_value.h"
#include "core/rope_types/rope_parameters.h"

namespace rope {
namespace {

// Parameters that are not compared. A longer context alone is no drift. rotary_dim already shows
// what partial_rotary_factor does. The model family alone decides on the other three.
constexpr absl::string_view kNotCompared[] = {"max_position_embeddings", "partial_rotary_factor",
                                              "short_mscale", "long_mscale",
                                              "even_odd_frequencies"};

// As JSON; of a list only its length, because a person would not read the numbers.
std::string Printed(const RopeParameterValue& value) {
  const auto* const list = std::get_if<absl::Span<const double>>(&value);
  return list != nullptr ? absl::StrCat("[", list->size(), " numbers]") : WriteJson(JsonOf(value));
}

bool IsCompared(absl::string_view name) {
  return std::find(std::begin(kNotCompared), std::end(kNotCompared), name) ==
         std::end(kNotCompared);
}

}  // namespace

std::vector<DriftedValue> DifferingValues(const RopeConfig& config, const RopeConfig& preset) {
  std::vector<DriftedValue> values;
  const std::vector<RopeParameter> own = ParametersOf(config);
  const std::vector<RopeParameter> theirs = ParametersOf(preset);
  for (size_t i = 0; i < own.size(); ++i) {
    if (!IsCompared(own[i].name) || own[i].value == theirs[i].value) continue;
    values.push_back({std::string(own[i].name), Printed(own[i].value), Printed(theirs[i].value)});
  }
  return values;
}

}  // namespace rope

#include "core/config/spectrum_document.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"

namespace rope {
namespace {

constexpr absl::string_view kAxisMembers[] = {"dim",           "theta",         "ntk_factor",
                                              "linear_factor", "angle_divisor", "position_axis"};
constexpr absl::string_view kMembers[] = {"axes",
                                          "order",
                                          "shared_progression",
                                          "formula",
                                          "frequency_arithmetic",
                                          "angle_arithmetic",
                                          "positions_are_turns",
                                          "zero_lanes_before",
                                          "zero_lanes_after",
                                          "half_split_per_axis",
                                          "interleaved_pairs"};

// A word of the document and what it means, in the order of the enum.
template <typename Enum, size_t n>
using Words = std::array<std::pair<absl::string_view, Enum>, n>;

constexpr Words<LaneOrder, 2> kOrders = {
    {{"blocks", LaneOrder::kBlocks}, {"in_turn", LaneOrder::kInTurn}}};
constexpr Words<FrequencyFormula, 3> kFormulas = {{{"falling", FrequencyFormula::kFalling},
                                                   {"exponential", FrequencyFormula::kExponential},
                                                   {"rising", FrequencyFormula::kRising}}};
constexpr Words<FrequencyArithmetic, 3> kFrequencyArithmetics = {
    {{"float32", FrequencyArithmetic::kFloat32},
     {"float64", FrequencyArithmetic::kFloat64},
     {"float64_then_float32", FrequencyArithmetic::kFloat64ThenFloat32}}};
constexpr Words<AngleArithmetic, 2> kAngleArithmetics = {
    {{"float32", AngleArithmetic::kFloat32}, {"float64", AngleArithmetic::kFloat64}}};

// Reads the members of one object. Absent members leave their values unchanged.
class Members {
 public:
  Members(const JsonValue& object, std::string path, FindingSink* findings)
      : object_(object), path_(std::move(path)), findings_(*findings) {}

  void Number(absl::string_view key, double* out) const {
    const JsonValue* value = object_.Find(key);
    if (value == nullptr) return;
    if (IsPythonNumber(*value)) {
      *out = PythonNumber(*value).value_or(NAN);
      return;
    }
    Report(key, *value, "a number");
  }

  void Integer(absl::string_view key, int64_t* out) const {
    const JsonValue* value = object_.Find(key);
    if (value == nullptr) return;
    if (value->is_int()) {
      *out = value->as_int();
      return;
    }
    Report(key, *value, "an integer");
  }

  void Bool(absl::string_view key, bool* out) const {
    const JsonValue* value = object_.Find(key);
    if (value == nullptr) return;
    if (value->is_bool()) {
      *out = value->as_bool();
      return;
    }
    Report(key, *value, "true or false");
  }

  template <typename Enum, size_t n>
  void Word(absl::string_view key, const Words<Enum, n>& words, Enum* out) const {
    const JsonValue* value = object_.Find(key);
    if (value == nullptr) return;
    std::string known;
    for (const auto& [word, meaning] : words) {
      if (value->is_string() && value->as_string() == word) {
        *out = meaning;
        return;
      }
      absl::StrAppend(&known, known.empty() ? "\"" : ", \"", word, "\"");
    }
    Report(key, *value, absl::StrCat("one of ", known));
  }

  // Reports the members that have none of these names.
  void Only(absl::Span<const absl::string_view> names) const {
    for (const JsonMember& member : object_.as_object()) {
      bool known = false;
      for (const absl::string_view name : names) known = known || member.key == name;
      if (known) continue;
      findings_.Add(FindingId::kSpectrum, member.value, absl::StrCat(path_, ".", member.key),
                    absl::StrCat("is no member of it; known are ", absl::StrJoin(names, ", ")));
    }
  }

 private:
  void Report(absl::string_view key, const JsonValue& value, absl::string_view expected) const {
    findings_.Add(FindingId::kSpectrum, value, absl::StrCat(path_, ".", key),
                  absl::StrCat("must be ", expected, ", not ", PythonRepr(value)));
  }

  const JsonValue& object_;
  const std::string path_;
  FindingSink& findings_;
};

SpectrumAxis ReadAxis(const JsonValue& object, int64_t place, FindingSink* findings) {
  const std::string path = absl::StrCat("spectrum.axes[", place, "]");
  SpectrumAxis axis;
  axis.position_axis = place;
  if (!object.is_object()) {
    findings->Add(FindingId::kSpectrum, object, path,
                  absl::StrCat("must be an object, not ", PythonTypeName(object)));
    return axis;
  }
  const Members members(object, path, findings);
  members.Only(kAxisMembers);
  members.Integer("dim", &axis.dim);
  members.Number("theta", &axis.theta);
  members.Number("ntk_factor", &axis.ntk_factor);
  members.Number("linear_factor", &axis.linear_factor);
  members.Number("angle_divisor", &axis.angle_divisor);
  members.Integer("position_axis", &axis.position_axis);
  return axis;
}

void ReadAxes(const JsonValue& object, FindingSink* findings, Spectrum* spectrum) {
  const JsonValue* axes = object.Find("axes");
  if (axes == nullptr || !axes->is_array()) {
    findings->AddMember(FindingId::kSpectrum, object, "spectrum", "axes",
                        "must be a list of objects, one for each axis");
    return;
  }
  const auto count = static_cast<int64_t>(axes->as_array().size());
  for (int64_t i = 0; i < count && i <= kMaxSpectrumAxes; ++i) {
    spectrum->axes.push_back(ReadAxis(axes->as_array()[i], i, findings));
  }
}

Spectrum ReadSpectrum(const JsonValue& object, FindingSink* findings) {
  Spectrum spectrum;
  ReadAxes(object, findings, &spectrum);
  const Members members(object, "spectrum", findings);
  members.Only(kMembers);
  members.Word("order", kOrders, &spectrum.order);
  members.Bool("shared_progression", &spectrum.shared_progression);
  members.Word("formula", kFormulas, &spectrum.formula);
  members.Word("frequency_arithmetic", kFrequencyArithmetics, &spectrum.frequency_arithmetic);
  members.Word("angle_arithmetic", kAngleArithmetics, &spectrum.angle_arithmetic);
  members.Bool("positions_are_turns", &spectrum.positions_are_turns);
  members.Integer("zero_lanes_before", &spectrum.zero_lanes_before);
  members.Integer("zero_lanes_after", &spectrum.zero_lanes_after);
  members.Bool("half_split_per_axis", &spectrum.half_split_per_axis);
  members.Bool("interleaved_pairs", &spectrum.interleaved_pairs);
  return spectrum;
}

// The only layer type of the document.
LayerTypeConfig LayerOf(Spectrum spectrum) {
  spectrum.text = DescribeSpectrum(spectrum);
  RopeConfig config;
  config.rope_type = std::string(kAxialRopeType);
  config.rope_theta = spectrum.axes.front().theta;
  config.rotary_dim = 2 * LaneCount(spectrum);
  config.head_dim = config.rotary_dim;
  LayerTypeConfig layer;
  layer.path = "spectrum";
  layer.axes = AxesOf(spectrum);
  layer.effective_values = {{"spectrum", WriteJson(JsonValue(spectrum.text)), "spectrum", "given"}};
  config.spectrum = std::move(spectrum);
  layer.config = std::move(config);
  return layer;
}

}  // namespace

bool IsSpectrumDocument(const JsonValue& root) {
  return root.Find("spectrum") != nullptr && root.Find("model_type") == nullptr;
}

void ReadSpectrumDocument(const JsonValue& root, FindingSink* findings, ModelConfigReport* report) {
  for (const JsonMember& member : root.as_object()) {
    if (member.key == "spectrum") continue;
    findings->Add(FindingId::kSpectrum, member.value, member.key,
                  "must not stand beside spectrum, which says everything that is computed with");
  }
  const JsonValue& object = *root.Find("spectrum");
  if (!object.is_object()) {
    findings->Add(FindingId::kSpectrum, object, "spectrum",
                  absl::StrCat("must be an object, not ", PythonTypeName(object)));
    return;
  }
  Spectrum spectrum = ReadSpectrum(object, findings);
  if (findings->has_errors()) return;
  const SpectrumProblem problem = ProblemOf(spectrum);
  if (!problem.path.empty()) {
    findings->AddPath(FindingId::kSpectrum, absl::StrCat("spectrum.", problem.path), -1,
                      problem.message);
    return;
  }
  report->layer_types.push_back(LayerOf(std::move(spectrum)));
}

}  // namespace rope

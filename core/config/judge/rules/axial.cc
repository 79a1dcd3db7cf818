// The check of type axial: the spectrum of a tower for images or videos.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/judge/rules/rules.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"

namespace rope {
namespace {

// An integer member >= 1 of the document, or the default of the class if its field has one.
// `common_name` is how most classes call the field. Absent, with a finding, otherwise.
std::optional<int64_t> Width(LoadingState* state, absl::string_view name,
                             absl::string_view common_name, int64_t class_default) {
  const JsonValue* value = state->Attribute(name);
  // Classes that declare the field under another name take the common one, too.
  const JsonValue* common = class_default > 0 ? state->Attribute(common_name) : nullptr;
  const std::string path(name);
  if (value != nullptr && common != nullptr && common != value && common->offset() >= 0 &&
      PythonRepr(*value) != PythonRepr(*common)) {
    state->findings().Add(FindingId::kHeads, *common, common_name,
                          absl::StrCat(common_name, " is ", PythonRepr(*common), " and ", name,
                                       " is ", PythonRepr(*value), "; keep one of them"));
    return std::nullopt;
  }
  if (value == nullptr) value = common;
  if (value == nullptr) {
    state->findings().AddPath(FindingId::kMissingShape, path, -1,
                              absl::StrCat(name,
                                           " must be given: the width of a head depends on "
                                           "it"));
    return std::nullopt;
  }
  if (!value->is_int() || value->as_int() < 1) {
    state->findings().Add(FindingId::kOutOfRange, *value, name,
                          absl::StrCat("must be an integer >= 1, not ", PythonRepr(*value)));
    return std::nullopt;
  }
  if (value->offset() < 0 && state->ReportOnce(name)) {
    state->findings().AddPath(
        FindingId::kShapeDefault, path, -1,
        absl::StrCat(name, " is not given; ", value->as_int(),
                     " is used, the default of model_type \"", state->family().model_type, "\""));
  }
  return value->as_int();
}

// head_dim if the document gives one, and otherwise the width divided by the number of heads.
std::optional<int64_t> HeadDim(LoadingState* state, const AxialRule& rule) {
  const JsonValue* head_dim = state->Attribute("head_dim");
  if (head_dim != nullptr && !head_dim->is_null() &&
      (head_dim->offset() >= 0 || state->family().head_dim.default_value.has_value())) {
    return Width(state, "head_dim", "head_dim", 0);
  }
  const ShapeDefaults& shape = state->family().shape;
  const auto width =
      Width(state, rule.width, "hidden_size", rule.width == "hidden_size" ? shape.hidden_size : 0);
  const auto heads = Width(state, rule.heads, "num_attention_heads", shape.num_attention_heads);
  if (!width.has_value() || !heads.has_value()) return std::nullopt;
  if (rule.divisor.empty()) return *width / *heads;
  const auto divisor = Width(state, rule.divisor, rule.divisor, 0);
  if (!divisor.has_value()) return std::nullopt;
  return *width / *divisor / *heads;
}

// The channels of one axis. 0, with a finding, if the head cannot be divided.
int64_t AxisDim(const RuleContext& context, const AxialRule& rule, int64_t head_dim) {
  if (rule.reads_partial) {
    const JsonValue* partial = context.built.Find("partial_rotary_factor");
    const double factor = partial != nullptr ? PythonNumber(*partial).value_or(0.0) : 1.0;
    const double dim = static_cast<double>(head_dim) * factor;
    if (dim >= 2.0 && dim <= static_cast<double>(kMaxHeadDim)) return static_cast<int64_t>(dim);
    context.built.Report(FindingId::kOutOfRange, "partial_rotary_factor",
                         absl::StrCat("must leave each axis 2 to ", kMaxHeadDim, " channels"));
    return 0;
  }
  const int64_t dim = rule.axes == 2 ? head_dim / 2 : head_dim / rule.axes / 2 * 2;
  const bool divides = rule.axes != 2 || head_dim % 4 == 0;
  if (divides && dim >= 2 && head_dim <= kMaxHeadDim) return dim;
  context.state().findings().AddPath(FindingId::kHeadDim, std::string(rule.width), -1,
                                     absl::StrCat("gives heads of ", head_dim, " channels, which ",
                                                  rule.axes, " axes cannot share: there must be ",
                                                  rule.axes == 2 ? "a multiple of 4" : "at least 6",
                                                  ", and at most ", kMaxHeadDim));
  return 0;
}

Spectrum SpectrumOf(const AxialRule& rule, double theta, int64_t axis_dim) {
  const bool backward =
      rule.order == AxialOrder::kBlocksBackward || rule.order == AxialOrder::kInTurnBackward;
  const bool in_turn =
      rule.order == AxialOrder::kInTurn || rule.order == AxialOrder::kInTurnBackward;
  Spectrum spectrum;
  for (int64_t i = 0; i < rule.axes; ++i) {
    SpectrumAxis axis;
    axis.dim = axis_dim;
    axis.theta = theta;
    axis.position_axis = backward ? rule.axes - 1 - i : i;
    spectrum.axes.push_back(axis);
  }
  spectrum.order = in_turn ? LaneOrder::kInTurn : LaneOrder::kBlocks;
  spectrum.shared_progression = rule.shared_progression;
  spectrum.half_split_per_axis = rule.half_split_per_axis;
  spectrum.interleaved_pairs = rule.interleaved_pairs;
  spectrum.positions_are_turns = rule.positions_are_turns;
  spectrum.text = DescribeSpectrum(spectrum);
  return spectrum;
}

}  // namespace

void CheckAxial(const RuleContext& context) {
  const AxialRule& rule = *context.state().family().axial;
  const JsonValue* partial = context.built.Find("partial_rotary_factor");
  if (!rule.reads_partial && partial != nullptr && !partial->is_null() &&
      PythonNumber(*partial) != 1.0) {
    context.built.Report(
        FindingId::kPartialIgnored, "partial_rotary_factor",
        absl::StrCat("is ", PythonRepr(*partial), ", but model_type \"",
                     context.state().family().model_type, "\" rotates its heads as a whole"));
  }
  const std::optional<int64_t> head_dim = HeadDim(&context.state(), rule);
  if (!head_dim.has_value()) return;
  const int64_t axis_dim = AxisDim(context, rule, *head_dim);
  if (axis_dim == 0) return;
  RopeConfig& result = *context.result;
  Spectrum spectrum = SpectrumOf(rule, result.rope_theta, axis_dim);
  const SpectrumProblem problem = ProblemOf(spectrum);
  if (!problem.path.empty()) {
    context.state().findings().AddPath(FindingId::kHeadDim, std::string(rule.width), -1,
                                       absl::StrCat(problem.path, " ", problem.message));
    return;
  }
  result.head_dim = *head_dim;
  result.rotary_dim = 2 * LaneCount(spectrum);
  result.spectrum = std::move(spectrum);
}

}  // namespace rope

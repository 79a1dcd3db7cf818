#include "core/config/judge/rules/type_rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/rule_context.h"
#include "core/config/judge/set_checks.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

// ERNIE-4.5-VL orders the frequencies of its height and width positions itself; those of its
// temporal positions stand behind them.
void CheckDefault(const RuleContext& context) {
  if (context.state().family().model_type != "ernie4_5_vl_moe_text") return;
  const JsonValue* given = context.built.Find("mrope_section");
  const auto sections = given == nullptr ? std::vector<int64_t>{22, 22, 20}
                                         : WholeNumbers(*given).value_or(std::vector<int64_t>());
  const int64_t half = context.result->rotary_dim / 2;
  int64_t left = half;
  for (const int64_t section : sections) {
    left = section < 0 || section > left ? half + 1 : left - section;
  }
  if (left == 0 && sections.size() == 3 && sections[2] > 0) {
    context.result->even_odd_frequencies = sections[0] + sections[1];
    return;
  }
  ReportDegenerate(
      context, "mrope_section",
      absl::StrCat("three sections whose sum is rotary_dim / 2 = ", half, " are needed"));
}

void CheckLinear(const RuleContext& context) { CheckFactor(context, false); }

// The base that alpha makes is one the powers are computed for.
void CheckStretchedBase(const RuleContext& context) {
  const double d = static_cast<double>(context.result->rotary_dim);
  if (!context.result->alpha.has_value() || d <= 2.0) return;
  const double base = context.result->rope_theta * std::pow(*context.result->alpha, d / (d - 2.0));
  if (base >= kThetaRange.min && base <= kThetaRange.max) return;
  ReportDegenerate(context, "alpha",
                   absl::StrCat("rope_theta * alpha^(d / (d - 2)) is ", base, " and must be ",
                                kThetaRange.text));
}

void CheckDynamic(const RuleContext& context) {
  CheckFactor(context, false);
  RequireMaxPositions(&context.state(), context.built.path());
  const absl::string_view family = context.state().family().model_type;
  const JsonValue* alpha = context.built.Find("alpha");
  if (absl::StartsWith(family, "hunyuan_v") && alpha != nullptr && IsTruthy(*alpha)) {
    context.result->alpha = context.built.Number("alpha", kFactorRange, false);
    const std::optional<int64_t> head_dim = context.state().IntAttribute("head_dim");
    if (context.result->alpha.has_value())
      context.result->rotary_dim = head_dim.value_or(context.result->head_dim);
  }
  CheckStretchedBase(context);
  if (context.result->rotary_dim == 2) {
    ReportDegenerate(
        context, "rope_type",
        "dynamic raises to the power d / (d - 2), which has no value for rotary_dim 2; use "
        "another type or a wider head");
  }
}

void CompareLlama3Lengths(const RuleContext& context) {
  const JsonValue* original = context.loaded.Find(kOriginalLength);
  if (original == nullptr || !IsPythonNumber(*original)) return;
  if (original->is_double()) {
    context.loaded.Report(
        FindingId::kOriginalLength, kOriginalLength,
        absl::StrCat("should be an integer, not ", PythonRepr(*original)),
        HfGotMessage("original_max_position_embeddings field must be an integer", original));
  }
  const std::optional<int64_t> length = KnownMaxPositions(context.state());
  if (!length.has_value()) return;
  if (PythonNumber(*original).value_or(0.0) >= static_cast<double>(*length)) {
    context.loaded.Report(
        FindingId::kOriginalLength, kOriginalLength,
        absl::StrCat("should be below max_position_embeddings, which is ", *length),
        absl::StrCat("`rope_parameters`'s original_max_position_embeddings field must be less than "
                     "max_position_embeddings, got ",
                     PythonStr(*original), " and max_position_embeddings=", *length));
  }
}

void CheckLlama3(const RuleContext& context) {
  CheckFactor(context, false);
  CheckOriginalLength(
      context, LengthAtLoad::kMustBeNumber,
      HfMessageUnlessNumber(context.loaded.Find(kOriginalLength),
                            "original_max_position_embeddings field must be an integer"));
  CompareLlama3Lengths(context);
  const JsonValue* low = context.built.Find("low_freq_factor");
  const JsonValue* high = context.built.Find("high_freq_factor");
  std::string hf_low = HfMessageUnlessNumber(low, "low_freq_factor field must be a float, or int");
  absl::StrReplaceAll({{"int, got", "int got"}}, &hf_low);  // as transformers writes it
  context.result->low_freq_factor =
      context.built.Number("low_freq_factor", kFactorRange, false, hf_low);
  context.result->high_freq_factor = context.built.Number(
      "high_freq_factor", kFactorRange, false,
      HfMessageUnlessNumber(high, "high_freq_factor field must be a float or int"));
  if (low == nullptr || high == nullptr || !IsPythonNumber(*low) || !IsPythonNumber(*high)) return;
  if (!(PythonNumber(*high).value_or(1.0) <= PythonNumber(*low).value_or(0.0))) return;
  context.built.Report(
      FindingId::kBandOrder, "high_freq_factor",
      absl::StrCat("should be above low_freq_factor, which is ", PythonRepr(*low)),
      absl::StrCat("`rope_parameters`'s high_freq_factor field must be greater than "
                   "low_freq_factor, got high_freq_factor=",
                   PythonStr(*high), " and low_freq_factor=", PythonStr(*low)));
}

void CheckProportional(const RuleContext& context) {
  const JsonValue* partial = context.loaded.Find("partial_rotary_factor");
  if (partial == nullptr || partial->is_null()) {
    context.built.Report(
        FindingId::kNoProportion, "partial_rotary_factor",
        "not given: all frequencies rotate; give the share of them that is to",
        "`rope_parameters`'s partial_rotary_factor is None. This will default to 1.0 in the "
        "computation, making this equivalent to the linear_scaling RoPE type. Provide a value in "
        "the range [0.0, 1.0) to make use of the proportional RoPE functionality.");
  }
  context.result->factor = context.built.Number("factor", kFactorRange, false);
  if (context.result->rotary_dim % 2 != 0) {
    ReportDegenerate(context, "rope_type", "proportional needs an even head_dim");
  }
}

struct TypeRules {
  absl::string_view rope_type;
  void (*judge)(const RuleContext& context);
};

constexpr TypeRules kTypeRules[] = {{"default", CheckDefault},          {"linear", CheckLinear},
                                    {"dynamic", CheckDynamic},          {"yarn", CheckYarn},
                                    {"longrope", CheckLongrope},        {"llama3", CheckLlama3},
                                    {"proportional", CheckProportional}};

}  // namespace

std::optional<RopeConfig> CheckParameterSet(LoadingState* state, const JsonValue& loaded,
                                            const JsonValue& built, const std::string& path,
                                            const std::string& layer_type) {
  RopeConfig out;
  const RuleContext context{SetReader(state, &loaded, path), SetReader(state, &built, path),
                            layer_type, &out};
  const RopeType* type = CheckTypeAndKeys(context.loaded);
  if (type == nullptr) return std::nullopt;
  out.rope_type = std::string(type->name);
  out.max_position_embeddings = KnownMaxPositions(*state);
  CheckTheta(context.built, &out);
  CheckHeadDim(context.built, layer_type, *type, &out);
  const auto rules = std::find_if(std::begin(kTypeRules), std::end(kTypeRules),
                                  [&](const TypeRules& r) { return r.rope_type == type->name; });
  if (rules == std::end(kTypeRules)) {
    context.built.Report(FindingId::kTypeNotComputed, "rope_type",
                         "there are no rules for this type");
    return std::nullopt;
  }
  rules->judge(context);
  WarnOfSuspicions(context.built, *type);
  if (state->findings().has_errors()) return std::nullopt;
  return out;
}

}  // namespace rope

// The check of type yarn.
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/rules/rules.h"
#include "core/json/python_value.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

// `beta or default`, as Python computes it. The number may be out of range.
double EffectiveBeta(const RuleContext& context, const char* key, double default_value) {
  const JsonValue* value = context.built.Find(key);
  if (value == nullptr || !IsTruthy(*value)) return default_value;
  return PythonNumber(*value).value_or(default_value);
}

void CheckBetas(const RuleContext& context) {
  const std::optional<double> fast =
      context.built.Number("beta_fast", kBetaRange, Null::kMeansAbsent,
                           HfGotMessageUnlessNumber("beta_fast field must be a float or int",
                                                    context.built.Find("beta_fast")));
  const std::optional<double> slow =
      context.built.Number("beta_slow", kBetaRange, Null::kMeansAbsent,
                           HfGotMessageUnlessNumber("beta_slow field must be a float or int",
                                                    context.built.Find("beta_slow")));
  if (fast.value_or(0.0) != 0.0) context.result->beta_fast = *fast;  // 0 counts as absent
  if (slow.value_or(0.0) != 0.0) context.result->beta_slow = *slow;
  const double fast_in_use = EffectiveBeta(context, "beta_fast", RopeConfig().beta_fast);
  const double slow_in_use = EffectiveBeta(context, "beta_slow", RopeConfig().beta_slow);
  if (!(fast_in_use < slow_in_use)) return;
  const auto printed = [&](const char* key) {
    const JsonValue* value = context.built.Find(key);
    return PythonStr(value != nullptr ? *value : JsonValue());
  };
  context.built.Report(
      FindingId::kBetaOrder, fast.has_value() ? "beta_fast" : "beta_slow",
      absl::StrCat("beta_fast (", PythonFloat(fast_in_use), ") should not be below beta_slow (",
                   PythonFloat(slow_in_use), ")"),
      absl::StrCat("`rope_parameters`'s beta_fast field must be greater than beta_slow, got "
                   "beta_fast=",
                   printed("beta_fast"), " (defaults to 32 if None) and beta_slow=",
                   printed("beta_slow"), " (defaults to 1 if None)"));
}

// transformers compares the factor with the ratio of the lengths at load, before a module is built.
void CheckFactorAgainstLengths(const RuleContext& context) {
  const std::optional<int64_t> length = KnownMaxPositions(context.state());
  const JsonValue* original = context.loaded.Find(kOriginalLength);
  const JsonValue* factor = context.loaded.Find("factor");
  if (!length.has_value() || original == nullptr || factor == nullptr) return;
  const double ratio = static_cast<double>(*length) / PythonNumber(*original).value_or(0.0);
  if (std::isinf(ratio) || ratio == 1.0) return;
  if (IsPythonNumber(*factor) && PythonNumber(*factor) == ratio) return;
  const std::string given = PythonStr(*factor);
  context.loaded.Report(
      FindingId::kFactorMismatch, "factor",
      absl::StrCat("is ", given, ", but max_position_embeddings / ", kOriginalLength, " is ",
                   PythonFloat(ratio), "; ", factor->is_null() ? "that ratio" : "the factor",
                   " is used"),
      absl::StrCat(
          "The explicitly set RoPE scaling factor (config.rope_parameters['factor'] = ", given,
          ") does not match the ratio implicitly set by other parameters (implicit factor = "
          "post-yarn context length / pre-yarn context length = config.max_position_embeddings / "
          "config.rope_parameters['original_max_position_embeddings'] = ",
          PythonFloat(ratio), "). Using the explicit factor (", given,
          ") in YaRN. This may cause unexpected behaviour in model usage, please correct the "
          "'original_max_position_embeddings' fields in the model config."));
}

// If mscale and mscale_all_dim are both given, the attention factor is a ratio. A divisor of 0 is
// reported. Any other divisor keeps the ratio a finite float32, because the parameters are in their
// ranges.
void CheckMscale(const RuleContext& context, std::optional<double> factor) {
  context.result->mscale = context.built.Number("mscale", kScaleRange, Null::kMeansAbsent);
  context.result->mscale_all_dim =
      context.built.Number("mscale_all_dim", kScaleRange, Null::kMeansAbsent);
  const double mscale = context.result->mscale.value_or(0.0);
  const double all_dim = context.result->mscale_all_dim.value_or(0.0);
  if (mscale == 0.0 || all_dim == 0.0 || !factor.has_value()) return;
  if (MagnitudeScale<double>(*factor, all_dim) != 0.0) return;
  ReportDegenerate(
      context, "mscale_all_dim",
      absl::StrCat("must not be ", PythonFloat(all_dim), ": the attention factor divides by ",
                   "0.1 * mscale_all_dim * ln(factor) + 1, which is 0"));
}

// The attention factor of cos and sin comes from mscale and mscale_all_dim only if both are given
// and not 0, and if there is no attention_factor. (Latent attention reads mscale_all_dim once more,
// for its scores.)
void CheckMscaleIsRead(const RuleContext& context) {
  const RopeConfig& result = *context.result;
  const bool has_mscale = result.mscale.value_or(0.0) != 0.0;
  const bool has_all_dim = result.mscale_all_dim.value_or(0.0) != 0.0;
  if (has_mscale == has_all_dim || result.attention_factor.has_value()) return;
  const absl::string_view given = has_mscale ? "mscale" : "mscale_all_dim";
  const absl::string_view other = has_mscale ? "mscale_all_dim" : "mscale";
  const std::optional<double> factor = FactorInUse(context);
  context.built.Report(
      FindingId::kUnreadKey, given,
      absl::StrCat("does not change cos and sin: yarn reads it only together with ", other,
                   ", which is missing or 0. The attention factor is 0.1 ln(factor) + 1",
                   factor.has_value()
                       ? absl::StrCat(" = ", PythonFloat(MagnitudeScale<double>(*factor, 1.0)))
                       : "",
                   " as without it. Give both, or attention_factor"));
}

// A scaling for longer sequences than the file says that the model takes.
void CheckLengthIsRaised(const RuleContext& context) {
  const JsonValue* length = context.state().document().Find("max_position_embeddings");
  const std::optional<double> original = context.result->original_max_position_embeddings;
  const std::optional<double> factor = context.result->factor;
  if (length == nullptr || !length->is_int() || !original.has_value() || !factor.has_value())
    return;
  // ROPE-W105 reports any other ratio than 1.
  if (*original != static_cast<double>(length->as_int()) || !(*factor > 1.0)) return;
  context.state().findings().Add(
      FindingId::kLengthNotRaised, *length, "max_position_embeddings",
      absl::StrCat("is ", length->as_int(), ", the length before scaling; factor * ",
                   kOriginalLength, " is ", PythonFloat(*factor * *original),
                   ". Raise it to that if the model should take longer sequences"));
}

void CheckTruncate(const RuleContext& context) {
  const JsonValue* value = context.built.Find("truncate");
  const bool nested = !context.layer_type.empty();
  // transformers looks for truncate in rope_parameters itself. Nested parameter sets lie one level
  // below, so theirs is not read.
  const JsonValue* read = nested ? context.state().rope_parameters.Find("truncate") : value;
  context.result->truncate = read == nullptr || IsTruthy(*read);
  if (value == nullptr) return;
  if (nested && IsTruthy(*value) != context.result->truncate) {
    context.built.Report(
        FindingId::kTruncate, "truncate",
        absl::StrCat("has no effect in the parameter set of a layer type: the range is ",
                     context.result->truncate ? "rounded" : "not rounded", " all the same"));
  } else if (!value->is_bool()) {
    context.built.Report(
        FindingId::kTruncate, "truncate",
        absl::StrCat("should be true or false, not ", PythonRepr(*value), "; it counts as ",
                     context.result->truncate ? "true" : "false"));
    context.state().findings().FixByValue(*value, JsonValue(context.result->truncate));
  }
}

}  // namespace

void CheckYarn(const RuleContext& context) {
  CheckFactor(context, Null::kMeansAbsent);
  CheckOriginalLength(context, LengthAtLoad::kMustBeNumber, "");
  CheckAttentionFactor(context, AttentionFactorType::kFloat);
  CheckBetas(context);
  CheckFactorAgainstLengths(context);
  CheckMscale(context, FactorInUse(context));
  CheckMscaleIsRead(context);
  CheckLengthIsRaised(context);
  CheckTruncate(context);
  if (context.result->rope_theta == 1.0) {
    ReportDegenerate(context, "rope_theta",
                     "must not be 1: yarn divides by ln(rope_theta), which is 0");
  }
  if (context.result->rotary_dim % 2 != 0) {
    ReportDegenerate(
        context, "partial_rotary_factor",
        absl::StrCat("makes rotary_dim ", context.result->rotary_dim, "; yarn needs an even one"));
  }
}

}  // namespace rope

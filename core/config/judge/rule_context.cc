#include "core/config/judge/rule_context.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/quantities/given_values.h"
#include "core/json/python_value.h"
#include "core/rope_types/formula_terms.h"

namespace rope {

std::string HfGotMessage(absl::string_view sentence, const JsonValue* value) {
  return absl::StrCat("`rope_parameters`'s ", sentence, ", got ",
                      PythonStr(value != nullptr ? *value : JsonValue()));
}

std::string HfGotMessageUnlessNumber(absl::string_view sentence, const JsonValue* value) {
  return value != nullptr && !IsPythonNumber(*value) ? HfGotMessage(sentence, value) : "";
}

void FixFactorByRatio(const RuleContext& context) {
  const JsonValue* length = context.state().Attribute("max_position_embeddings");
  const JsonValue* original = context.built.Find(kOriginalLength);
  if (length == nullptr || original == nullptr || !length->is_int() || length->as_int() < 1) return;
  const double l0 = PythonNumber(*original).value_or(0.0);
  if (!(l0 >= 1.0)) return;
  const auto l = static_cast<double>(length->as_int());
  const JsonValue ratio(l / l0);
  // A ratio that is no double would be rounded, and profile `exact` computes with the ratio itself.
  if (!(ratio.as_double() > 1.0) || std::fma(ratio.as_double(), l0, -l) != 0.0) return;
  // Only the author can know which of two factors was meant.
  if (GivesFactor(context.state().document(), context.layer_type)) return;
  if (const JsonValue* factor = context.built.Find("factor")) {
    context.state().findings().FixByValue(*factor, ratio);
  } else {
    context.state().findings().FixByAdding(context.built.set(), "factor", ratio);
  }
}

void CheckFactor(const RuleContext& context, Null null) {
  const JsonValue* value = context.built.Find("factor");
  if (value == nullptr) return;
  const bool hf_warns = !IsPythonNumber(*value) || PythonNumber(*value).value_or(1.0) < 1.0;
  const std::string hf =
      hf_warns ? HfGotMessage("factor field must be a float or int >= 1", value) : "";
  context.result->factor = context.built.Number("factor", kFactorRange, null, hf);
  if (context.result->factor.has_value() && *context.result->factor < 1.0) {
    context.built.Report(FindingId::kFactorBelowOne, "factor",
                         absl::StrCat("should be >= 1, not ", PythonRepr(*value)), hf);
  }
  if (null == Null::kMeansAbsent && value->is_null()) {
    context.built.Report(
        FindingId::kFactorImplied, "factor",
        "should be a number, not null; max_position_embeddings / original_max_position_embeddings "
        "is used instead",
        hf);
    FixFactorByRatio(context);
  }
}

namespace {

// The length of the top level, `built`, replaces the one that was validated, `loaded`. The
// parameter set may have none: then max_position_embeddings was filled in.
void ReportReplacedLength(const RuleContext& context, const JsonValue& loaded,
                          const JsonValue& built) {
  FindingSink& findings = context.state().findings();
  if (!LengthWasFilledIn(context)) {
    context.built.Report(
        FindingId::kOriginalLengthReplaced, kOriginalLength,
        absl::StrCat(
            "is ", PythonRepr(built), " at the top level, but ", PythonRepr(loaded),
            " in the parameter set: transformers validates with the second and computes "
            "with the first. The fix writes the first in both places, and the other values "
            "are then validated with it"));
    findings.FixByValue(built.is_null() ? built : loaded, built);
    return;
  }
  context.built.Report(
      FindingId::kOriginalLengthReplaced, kOriginalLength,
      absl::StrCat("is ", PythonRepr(built),
                   " at the top level, and missing in the parameter "
                   "set: transformers validates with max_position_embeddings (",
                   PythonRepr(loaded), ") and computes with ", PythonRepr(built),
                   ". The fix writes it into the parameter set as well, and the other values are "
                   "then validated with it"));
  if (built.is_null()) {
    findings.FixByValue(built, built);
  } else {
    findings.FixByAdding(context.built.set(), kOriginalLength, built);
  }
}

}  // namespace

bool LengthWasFilledIn(const RuleContext& context) {
  const JsonValue* loaded = context.loaded.Find(kOriginalLength);
  const JsonValue* maximum = context.state().Attribute("max_position_embeddings");
  return loaded != nullptr && maximum != nullptr && loaded->offset() == maximum->offset();
}

void CheckOriginalLength(const RuleContext& context, LengthAtLoad at_load,
                         const std::string& hf_message) {
  if (context.built.Find(kOriginalLength) == nullptr) return;  // CheckTypeAndKeys reports it
  context.result->original_max_position_embeddings =
      context.built.Number(kOriginalLength, kLengthRange, Null::kIsWrong, hf_message);
  const JsonValue& built = *context.built.Find(kOriginalLength);
  const JsonValue* loaded = context.loaded.Find(kOriginalLength);
  if (loaded == nullptr || PythonRepr(*loaded) == PythonRepr(built)) return;
  if (at_load == LengthAtLoad::kMustBeNumber) {
    context.loaded.Number(kOriginalLength, kLengthRange, Null::kIsWrong, hf_message);
  }
  ReportReplacedLength(context, *loaded, built);
}

void CheckAttentionFactor(const RuleContext& context, AttentionFactorType type) {
  const JsonValue* value = context.built.Find("attention_factor");
  if (value == nullptr || value->is_null()) return;
  const bool int_allowed = type == AttentionFactorType::kFloatOrInt;
  const bool right_kind = int_allowed ? IsPythonNumber(*value) : value->is_double();
  const bool hf_warns = !right_kind || PythonNumber(*value).value_or(0.0) < 0.0;
  const std::string hf =
      hf_warns ? HfGotMessage(int_allowed
                                  ? "attention_factor field must be a float or int greater than 0"
                                  : "attention_factor field must be a float greater than 0",
                              value)
               : "";
  std::optional<double>& result = context.result->attention_factor;
  result = context.built.Number("attention_factor", kScaleRange, Null::kMeansAbsent, hf);
  if (!result.has_value() || (!hf_warns && *result != 0.0)) return;
  context.built.Report(
      FindingId::kAttentionFactor, "attention_factor",
      *result > 0.0
          ? absl::StrCat("should be written as a float, not ", PythonRepr(*value))
          : absl::StrCat("should be > 0, not ", PythonRepr(*value), ": it scales cos and sin"),
      hf);
  if (value->is_int() && value->as_int() > 0) {
    context.state().findings().FixByValue(*value, JsonValue(*result));
  }
}

std::optional<double> FactorInUse(const RuleContext& context) {
  const RopeConfig& result = *context.result;
  if (!result.factor.has_value()) {
    const JsonValue* given = context.built.Find("factor");
    const bool is_wrong = given != nullptr && !given->is_null();  // CheckFactor reported it
    if (is_wrong || !RequireMaxPositions(&context.state(), context.built.path()).has_value() ||
        !result.original_max_position_embeddings.has_value()) {
      return std::nullopt;
    }
  }
  return EffectiveFactor<double>(result);
}

void ReportDegenerate(const RuleContext& context, absl::string_view key, std::string message) {
  context.built.Report(FindingId::kDegenerate, key, std::move(message));
}

}  // namespace rope

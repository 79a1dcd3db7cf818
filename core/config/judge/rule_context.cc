#include "core/config/judge/rule_context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/json/python_value.h"

namespace rope {

std::string HfGotMessage(absl::string_view sentence, const JsonValue* value) {
  return absl::StrCat("`rope_parameters`'s ", sentence, ", got ",
                      PythonStr(value != nullptr ? *value : JsonValue()));
}

std::string HfMessageUnlessNumber(const JsonValue* value, absl::string_view sentence) {
  return value != nullptr && !IsPythonNumber(*value) ? HfGotMessage(sentence, value) : "";
}

void FixByRatio(const RuleContext& context) {
  const JsonValue* length = context.state().Attribute("max_position_embeddings");
  const JsonValue* original = context.built.Find(kOriginalLength);
  if (length == nullptr || original == nullptr || !length->is_int() || length->as_int() < 1) return;
  const double l0 = PythonNumber(*original).value_or(0.0);
  if (!(l0 >= 1.0)) return;
  const JsonValue ratio(static_cast<double>(length->as_int()) / l0);
  if (const JsonValue* factor = context.built.Find("factor")) {
    context.state().findings().FixByValue(*factor, ratio);
  } else {
    context.state().findings().FixByAdding(context.built.set(), "factor", ratio);
  }
}

void CheckFactor(const RuleContext& context, bool null_is_absent) {
  const JsonValue* value = context.built.Find("factor");
  if (value == nullptr) return;
  const bool complains = !IsPythonNumber(*value) || PythonNumber(*value).value_or(1.0) < 1.0;
  const std::string hf =
      complains ? HfGotMessage("factor field must be a float or int >= 1", value) : "";
  context.result->factor = context.built.Number("factor", kFactorRange, null_is_absent, hf);
  if (context.result->factor.has_value() && *context.result->factor < 1.0) {
    context.built.Report(FindingId::kFactorBelowOne, "factor",
                         absl::StrCat("should be >= 1, not ", PythonRepr(*value)), hf);
  }
  if (null_is_absent && value->is_null()) {
    context.built.Report(
        FindingId::kFactorImplied, "factor",
        "is null: max_position_embeddings / original_max_position_embeddings is used; "
        "give that number",
        hf);
    FixByRatio(context);
  }
}

void CheckOriginalLength(const RuleContext& context, LengthAtLoad at_load,
                         const std::string& hf_message) {
  if (context.built.Find(kOriginalLength) == nullptr) return;  // the check of keys reports it
  context.result->original_max_position_embeddings =
      context.built.Number(kOriginalLength, kLengthRange, false, hf_message);
  const JsonValue& built = *context.built.Find(kOriginalLength);
  const JsonValue* loaded = context.loaded.Find(kOriginalLength);
  if (loaded == nullptr || PythonRepr(*loaded) == PythonRepr(built)) return;
  if (at_load == LengthAtLoad::kMustBeNumber) {
    context.loaded.Number(kOriginalLength, kLengthRange, false, hf_message);
  }
  context.built.Report(FindingId::kOriginalLengthReplaced, kOriginalLength,
                       absl::StrCat("loading validates with ", PythonRepr(*loaded),
                                    "; when the model is built, the value at the top level, ",
                                    PythonRepr(built), ", takes its place. Give the same in both"));
  context.state().findings().FixByValue(built.is_null() ? built : *loaded, built);
}

void CheckAttentionFactor(const RuleContext& context, bool int_allowed) {
  const JsonValue* value = context.built.Find("attention_factor");
  if (value == nullptr || value->is_null()) return;
  const bool right_kind = int_allowed ? IsPythonNumber(*value) : value->is_double();
  const bool complains = !right_kind || PythonNumber(*value).value_or(0.0) < 0.0;
  const std::string hf =
      complains ? HfGotMessage(int_allowed
                                   ? "attention_factor field must be a float or int greater than 0"
                                   : "attention_factor field must be a float greater than 0",
                               value)
                : "";
  context.result->attention_factor =
      context.built.Number("attention_factor", kScaleRange, true, hf);
  if (!context.result->attention_factor.has_value()) return;
  if (complains || *context.result->attention_factor == 0.0) {
    context.built.Report(FindingId::kAttentionFactor, "attention_factor",
                         absl::StrCat(*context.result->attention_factor > 0.0
                                          ? "should be written as a float, not "
                                          : "should be > 0, as it scales cos and sin; it is ",
                                      PythonRepr(*value)),
                         hf);
    if (value->is_int() && value->as_int() > 0) {
      context.state().findings().FixByValue(*value, JsonValue(*context.result->attention_factor));
    }
  }
}

void ReportDegenerate(const RuleContext& context, absl::string_view key, std::string message) {
  context.built.Report(FindingId::kDegenerate, key, std::move(message));
}

std::optional<double> FactorOrRatio(const RuleContext& context) {
  if (context.result->factor.has_value()) return context.result->factor;
  const JsonValue* given = context.built.Find("factor");
  if (given != nullptr && !given->is_null()) return std::nullopt;  // reported
  const std::optional<int64_t> length = RequireMaxPositions(&context.state(), context.built.path());
  if (!length.has_value() || !context.result->original_max_position_embeddings.has_value()) {
    return std::nullopt;
  }
  return static_cast<double>(*length) / *context.result->original_max_position_embeddings;
}

}  // namespace rope

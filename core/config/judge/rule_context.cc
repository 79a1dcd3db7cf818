#include "core/config/judge/rule_context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/json/python_value.h"

namespace rope {

std::string Got(absl::string_view sentence, const JsonValue* value) {
  return absl::StrCat("`rope_parameters`'s ", sentence, ", got ",
                      PythonStr(value != nullptr ? *value : JsonValue()));
}

std::string UnlessNumber(const JsonValue* value, absl::string_view sentence) {
  return value != nullptr && !IsPythonNumber(*value) ? Got(sentence, value) : "";
}

void FixByRatio(const Judgement& j) {
  const JsonValue* length = j.config().Attribute("max_position_embeddings");
  const JsonValue* original = j.built.Find(kOriginalLength);
  if (length == nullptr || original == nullptr || !length->is_int() || length->as_int() < 1) return;
  const double l0 = PythonNumber(*original).value_or(0.0);
  if (!(l0 >= 1.0)) return;
  const JsonValue ratio(static_cast<double>(length->as_int()) / l0);
  if (const JsonValue* factor = j.built.Find("factor")) {
    j.config().findings().FixByValue(*factor, ratio);
  } else {
    j.config().findings().FixByAdding(j.built.set(), "factor", ratio);
  }
}

void JudgeFactor(const Judgement& j, bool null_is_absent) {
  const JsonValue* value = j.built.Find("factor");
  if (value == nullptr) return;
  const bool complains = !IsPythonNumber(*value) || PythonNumber(*value).value_or(1.0) < 1.0;
  const std::string hf = complains ? Got("factor field must be a float or int >= 1", value) : "";
  j.out->factor = j.built.Number("factor", kFactorRange, null_is_absent, hf);
  if (j.out->factor.has_value() && *j.out->factor < 1.0) {
    j.built.Report(FindingId::kFactorBelowOne, "factor",
                   absl::StrCat("should be >= 1, not ", PythonRepr(*value)), hf);
  }
  if (null_is_absent && value->is_null()) {
    j.built.Report(FindingId::kFactorImplied, "factor",
                   "is null: max_position_embeddings / original_max_position_embeddings is used; "
                   "give that number",
                   hf);
    FixByRatio(j);
  }
}

void JudgeOriginalLength(const Judgement& j, const std::string& hf_message) {
  if (j.built.Find(kOriginalLength) == nullptr) return;  // the check of keys reports it
  j.out->original_max_position_embeddings =
      j.built.Number(kOriginalLength, kLengthRange, false, hf_message);
  const JsonValue& built = *j.built.Find(kOriginalLength);
  const JsonValue* loaded = j.loaded.Find(kOriginalLength);
  if (loaded == nullptr || PythonRepr(*loaded) == PythonRepr(built)) return;
  // longrope alone lets any value pass that is not computed with.
  if (j.out->rope_type != "longrope")
    j.loaded.Number(kOriginalLength, kLengthRange, false, hf_message);
  j.built.Report(FindingId::kOriginalLengthReplaced, kOriginalLength,
                 absl::StrCat("loading validates with ", PythonRepr(*loaded),
                              "; when the model is built, the value at the top level, ",
                              PythonRepr(built), ", takes its place. Give the same in both"));
  j.config().findings().FixByValue(built.is_null() ? built : *loaded, built);
}

void JudgeAttentionFactor(const Judgement& j, bool int_allowed) {
  const JsonValue* value = j.built.Find("attention_factor");
  if (value == nullptr || value->is_null()) return;
  const bool right_kind = int_allowed ? IsPythonNumber(*value) : value->is_double();
  const bool complains = !right_kind || PythonNumber(*value).value_or(0.0) < 0.0;
  const std::string hf =
      complains ? Got(int_allowed ? "attention_factor field must be a float or int greater than 0"
                                  : "attention_factor field must be a float greater than 0",
                      value)
                : "";
  j.out->attention_factor = j.built.Number("attention_factor", kScaleRange, true, hf);
  if (!j.out->attention_factor.has_value()) return;
  if (complains || *j.out->attention_factor == 0.0) {
    j.built.Report(FindingId::kAttentionFactor, "attention_factor",
                   absl::StrCat(*j.out->attention_factor > 0.0
                                    ? "should be written as a float, not "
                                    : "should be > 0, as it scales cos and sin; it is ",
                                PythonRepr(*value)),
                   hf);
    if (value->is_int() && value->as_int() > 0) {
      j.config().findings().FixByValue(*value, JsonValue(*j.out->attention_factor));
    }
  }
}

void Degenerate(const Judgement& j, absl::string_view key, std::string message) {
  j.built.Report(FindingId::kDegenerate, key, std::move(message));
}

std::optional<double> FactorOrRatio(const Judgement& j) {
  if (j.out->factor.has_value()) return j.out->factor;
  const JsonValue* given = j.built.Find("factor");
  if (given != nullptr && !given->is_null()) return std::nullopt;  // reported
  const std::optional<int64_t> length = RequireMaxPositions(&j.config(), j.built.path());
  if (!length.has_value() || !j.out->original_max_position_embeddings.has_value()) {
    return std::nullopt;
  }
  return static_cast<double>(*length) / *j.out->original_max_position_embeddings;
}

}  // namespace rope

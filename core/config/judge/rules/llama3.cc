// The check of type llama3.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/rules/rules.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// transformers checks the original length at load, before a module is built.
void CheckOriginalLengthAtLoad(const RuleContext& context) {
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
  if (PythonNumber(*original).value_or(0.0) < static_cast<double>(*length)) return;
  const std::string hf_message = absl::StrCat(
      "`rope_parameters`'s original_max_position_embeddings field must be less than "
      "max_position_embeddings, got ",
      PythonStr(*original), " and max_position_embeddings=", *length);
  if (!LengthWasFilledIn(context)) {
    context.loaded.Report(FindingId::kOriginalLength, kOriginalLength,
                          absl::StrCat("should be below max_position_embeddings (", *length,
                                       "), not ", PythonRepr(*original)),
                          hf_message);
    return;
  }
  const JsonValue* built = context.built.Find(kOriginalLength);
  context.state().findings().AddPath(
      FindingId::kOriginalLength, absl::StrCat(context.loaded.path(), ".", kOriginalLength), -1,
      absl::StrCat("is missing in the parameter set: transformers validates with "
                   "max_position_embeddings (",
                   *length,
                   ") instead, and warns because it is not below itself. The model "
                   "computes with ",
                   built != nullptr ? PythonRepr(*built) : "it"),
      hf_message);
}

void CheckBands(const RuleContext& context) {
  const JsonValue* low = context.built.Find("low_freq_factor");
  const JsonValue* high = context.built.Find("high_freq_factor");
  std::string hf_low =
      HfGotMessageUnlessNumber("low_freq_factor field must be a float, or int", low);
  absl::StrReplaceAll({{"int, got", "int got"}}, &hf_low);  // transformers has no comma here
  context.result->low_freq_factor =
      context.built.Number("low_freq_factor", kFactorRange, Null::kIsWrong, hf_low);
  context.result->high_freq_factor = context.built.Number(
      "high_freq_factor", kFactorRange, Null::kIsWrong,
      HfGotMessageUnlessNumber("high_freq_factor field must be a float or int", high));
  if (low == nullptr || high == nullptr || !IsPythonNumber(*low) || !IsPythonNumber(*high)) return;
  if (!(PythonNumber(*high).value_or(1.0) <= PythonNumber(*low).value_or(0.0))) return;
  context.built.Report(
      FindingId::kBandOrder, "high_freq_factor",
      absl::StrCat("should be above low_freq_factor (", PythonRepr(*low), "), not ",
                   PythonRepr(*high)),
      absl::StrCat("`rope_parameters`'s high_freq_factor field must be greater than "
                   "low_freq_factor, got high_freq_factor=",
                   PythonStr(*high), " and low_freq_factor=", PythonStr(*low)));
}

}  // namespace

void CheckLlama3(const RuleContext& context) {
  CheckFactor(context, Null::kIsWrong);
  CheckOriginalLength(
      context, LengthAtLoad::kMustBeNumber,
      HfGotMessageUnlessNumber("original_max_position_embeddings field must be an integer",
                               context.loaded.Find(kOriginalLength)));
  CheckOriginalLengthAtLoad(context);
  CheckBands(context);
}

}  // namespace rope

// The check of type longrope.
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/rules/rules.h"
#include "core/json/python_value.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

// Reports an original length for which the formula for the attention factor has no value.
void CheckImpliedAttentionFactor(const RuleContext& context) {
  const std::optional<double> factor = FactorInUse(context);
  const std::optional<double> original = context.result->original_max_position_embeddings;
  if (context.result->attention_factor.has_value()) return;
  if (!factor.has_value() || !original.has_value()) return;
  if (std::isfinite(LengthScale<double>(*factor, *original))) return;
  ReportDegenerate(
      context, kOriginalLength,
      absl::StrCat("must not be ", PythonFloat(*original), ": the attention factor ",
                   "sqrt(1 + ln(factor) / ln(", kOriginalLength, ")) has no value for it; give ",
                   "attention_factor or another length"));
}

// transformers computes the length that it expects at load from head_dim and partial_rotary_factor,
// whatever its value. A value beyond 1e6 is left out here, because the product might not fit an
// int64; it is an error anyway.
ListLengths LengthsOfFactorLists(const RuleContext& context) {
  ListLengths lengths;
  lengths.needed = (context.result->rotary_dim + 1) / 2;
  const JsonValue* partial = context.loaded.Find("partial_rotary_factor");
  const std::optional<double> share = partial != nullptr ? PythonNumber(*partial) : 1.0;
  if (share.has_value() && std::abs(*share) <= 1e6 && context.result->head_dim > 0) {
    lengths.at_load =
        static_cast<int64_t>(static_cast<double>(context.result->head_dim) * *share) / 2;
  }
  return lengths;
}

}  // namespace

void CheckLongrope(const RuleContext& context) {
  const JsonValue* factor = context.built.Find("factor");
  const JsonValue* original = context.loaded.Find(kOriginalLength);
  CheckOriginalLength(context, LengthAtLoad::kAnyValue, "");
  if (factor != nullptr && !factor->is_null()) {
    CheckFactor(context, Null::kMeansAbsent);
  } else if (original != nullptr && !original->is_null()) {
    context.built.Report(
        FindingId::kFactorImplied, "factor",
        absl::StrCat("is not given; max_position_embeddings / ", kOriginalLength,
                     " is used instead"),
        "This model config has set a `rope_parameters['original_max_position_embeddings']` field, "
        "to be used together with `max_position_embeddings` to determine a scaling factor. Please "
        "set the `factor` field of `rope_parameters`with this ratio instead -- we recommend the "
        "use of this field over `original_max_position_embeddings`, as it is compatible with most "
        "model architectures.");
    FixFactorByRatio(context);
  }
  CheckAttentionFactor(context, AttentionFactorType::kFloatOrInt);
  CheckImpliedAttentionFactor(context);
  const ListLengths lengths = LengthsOfFactorLists(context);
  context.result->short_factor = context.built.FactorList("short_factor", lengths);
  context.result->long_factor = context.built.FactorList("long_factor", lengths);
  CheckSameHeadDims(&context.state(), context.built.path());
  if (context.state().family().model_type == "phimoe") {
    context.result->short_mscale =
        context.built.Number("short_mscale", kScaleRange, Null::kIsWrong);
    context.result->long_mscale = context.built.Number("long_mscale", kScaleRange, Null::kIsWrong);
  }
}

}  // namespace rope

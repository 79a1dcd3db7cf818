// The rules of type longrope.
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/rule_context.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

void JudgeLongropeAttention(const Judgement& j) {
  const std::optional<double> factor = FactorOrRatio(j);
  const std::optional<double> original = j.out->original_max_position_embeddings;
  if (j.out->attention_factor.has_value() || !factor.has_value() || !original.has_value()) return;
  if (*factor <= 1.0) return;
  if (*original == 1.0 || 1.0 + std::log(*factor) / std::log(*original) < 0.0) {
    Degenerate(j, kOriginalLength,
               absl::StrCat("the attention factor is sqrt(1 + ln(factor) / ln(L0)), which has no "
                            "value for L0 = ",
                            PythonFloat(*original), "; give attention_factor or another length"));
  }
}

ListLengths LengthsOfFactorLists(const Judgement& j) {
  ListLengths lengths;
  lengths.needed = (j.out->rotary_dim + 1) / 2;
  const JsonValue* partial = j.loaded.Find("partial_rotary_factor");
  const std::optional<double> share = partial != nullptr ? PythonNumber(*partial) : 1.0;
  if (share.has_value() && std::abs(*share) <= 1e6 && j.out->head_dim > 0) {
    lengths.at_load = static_cast<int64_t>(static_cast<double>(j.out->head_dim) * *share) / 2;
  }
  return lengths;
}

}  // namespace

void RulesOfLongrope(const Judgement& j) {
  const JsonValue* factor = j.built.Find("factor");
  const JsonValue* original = j.loaded.Find(kOriginalLength);
  JudgeOriginalLength(j, "");
  if (factor != nullptr && !factor->is_null()) {
    JudgeFactor(j, true);
  } else if (original != nullptr && !original->is_null()) {
    j.built.Report(
        FindingId::kFactorImplied, "factor",
        absl::StrCat("not given: max_position_embeddings / ", kOriginalLength, " is used"),
        "This model config has set a `rope_parameters['original_max_position_embeddings']` field, "
        "to be used together with `max_position_embeddings` to determine a scaling factor. Please "
        "set the `factor` field of `rope_parameters`with this ratio instead -- we recommend the "
        "use of this field over `original_max_position_embeddings`, as it is compatible with most "
        "model architectures.");
    FixByRatio(j);
  }
  JudgeAttentionFactor(j, true);
  JudgeLongropeAttention(j);
  const ListLengths lengths = LengthsOfFactorLists(j);
  j.out->short_factor = j.built.FactorList("short_factor", lengths);
  j.out->long_factor = j.built.FactorList("long_factor", lengths);
  RefuseOwnHeadDims(&j.config(), j.built.path());
  if (j.config().family().model_type == "phimoe") {
    j.out->short_mscale = j.built.Number("short_mscale", kScaleRange, false);
    j.out->long_mscale = j.built.Number("long_mscale", kScaleRange, false);
    j.out->longrope_always_short = true;
  }
}

}  // namespace rope

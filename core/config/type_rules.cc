#include "core/config/type_rules.h"

#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/config/model_shape.h"
#include "core/config/python_value.h"
#include "core/config/set_checks.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

constexpr char kOriginal[] = "original_max_position_embeddings";

// What the rules of a type work on.
struct Judgement {
  SetReader loaded;
  SetReader built;
  RopeConfig* out;

  ConfigObject& config() const { return built.config(); }
};

std::string Got(absl::string_view sentence, const JsonValue* value) {
  return absl::StrCat("`rope_parameters`'s ", sentence, ", got ",
                      PythonStr(value != nullptr ? *value : JsonValue()));
}

// The sentence where the value is no number in Python's eyes, otherwise nothing.
std::string UnlessNumber(const JsonValue* value, absl::string_view sentence) {
  return value != nullptr && !IsPythonNumber(*value) ? Got(sentence, value) : "";
}

// factor, for all types that have it. Null where `null_is_absent` means the ratio of the lengths.
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
  }
}

void JudgeOriginalLength(const Judgement& j, const std::string& hf_message) {
  if (j.built.Find(kOriginal) == nullptr) return;  // the check of keys reports it
  j.out->original_max_position_embeddings =
      j.built.Number(kOriginal, kLengthRange, false, hf_message);
  const JsonValue& built = *j.built.Find(kOriginal);
  const JsonValue* loaded = j.loaded.Find(kOriginal);
  if (loaded == nullptr || PythonRepr(*loaded) == PythonRepr(built)) return;
  // longrope alone lets any value pass that is not computed with.
  if (j.out->rope_type != "longrope") j.loaded.Number(kOriginal, kLengthRange, false, hf_message);
  j.built.Report(FindingId::kOriginalLengthReplaced, kOriginal,
                 absl::StrCat("loading validates with ", PythonRepr(*loaded),
                              "; when the model is built, the value at the top level, ",
                              PythonRepr(built), ", takes its place. Give it in one place only"));
}

// attention_factor of yarn (a float) and longrope (a number).
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
  }
}

// A formula that has no value for these parameters.
void Degenerate(const Judgement& j, absl::string_view key, std::string message) {
  j.built.Report(FindingId::kDegenerate, key, std::move(message));
}

// The stretching factor in use: given, or the ratio of the lengths.
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

// ERNIE-4.5-VL orders the frequencies of its height and width positions itself; the rest, of its
// temporal positions, stand behind them.
void RulesOfDefault(const Judgement& j) {
  if (j.config().family().model_type != "ernie4_5_vl_moe_text") return;
  std::vector<int64_t> sections = {22, 22, 20};
  if (const JsonValue* given = j.built.Find("mrope_section")) {
    sections = WholeNumbers(*given).value_or(std::vector<int64_t>());
  }
  bool fits = sections.size() == 3 && sections[2] > 0;
  int64_t sum = 0;
  for (const int64_t section : sections) {
    fits = fits && section >= 0 && section <= j.out->rotary_dim;
    sum += fits ? section : 0;
  }
  fits = fits && sum == j.out->rotary_dim / 2;
  if (!fits) {
    Degenerate(j, "mrope_section",
               absl::StrCat("three sections whose sum is rotary_dim / 2 = ", j.out->rotary_dim / 2,
                            " are needed"));
    return;
  }
  j.out->even_odd_frequencies = sections[0] + sections[1];
}

void RulesOfLinear(const Judgement& j) { JudgeFactor(j, false); }

void RulesOfDynamic(const Judgement& j) {
  JudgeFactor(j, false);
  RequireMaxPositions(&j.config(), j.built.path());
  const absl::string_view family = j.config().family().model_type;
  const JsonValue* alpha = j.built.Find("alpha");
  if (absl::StartsWith(family, "hunyuan_v") && alpha != nullptr && IsTruthy(*alpha)) {
    j.out->alpha = j.built.Number("alpha", kFactorRange, false);
    const std::optional<int64_t> head_dim = j.config().IntAttribute("head_dim");
    if (j.out->alpha.has_value()) j.out->rotary_dim = head_dim.value_or(j.out->head_dim);
  }
  if (j.out->rotary_dim == 2) {
    Degenerate(j, "rope_type",
               "dynamic raises to the power d / (d - 2), which has no value for rotary_dim 2; use "
               "another type or a wider head");
  }
}

// As Python's `beta or default`, before any judgement on the number.
double EffectiveBeta(const Judgement& j, const char* key, double default_value) {
  const JsonValue* value = j.built.Find(key);
  if (value == nullptr || !IsTruthy(*value)) return default_value;
  return PythonNumber(*value).value_or(default_value);
}

void JudgeBetas(const Judgement& j) {
  const std::optional<double> fast = j.built.Number(
      "beta_fast", kBetaRange, true,
      UnlessNumber(j.built.Find("beta_fast"), "beta_fast field must be a float or int"));
  const std::optional<double> slow = j.built.Number(
      "beta_slow", kBetaRange, true,
      UnlessNumber(j.built.Find("beta_slow"), "beta_slow field must be a float or int"));
  if (fast.value_or(0.0) != 0.0) j.out->beta_fast = *fast;  // 0 counts as absent
  if (slow.value_or(0.0) != 0.0) j.out->beta_slow = *slow;
  if (!(EffectiveBeta(j, "beta_fast", 32.0) < EffectiveBeta(j, "beta_slow", 1.0))) return;
  const auto printed = [&](const char* key) {
    const JsonValue* value = j.built.Find(key);
    return PythonStr(value != nullptr ? *value : JsonValue());
  };
  j.built.Report(
      FindingId::kBetaOrder, fast.has_value() ? "beta_fast" : "beta_slow",
      absl::StrCat("beta_fast (", PythonFloat(EffectiveBeta(j, "beta_fast", 32.0)),
                   ") should not be below beta_slow (",
                   PythonFloat(EffectiveBeta(j, "beta_slow", 1.0)), ")"),
      absl::StrCat("`rope_parameters`'s beta_fast field must be greater than beta_slow, got "
                   "beta_fast=",
                   printed("beta_fast"), " (defaults to 32 if None) and beta_slow=",
                   printed("beta_slow"), " (defaults to 1 if None)"));
}

// transformers holds the factor against the ratio of the lengths as they are at load.
void CompareFactorWithLengths(const Judgement& j) {
  const std::optional<int64_t> length = KnownMaxPositions(j.config());
  const JsonValue* original = j.loaded.Find(kOriginal);
  const JsonValue* factor = j.loaded.Find("factor");
  if (!length.has_value() || original == nullptr || factor == nullptr) return;
  const double ratio = static_cast<double>(*length) / PythonNumber(*original).value_or(0.0);
  if (!std::isfinite(ratio) || ratio == 1.0) return;
  if (IsPythonNumber(*factor) && PythonNumber(*factor) == ratio) return;
  const std::string given = PythonStr(*factor);
  j.loaded.Report(
      FindingId::kFactorMismatch, "factor",
      absl::StrCat("is ", given, ", but max_position_embeddings / ", kOriginal, " is ",
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

// The factor on cos and sin that mscale and mscale_all_dim make must be a finite float32.
void JudgeMscale(const Judgement& j, std::optional<double> factor) {
  j.out->mscale = j.built.Number("mscale", kScaleRange, true);
  j.out->mscale_all_dim = j.built.Number("mscale_all_dim", kScaleRange, true);
  const double mscale = j.out->mscale.value_or(0.0);
  const double all_dim = j.out->mscale_all_dim.value_or(0.0);
  if (mscale == 0.0 || all_dim == 0.0 || !factor.has_value() || *factor <= 1.0) return;
  const double growth = 0.1 * std::log(*factor);
  const double ratio = (growth * mscale + 1.0) / (growth * all_dim + 1.0);
  if (!(std::abs(ratio) < 1e30)) {
    Degenerate(j, "mscale_all_dim",
               "the attention factor divides by 0.1 * mscale_all_dim * ln(factor) + 1, which is 0");
  }
}

void JudgeTruncate(const Judgement& j, const std::string& layer_type) {
  const JsonValue* value = j.built.Find("truncate");
  const bool nested = !layer_type.empty();
  // transformers looks for it beside the layer types, where nested parameters do not have it.
  const JsonValue* read = nested ? j.config().rope_parameters.Find("truncate") : value;
  j.out->truncate = read == nullptr || IsTruthy(*read);
  if (value == nullptr) return;
  if (nested && IsTruthy(*value) != j.out->truncate) {
    j.built.Report(FindingId::kTruncate, "truncate",
                   "is not read in the parameters of a layer type: the range is rounded all the "
                   "same");
  } else if (!value->is_bool()) {
    j.built.Report(FindingId::kTruncate, "truncate",
                   absl::StrCat("should be true or false, not ", PythonRepr(*value),
                                "; it counts as ", j.out->truncate ? "true" : "false"));
  }
}

void RulesOfYarn(const Judgement& j) {
  JudgeFactor(j, true);
  JudgeOriginalLength(j, "");
  JudgeAttentionFactor(j, false);
  JudgeBetas(j);
  CompareFactorWithLengths(j);
  JudgeMscale(j, FactorOrRatio(j));
  if (j.out->rope_theta == 1.0) {
    Degenerate(j, "rope_theta", "yarn divides by ln(rope_theta), which is 0");
  }
  if (j.out->rotary_dim % 2 != 0) {
    Degenerate(j, "partial_rotary_factor",
               absl::StrCat("yarn needs an even rotary_dim, not ", j.out->rotary_dim));
  }
}

void JudgeLongropeAttention(const Judgement& j) {
  const std::optional<double> factor = FactorOrRatio(j);
  const std::optional<double> original = j.out->original_max_position_embeddings;
  if (j.out->attention_factor.has_value() || !factor.has_value() || !original.has_value()) return;
  if (*factor <= 1.0) return;
  if (*original == 1.0 || 1.0 + std::log(*factor) / std::log(*original) < 0.0) {
    Degenerate(j, kOriginal,
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

void RulesOfLongrope(const Judgement& j) {
  const JsonValue* factor = j.built.Find("factor");
  const JsonValue* original = j.loaded.Find(kOriginal);
  JudgeOriginalLength(j, "");
  if (factor != nullptr && !factor->is_null()) {
    JudgeFactor(j, true);
  } else if (original != nullptr && !original->is_null()) {
    j.built.Report(
        FindingId::kFactorImplied, "factor",
        absl::StrCat("not given: max_position_embeddings / ", kOriginal, " is used"),
        "This model config has set a `rope_parameters['original_max_position_embeddings']` field, "
        "to be used together with `max_position_embeddings` to determine a scaling factor. Please "
        "set the `factor` field of `rope_parameters`with this ratio instead -- we recommend the "
        "use of this field over `original_max_position_embeddings`, as it is compatible with most "
        "model architectures.");
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

void CompareLlama3Lengths(const Judgement& j) {
  const JsonValue* original = j.loaded.Find(kOriginal);
  if (original == nullptr || !IsPythonNumber(*original)) return;
  if (original->is_double()) {
    j.loaded.Report(FindingId::kOriginalLength, kOriginal,
                    absl::StrCat("should be an integer, not ", PythonRepr(*original)),
                    Got("original_max_position_embeddings field must be an integer", original));
  }
  const std::optional<int64_t> length = KnownMaxPositions(j.config());
  if (!length.has_value()) return;
  if (PythonNumber(*original).value_or(0.0) >= static_cast<double>(*length)) {
    j.loaded.Report(
        FindingId::kOriginalLength, kOriginal,
        absl::StrCat("should be below max_position_embeddings, which is ", *length),
        absl::StrCat("`rope_parameters`'s original_max_position_embeddings field must be less than "
                     "max_position_embeddings, got ",
                     PythonStr(*original), " and max_position_embeddings=", *length));
  }
}

void RulesOfLlama3(const Judgement& j) {
  JudgeFactor(j, false);
  JudgeOriginalLength(j, UnlessNumber(j.loaded.Find(kOriginal),
                                      "original_max_position_embeddings field must be an integer"));
  CompareLlama3Lengths(j);
  const JsonValue* low = j.built.Find("low_freq_factor");
  const JsonValue* high = j.built.Find("high_freq_factor");
  std::string hf_low = UnlessNumber(low, "low_freq_factor field must be a float, or int");
  absl::StrReplaceAll({{"int, got", "int got"}}, &hf_low);  // as transformers writes it
  j.out->low_freq_factor = j.built.Number("low_freq_factor", kFactorRange, false, hf_low);
  j.out->high_freq_factor =
      j.built.Number("high_freq_factor", kFactorRange, false,
                     UnlessNumber(high, "high_freq_factor field must be a float or int"));
  if (low == nullptr || high == nullptr || !IsPythonNumber(*low) || !IsPythonNumber(*high)) return;
  if (!(PythonNumber(*high).value_or(1.0) <= PythonNumber(*low).value_or(0.0))) return;
  j.built.Report(FindingId::kBandOrder, "high_freq_factor",
                 absl::StrCat("should be above low_freq_factor, which is ", PythonRepr(*low)),
                 absl::StrCat("`rope_parameters`'s high_freq_factor field must be greater than "
                              "low_freq_factor, got high_freq_factor=",
                              PythonStr(*high), " and low_freq_factor=", PythonStr(*low)));
}

void RulesOfProportional(const Judgement& j) {
  const JsonValue* partial = j.loaded.Find("partial_rotary_factor");
  if (partial == nullptr || partial->is_null()) {
    j.built.Report(
        FindingId::kNoProportion, "partial_rotary_factor",
        "not given: all frequencies rotate; give the share of them that is to",
        "`rope_parameters`'s partial_rotary_factor is None. This will default to 1.0 in the "
        "computation, making this equivalent to the linear_scaling RoPE type. Provide a value in "
        "the range [0.0, 1.0) to make use of the proportional RoPE functionality.");
  }
  j.out->factor = j.built.Number("factor", kFactorRange, false);
  if (j.out->rotary_dim % 2 != 0) {
    Degenerate(j, "rope_type", "proportional needs an even head_dim");
  }
}

struct TypeRules {
  absl::string_view rope_type;
  void (*judge)(const Judgement& j);
};

constexpr TypeRules kTypeRules[] = {{"default", RulesOfDefault},          {"linear", RulesOfLinear},
                                    {"dynamic", RulesOfDynamic},          {"yarn", RulesOfYarn},
                                    {"longrope", RulesOfLongrope},        {"llama3", RulesOfLlama3},
                                    {"proportional", RulesOfProportional}};

}  // namespace

std::optional<RopeConfig> JudgeParameters(ConfigObject* config, const JsonValue& loaded,
                                          const JsonValue& built, const std::string& path,
                                          const std::string& layer_type) {
  RopeConfig out;
  const Judgement j{SetReader(config, &loaded, path), SetReader(config, &built, path), &out};
  const RopeType* type = CheckTypeAndKeys(j.loaded);
  if (type == nullptr) return std::nullopt;
  out.rope_type = std::string(type->name);
  out.max_position_embeddings = KnownMaxPositions(*config);
  JudgeTheta(j.built, &out);
  JudgeHeadDim(j.built, layer_type, &out);
  for (const TypeRules& rules : kTypeRules) {
    if (rules.rope_type == type->name) rules.judge(j);
  }
  if (type->name == "yarn") JudgeTruncate(j, layer_type);
  WarnOfSuspicions(j.built);
  if (config->findings().has_errors()) return std::nullopt;
  return out;
}

}  // namespace rope

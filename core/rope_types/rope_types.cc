#include "core/rope_types/rope_types.h"

#include <string>

#include "absl/strings/str_join.h"
#include "core/rope_types/entries.h"

namespace rope {
namespace {

using Key = absl::string_view;

constexpr Key kTheta[] = {"rope_theta"};
constexpr Key kFactor[] = {"factor"};
constexpr Key kYarnRequired[] = {"factor", "original_max_position_embeddings"};
constexpr Key kYarnOptional[] = {"rope_theta", "attention_factor", "beta_fast", "beta_slow",
                                 "mscale",     "mscale_all_dim",   "truncate"};
constexpr Key kYarnDefaulted[] = {"beta_fast", "beta_slow", "truncate"};
constexpr Key kLongropeRequired[] = {"short_factor", "long_factor",
                                     "original_max_position_embeddings"};
constexpr Key kLongropeOptional[] = {"rope_theta", "attention_factor", "factor"};
constexpr Key kLlama3Required[] = {"factor", "original_max_position_embeddings", "low_freq_factor",
                                   "high_freq_factor", "rope_theta"};

// THE list. The row of a type holds everything that the rest of the program needs to know about it,
// except the check of the type's parameters. A check reads configurations, which this folder does
// not know. The checks are therefore in a second list, core/config/judge/rules/rules.cc, and a test
// compares the two lists.
const RopeType kRopeTypes[] = {
    {.name = kDefaultRopeType,
     .description = "Frequencies in geometric progression, no scaling.",
     .source = "RoFormer, arXiv 2104.09864",
     .optional_keys = kTheta,
     .is_scaled = false,
     .compute = ComputeDefault,
     .compute_exact = ExactDefault},
    {.name = "linear",
     .description = "Position interpolation: every frequency divided by factor.",
     .source = "Position Interpolation, arXiv 2306.15595",
     .required_keys = kFactor,
     .optional_keys = kTheta,
     .compute = ComputeLinear,
     .compute_exact = ExactLinear},
    {.name = "dynamic",
     .description = "NTK-aware: the base grows with the sequence length.",
     .source = "YaRN, arXiv 2309.00071, section 3.3",
     .seq_len_dependence = SeqLenDependence::kContinuous,
     .switch_length = SwitchLengthOfDynamic,
     .required_keys = kFactor,
     .optional_keys = kTheta,
     .head_dim_as_is = true,
     .compute = ComputeDynamic,
     .compute_exact = ExactDynamic},
    {.name = "yarn",
     .description =
         "Low frequencies interpolated, high ones kept, a ramp between; attention factor.",
     .source = "YaRN, arXiv 2309.00071",
     .required_keys = kYarnRequired,
     .optional_keys = kYarnOptional,
     .defaulted_keys = kYarnDefaulted,
     .needs_original_length = true,
     .head_dim_as_is = true,
     .compute = ComputeYarn,
     .compute_exact = ExactYarn},
    {.name = "longrope",
     .description = "A searched factor per frequency: one list for short, one for long sequences.",
     .source = "LongRoPE, arXiv 2402.13753",
     .seq_len_dependence = SeqLenDependence::kThreshold,
     .switch_length = SwitchLengthOfLongrope,
     .required_keys = kLongropeRequired,
     .optional_keys = kLongropeOptional,
     .needs_original_length = true,
     .head_dim_as_is = true,
     .compute = ComputeLongrope,
     .compute_exact = ExactLongrope},
    {.name = "llama3",
     .description = "Long wavelengths divided by factor, short ones kept, a blend between.",
     .source = "The Llama 3 Herd of Models, arXiv 2407.21783",
     .required_keys = kLlama3Required,
     .needs_original_length = true,
     .compute = ComputeLlama3,
     .compute_exact = ExactLlama3},
    {.name = "proportional",
     .description = "Only the first share of frequencies rotates; every other frequency is 0.",
     .source = "Round and Round We Go, arXiv 2410.06205",
     .required_keys = kTheta,
     .rotary_dim_is_head_dim = true,
     .compute = ComputeProportional,
     .compute_exact = ExactProportional},
};

const RopeType kAxial = {
    .name = kAxialRopeType,
    .description = "Each axis of the positions has its own frequencies.",
    .source = "transformers 5.24, compute_axial_rope_parameters; diffusers 0.42",
    .optional_keys = kTheta,
    .is_scaled = false,
    .rotary_dim_is_head_dim = true,
    .compute = ComputeAxial,
    .compute_exact = ExactAxial};

}  // namespace

const RopeType& AxialRopeType() { return kAxial; }

const RopeType& RopeTypeOf(const RopeConfig& config) {
  return config.spectrum.has_value() ? kAxial : *FindRopeType(config.rope_type);
}

absl::Span<const RopeType> AllRopeTypes() { return kRopeTypes; }

const RopeType* FindRopeType(absl::string_view name) {
  for (const RopeType& type : kRopeTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

SeqLenDependence DependenceOf(const RopeConfig& config) {
  if (!config.inv_freq.empty()) return SeqLenDependence::kNone;
  return RopeTypeOf(config).seq_len_dependence;
}

std::optional<int64_t> SwitchLengthOf(const RopeConfig& config) {
  if (DependenceOf(config) == SeqLenDependence::kNone) return std::nullopt;
  return RopeTypeOf(config).switch_length(config);
}

absl::string_view RopeTypeNames() {
  static const std::string* const names =
      new std::string(absl::StrJoin(kRopeTypes, ", ", [](std::string* out, const RopeType& type) {
        out->append(type.name.data(), type.name.size());
      }));
  return *names;
}

}  // namespace rope

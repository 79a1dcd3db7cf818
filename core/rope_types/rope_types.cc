#include "core/rope_types/rope_types.h"

#include <string>

#include "absl/strings/str_join.h"
#include "core/rope_types/entries.h"

namespace rope {
namespace {

using Keys = absl::string_view;

constexpr Keys kTheta[] = {"rope_theta"};
constexpr Keys kFactor[] = {"factor"};
constexpr Keys kYarnRequired[] = {"factor", "original_max_position_embeddings"};
constexpr Keys kYarnOptional[] = {"rope_theta", "attention_factor", "beta_fast", "beta_slow",
                                  "mscale",     "mscale_all_dim",   "truncate"};
constexpr Keys kLongropeRequired[] = {"short_factor", "long_factor",
                                      "original_max_position_embeddings"};
constexpr Keys kLongropeOptional[] = {"rope_theta", "attention_factor", "factor"};
constexpr Keys kLlama3Required[] = {"factor", "original_max_position_embeddings", "low_freq_factor",
                                    "high_freq_factor", "rope_theta"};

// THE list. Every other place that needs to know the types reads it here.
const RopeType kRopeTypes[] = {
    {"default",
     "Frequencies in geometric progression, no scaling.",
     "RoFormer, arXiv 2104.09864",
     SeqLenDependence::kNone,
     {},
     kTheta,
     ComputeDefault,
     ExactDefault},
    {"linear", "Position interpolation: every frequency divided by factor.",
     "Position Interpolation, arXiv 2306.15595", SeqLenDependence::kNone, kFactor, kTheta,
     ComputeLinear, ExactLinear},
    {"dynamic", "NTK-aware: the base grows with the sequence length.",
     "YaRN, arXiv 2309.00071, section 3.3", SeqLenDependence::kContinuous, kFactor, kTheta,
     ComputeDynamic, ExactDynamic},
    {"yarn", "Low frequencies interpolated, high ones kept, a ramp between; attention factor.",
     "YaRN, arXiv 2309.00071", SeqLenDependence::kNone, kYarnRequired, kYarnOptional, ComputeYarn,
     ExactYarn},
    {"longrope", "A searched factor per frequency: one list for short, one for long sequences.",
     "LongRoPE, arXiv 2402.13753", SeqLenDependence::kThreshold, kLongropeRequired,
     kLongropeOptional, ComputeLongrope, ExactLongrope},
    {"llama3",
     "Long wavelengths divided by factor, short ones kept, a blend between.",
     "The Llama 3 Herd of Models, arXiv 2407.21783",
     SeqLenDependence::kNone,
     kLlama3Required,
     {},
     ComputeLlama3,
     ExactLlama3},
    {"proportional",
     "Only the first share of frequencies rotates; the others are 0.",
     "Round and Round We Go, arXiv 2410.06205",
     SeqLenDependence::kNone,
     kTheta,
     {},
     ComputeProportional,
     ExactProportional},
};

}  // namespace

absl::Span<const RopeType> AllRopeTypes() { return kRopeTypes; }

const RopeType* FindRopeType(absl::string_view name) {
  for (const RopeType& type : kRopeTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

absl::string_view RopeTypeNames() {
  static const std::string* const names =
      new std::string(absl::StrJoin(kRopeTypes, ", ", [](std::string* out, const RopeType& type) {
        out->append(type.name.data(), type.name.size());
      }));
  return *names;
}

}  // namespace rope

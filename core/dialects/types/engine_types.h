// The frequencies of rope types that engines have and transformers does not have, or computes
// otherwise. Each function has a file, with its source on top. All are pure; results are float32 in
// the operations of the engine, in their order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/rope_types/rope_config.h"

namespace rope {

// ntk: the base times `factor`, and one more division. With `mixed_b`, each frequency is divided by
// a factor that grows with its number, and the base stays. REQUIRES
// factor > 0 and mixed_b in [0, 1].
std::vector<float> NtkInvFreq(double theta, int64_t rotary_dim, double factor,
                              std::optional<double> mixed_b);

// dynamic, for one length that never changes: the base times stretch^(d / (d - 2)).
std::vector<float> StretchedInvFreq(double theta, int64_t rotary_dim, double stretch);
// The stretch for type dynamic with `factor`, if a model trained for `trained` positions is used up
// to `length`.
double DynamicStretch(double factor, double length, double trained);

// deepseek_yarn: the attention factor, g(s, mscale) / g(s, mscale_all_dim) with g(s, m) = 0.1 m ln
// s + 1, or 1 if s <= 1.
double DeepseekAttentionFactor(double factor, double mscale, double mscale_all_dim);

// longrope: one of its two lists. REQUIRES ceil(rotary_dim / 2) factors.
std::vector<float> RescaledInvFreq(double theta, int64_t rotary_dim,
                                   const std::vector<double>& factors);

// llama3 with bands that are nested and not inclusive: short waves first, then long ones, and a
// blend for the rest; the blend is that of long waves if the two factors are equal. REQUIRES the
// members of `config` that type llama3 requires.
std::vector<float> NestedLlama3InvFreq(const RopeConfig& config);

}  // namespace rope

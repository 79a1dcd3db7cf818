// RopeConfig: the numbers from which the rotary frequencies of one layer type are computed.
//
// Every value is the one in effect: defaults are filled in, and legacy spellings are converted. The
// report of ReadModelConfig says where each value came from. A RopeConfig that ReadModelConfig
// returns without an error finding is valid: every member is in its range. ValidateConfig also
// checks that its tables are finite.
//
// Members have the names that Hugging Face transformers uses. Numbers that are int or float in
// Python are double here. transformers rounds them to float32 only in operations with a tensor, and
// so do the formulas here.
//
// Plain data, freely copied. A new member needs its place in rope_parameters.cc, which does not
// compile without it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/rope_types/spectrum/spectrum.h"

namespace rope {

// The widest attention head that is computed, in channels.
inline constexpr int64_t kMaxHeadDim = 4096;
static_assert(kMaxHeadDim == kMaxSpectrumChannels);

struct RopeConfig {
  // A name of the list in core/rope_types/rope_types.h: "default", "linear", "dynamic", ...
  std::string rope_type = "default";

  // Base of the geometric progression of frequencies. Finite, > 0.
  double rope_theta = 10000.0;

  // Channels of one attention head, 1 to kMaxHeadDim.
  int64_t head_dim = 0;

  // d of the exponent 2i/d, 1..head_dim. There are ceil(d/2) frequencies, which rotate the first d
  // channels of a head. Always head_dim for a type with RopeType::rotary_dim_is_head_dim.
  int64_t rotary_dim = 0;

  // Share of head_dim that is rotated, 0..1. Only "proportional" computes with it; for the other
  // types it is already contained in rotary_dim.
  double partial_rotary_factor = 1.0;

  // L: the longest sequence, in positions, that the configuration states. Absent if it states none.
  std::optional<int64_t> max_position_embeddings;

  // L0: the length before stretching, in positions. double, because Python keeps whatever number
  // the configuration has.
  std::optional<double> original_max_position_embeddings;

  // s: the stretching factor. For yarn and longrope, absent means L / L0: see EffectiveFactor in
  // formula_terms.h. For proportional, absent means 1.
  std::optional<double> factor;

  // Multiplies cos and sin. If it is absent, the formula of the type gives it.
  std::optional<double> attention_factor;

  // yarn: a dimension that turns more than beta_fast times within L0 keeps its frequency, one that
  // turns fewer than beta_slow times is interpolated. `truncate` rounds the range between the two
  // to whole dimensions. The initial values here are the defaults of the type.
  double beta_fast = 32.0;
  double beta_slow = 1.0;
  std::optional<double> mscale;
  std::optional<double> mscale_all_dim;
  bool truncate = true;

  // longrope: one factor per frequency, ceil(rotary_dim/2) in each list, for sequences up to L0 and
  // beyond it.
  std::vector<double> short_factor;
  std::vector<double> long_factor;
  // PhiMoE only: in tables, these scale cos and sin instead of attention_factor, for sequences up
  // to L0 and beyond it, and the frequencies are those of short_factor at every length.
  std::optional<double> short_mscale;
  std::optional<double> long_mscale;

  // llama3: wavelengths above L0 / low_freq_factor are stretched, those below L0 / high_freq_factor
  // are not.
  std::optional<double> low_freq_factor;
  std::optional<double> high_freq_factor;

  // ERNIE-4.5-VL only: how many of the first frequencies are reordered, all with an even index
  // before all with an odd one. The model uses them for height and width.
  int64_t even_odd_frequencies = 0;

  // HunYuan only, type "dynamic": the base is rope_theta * alpha^(d/(d-2)) at every sequence
  // length.
  std::optional<double> alpha;

  // Type "axial" only: the frequencies of all axes. No other member but head_dim and rotary_dim is
  // then computed with. rotary_dim is twice the number of lanes.
  std::optional<Spectrum> spectrum;
  // Frequencies in place of those that the type computes, at every sequence length: radians per
  // position, each >= 0 and a finite float32, one for each frequency of the type. Empty: the type's
  // own. The attention factor stays that of the type, as when a model has just been loaded. No
  // config.json has them: a request gives them (core/validation/overrides.h).
  std::vector<double> inv_freq;
  // Factors of the frequencies, in their order, each >= 0 and a finite float32. They multiply last,
  // whatever the type computes and whether or not `inv_freq` is given. Empty: all 1. Given as
  // `inv_freq` is.
  std::vector<double> lane_scale;

  friend bool operator==(const RopeConfig&, const RopeConfig&) = default;
};

}  // namespace rope

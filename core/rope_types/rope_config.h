// RopeConfig: what one layer type of one model computes its rotary frequencies from.
//
// Every value is effective: defaults are applied, spellings are unified, sources are forgotten (the
// report of core/config/model_config.h keeps them). A RopeConfig that comes out of ReadModelConfig
// without error findings is valid: every later step accepts it.
//
// Names are those of Hugging Face transformers. Numbers that Python holds as float or int are
// double here; transformers rounds them to float32 only where they meet a tensor, and so do we.
//
// Plain data, freely copied; no function here computes anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rope {

// The widest head that is served.
inline constexpr int64_t kMaxHeadDim = 4096;

struct RopeConfig {
  // Canonical name in the list of core/rope_types/rope_types.h: "default", "linear", "dynamic", ...
  std::string rope_type = "default";

  // Base of the geometric progression of frequencies. Finite, > 0.
  double rope_theta = 10000.0;

  // Channels of one attention head, 1..kMaxHeadDim.
  int64_t head_dim = 0;

  // Number of channels the rotation covers and the d of the exponent 2i/d; the frequencies are
  // ceil(d/2) many. Equal to head_dim unless rotary is partial. (For "proportional", d = head_dim.)
  int64_t rotary_dim = 0;

  // Share of head_dim that is rotated; only "proportional" computes with it after rotary_dim is
  // known.
  double partial_rotary_factor = 1.0;

  // L: the length the configuration states for the model. Absent where the configuration has none.
  std::optional<int64_t> max_position_embeddings;

  // L0: the length before stretching. Double because Python keeps whatever number it was given.
  std::optional<double> original_max_position_embeddings;

  // s: the stretching factor. For longrope absent means L / L0.
  std::optional<double> factor;

  // Multiplies cos and sin where given; where absent each type has its own rule.
  std::optional<double> attention_factor;

  // yarn. beta_fast and beta_slow are already defaulted (32, 1), and `truncate` says whether the
  // range of interpolated dimensions is rounded to whole dimensions.
  double beta_fast = 32.0;
  double beta_slow = 1.0;
  std::optional<double> mscale;
  std::optional<double> mscale_all_dim;
  bool truncate = true;

  // longrope: one factor per frequency, ceil(rotary_dim/2) of each.
  std::vector<double> short_factor;
  std::vector<double> long_factor;
  // PhiMoE only: cos and sin are scaled by one of these two, by length, in place of
  // attention_factor.
  std::optional<double> short_mscale;
  std::optional<double> long_mscale;

  // llama3.
  std::optional<double> low_freq_factor;
  std::optional<double> high_freq_factor;

  // ERNIE-4.5-VL: so many leading frequencies stand in another order, those of even index before
  // those of odd index, ready for its height and width positions. 0: none.
  int64_t even_odd_frequencies = 0;

  // HunYuan's NTK-alpha: rope_theta * alpha^(d/(d-2)), applied by type "dynamic" where present,
  // in place of the dependence on the sequence length.
  std::optional<double> alpha;
};

}  // namespace rope

// RopeType: one way to choose rotary frequencies. Each type has one file in this folder and one row
// in the list, rope_types.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/numerics/real.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// How the frequencies depend on the sequence length T of a request.
enum class SeqLenDependence {
  kNone,        // not at all
  kThreshold,   // one list of frequencies up to some length, another beyond it (longrope)
  kContinuous,  // beyond some length, every length has different frequencies (dynamic)
};

// Where in transformers the frequencies are computed. For some types the two call sites differ in
// the last bits: the type's init function gets the length as a Python number, while a model's
// forward gets a tensor, which turns the arithmetic with it to float32.
enum class HfCallSite {
  kInitFunction,  // the entry of ROPE_INIT_FUNCTIONS, as at load time: GetFrequencies
  kForward,       // a model's forward with these positions: tables
};

// What a type computes.
struct Frequencies {
  std::vector<float> inv_freq;    // ceil(rotary_dim / 2) frequencies, in radians per position
  double attention_factor = 1.0;  // multiplies both cos and sin
};

// The same in real arithmetic.
struct ExactFrequencies {
  std::vector<Real> inv_freq;
  Real attention_factor = 1.0;
};

// Everything that distinguishes one type from another, apart from the check of its parameters
// (core/config/judge/rules/rules.h). Code outside the type's file reads these members and never
// compares names. Constant, so it can be used from every thread.
struct RopeType {
  absl::string_view name;         // as in `rope_parameters.rope_type`
  absl::string_view description;  // one line, shown to people
  absl::string_view source;       // the paper or the code that the formula comes from
  SeqLenDependence seq_len_dependence = SeqLenDependence::kNone;

  // The longest sequence that has the frequencies of load time; absent if every length has them.
  // Null for types that do not depend on the length.
  std::optional<int64_t> (*switch_length)(const RopeConfig& config) = nullptr;

  // Keys of `rope_parameters` (besides rope_type) that a configuration must give, and those that it
  // may give.
  absl::Span<const absl::string_view> required_keys = {};
  absl::Span<const absl::string_view> optional_keys = {};
  // Those of the optional keys whose absence means a fixed value. The value is the initial one of
  // the member of RopeConfig with that name (see rope_parameters.h).
  absl::Span<const absl::string_view> defaulted_keys = {};

  // False for "default" only. transformers computes the other types by a function of
  // ROPE_INIT_FUNCTIONS. That function first standardizes the parameters again, and it always
  // applies partial_rotary_factor.
  bool is_scaled = true;

  // Whether transformers' standardization gives the parameter set an
  // original_max_position_embeddings if it has none.
  bool needs_original_length = false;

  // Whether transformers uses a head_dim of null or 0 unchanged, and then fails. If false, it uses
  // hidden_size / num_attention_heads instead.
  bool head_dim_as_is = false;

  // Whether rotary_dim is always head_dim: partial_rotary_factor then says how many frequencies are
  // not 0. If false, rotary_dim is int(head_dim * partial_rotary_factor).
  bool rotary_dim_is_head_dim = false;

  // Numeric profile `hf`: float32 arithmetic in the order of transformers on torch CPU, so that
  // every bit of inv_freq is the same as there. `config` must be valid (see RopeConfig) and of this
  // type. `seq_len` is T >= 1; absent means the table of load time. Pure.
  Frequencies (*compute)(const RopeConfig& config, std::optional<int64_t> seq_len,
                         HfCallSite call_site) = nullptr;

  // Numeric profile `exact`: the formula in real arithmetic from the configuration's numbers, under
  // the same conditions. `call_site` chooses between formulas where transformers has two (PhiMoE);
  // it makes no difference in rounding. Pure.
  ExactFrequencies (*compute_exact)(const RopeConfig& config, std::optional<int64_t> seq_len,
                                    HfCallSite call_site) = nullptr;
};

}  // namespace rope

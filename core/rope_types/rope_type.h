// RopeType: one way of choosing rotary frequencies. One type is one file; the list is rope_types.h.
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
  kThreshold,   // one set up to some length, another beyond it (longrope)
  kContinuous,  // a set of its own for every length beyond some length (dynamic)
};

// Where in transformers the frequencies are computed. The two differ in the last bits of some
// types: a type's own function is called with the length as a Python number, a model's forward with
// a tensor, which turns the arithmetic on it to float32.
enum class HfCallSite {
  kInitFunction,  // the entry of ROPE_INIT_FUNCTIONS, as at load time: GetFrequencies
  kForward,       // a model's forward with these positions: tables
};

// What a type computes.
struct Frequencies {
  std::vector<float> inv_freq;    // radians per position, ceil(rotary_dim/2) of them
  double attention_factor = 1.0;  // multiplies both cos and sin
};

// The same in real arithmetic.
struct ExactFrequencies {
  std::vector<Real> inv_freq;
  Real attention_factor = 1.0;
};

struct RopeType {
  absl::string_view name;         // as in `rope_parameters.rope_type`
  absl::string_view description;  // one line for people
  absl::string_view source;       // the paper or the code the formula comes from
  SeqLenDependence seq_len_dependence;

  // Keys of `rope_parameters` (besides rope_type) that must be there, and those that may be.
  absl::Span<const absl::string_view> required_keys;
  absl::Span<const absl::string_view> optional_keys;

  // Numeric profile `hf`: float32 arithmetic in the order of transformers on torch CPU, so that
  // every bit of inv_freq is theirs. Pure. `config` is valid (see RopeConfig) and of this type;
  // `seq_len` is T >= 1, absent where no length is known, which means the table of load time.
  Frequencies (*compute)(const RopeConfig& config, std::optional<int64_t> seq_len,
                         HfCallSite call_site);

  // Numeric profile `exact`: the formula in real arithmetic from the configuration's numbers.
  // `call_site` chooses between formulas where transformers has two (PhiMoE), not between
  // roundings. Pure.
  ExactFrequencies (*compute_exact)(const RopeConfig& config, std::optional<int64_t> seq_len,
                                    HfCallSite call_site);
};

}  // namespace rope

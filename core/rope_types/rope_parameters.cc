#include "core/rope_types/rope_parameters.h"

#include <algorithm>
#include <optional>

namespace rope {
namespace {

template <typename T>
RopeParameterValue ValueOrAbsent(const std::optional<T>& value) {
  return value.has_value() ? RopeParameterValue(*value) : RopeParameterValue();
}

}  // namespace

std::vector<RopeParameter> ParametersOf(const RopeConfig& config) {
  // This names every member, in the order of the struct. A new member stops it from compiling: name
  // the member here, and give it a row below.
  const auto& [rope_type, rope_theta, head_dim, rotary_dim, partial_rotary_factor,
               max_position_embeddings, original_max_position_embeddings, factor, attention_factor,
               beta_fast, beta_slow, mscale, mscale_all_dim, truncate, short_factor, long_factor,
               short_mscale, long_mscale, low_freq_factor, high_freq_factor, even_odd_frequencies,
               alpha, spectrum, inv_freq, lane_scale] = config;
  return {
      {"rope_type", absl::string_view(rope_type)},
      {"rope_theta", rope_theta},
      {"head_dim", head_dim},
      {"rotary_dim", rotary_dim},
      {"partial_rotary_factor", partial_rotary_factor},
      {"max_position_embeddings", ValueOrAbsent(max_position_embeddings)},
      {"factor", ValueOrAbsent(factor)},
      {"original_max_position_embeddings", ValueOrAbsent(original_max_position_embeddings)},
      {"attention_factor", ValueOrAbsent(attention_factor)},
      {"beta_fast", beta_fast},
      {"beta_slow", beta_slow},
      {"mscale", ValueOrAbsent(mscale)},
      {"mscale_all_dim", ValueOrAbsent(mscale_all_dim)},
      {"truncate", truncate},
      {"low_freq_factor", ValueOrAbsent(low_freq_factor)},
      {"high_freq_factor", ValueOrAbsent(high_freq_factor)},
      {"alpha", ValueOrAbsent(alpha)},
      {"short_factor", absl::MakeConstSpan(short_factor)},
      {"long_factor", absl::MakeConstSpan(long_factor)},
      {"short_mscale", ValueOrAbsent(short_mscale)},
      {"long_mscale", ValueOrAbsent(long_mscale)},
      {"even_odd_frequencies", even_odd_frequencies},
      {"spectrum", spectrum.has_value() ? RopeParameterValue(absl::string_view(spectrum->text))
                                        : RopeParameterValue()},
      {"inv_freq", absl::MakeConstSpan(inv_freq)},
      {"lane_scale", absl::MakeConstSpan(lane_scale)},
  };
}

RopeParameterValue DefaultOf(absl::string_view name) {
  static const auto* const config = new RopeConfig();
  static const auto* const defaults = new std::vector<RopeParameter>(ParametersOf(*config));
  return std::find_if(defaults->begin(), defaults->end(),
                      [&](const RopeParameter& parameter) { return parameter.name == name; })
      ->value;
}

}  // namespace rope

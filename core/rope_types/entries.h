// The functions of each rope type, which its row in rope_types.cc points to. They are defined in
// the type's own file. RopeType says what they promise.
#pragma once

#include <cstdint>
#include <optional>

#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

Frequencies ComputeDefault(const RopeConfig& config, std::optional<int64_t> seq_len,
                           HfCallSite call_site);
Frequencies ComputeLinear(const RopeConfig& config, std::optional<int64_t> seq_len,
                          HfCallSite call_site);
Frequencies ComputeDynamic(const RopeConfig& config, std::optional<int64_t> seq_len,
                           HfCallSite call_site);
Frequencies ComputeYarn(const RopeConfig& config, std::optional<int64_t> seq_len,
                        HfCallSite call_site);
Frequencies ComputeLongrope(const RopeConfig& config, std::optional<int64_t> seq_len,
                            HfCallSite call_site);
Frequencies ComputeLlama3(const RopeConfig& config, std::optional<int64_t> seq_len,
                          HfCallSite call_site);
Frequencies ComputeProportional(const RopeConfig& config, std::optional<int64_t> seq_len,
                                HfCallSite call_site);

// REQUIRES config.spectrum.
Frequencies ComputeAxial(const RopeConfig& config, std::optional<int64_t> seq_len,
                         HfCallSite call_site);
ExactFrequencies ExactAxial(const RopeConfig& config, std::optional<int64_t> seq_len,
                            HfCallSite call_site);

// RopeType::switch_length of the types that depend on the length.
std::optional<int64_t> SwitchLengthOfDynamic(const RopeConfig& config);
std::optional<int64_t> SwitchLengthOfLongrope(const RopeConfig& config);

ExactFrequencies ExactDefault(const RopeConfig& config, std::optional<int64_t> seq_len,
                              HfCallSite call_site);
ExactFrequencies ExactLinear(const RopeConfig& config, std::optional<int64_t> seq_len,
                             HfCallSite call_site);
ExactFrequencies ExactDynamic(const RopeConfig& config, std::optional<int64_t> seq_len,
                              HfCallSite call_site);
ExactFrequencies ExactYarn(const RopeConfig& config, std::optional<int64_t> seq_len,
                           HfCallSite call_site);
ExactFrequencies ExactLongrope(const RopeConfig& config, std::optional<int64_t> seq_len,
                               HfCallSite call_site);
ExactFrequencies ExactLlama3(const RopeConfig& config, std::optional<int64_t> seq_len,
                             HfCallSite call_site);
ExactFrequencies ExactProportional(const RopeConfig& config, std::optional<int64_t> seq_len,
                                   HfCallSite call_site);

}  // namespace rope

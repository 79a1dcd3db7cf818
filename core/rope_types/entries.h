// The functions that the list in rope_types.cc is made of, one a file. See RopeType::compute and
// compute_exact for what each promises.
#pragma once

#include <cstdint>
#include <optional>

#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

Frequencies ComputeDefault(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
Frequencies ComputeLinear(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
Frequencies ComputeDynamic(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
Frequencies ComputeYarn(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
Frequencies ComputeLongrope(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
Frequencies ComputeLlama3(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
Frequencies ComputeProportional(const RopeConfig& config, std::optional<int64_t> seq_len,
                                HfPath path);

ExactFrequencies ExactDefault(const RopeConfig& config, std::optional<int64_t> seq_len,
                              HfPath path);
ExactFrequencies ExactLinear(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
ExactFrequencies ExactDynamic(const RopeConfig& config, std::optional<int64_t> seq_len,
                              HfPath path);
ExactFrequencies ExactYarn(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
ExactFrequencies ExactLongrope(const RopeConfig& config, std::optional<int64_t> seq_len,
                               HfPath path);
ExactFrequencies ExactLlama3(const RopeConfig& config, std::optional<int64_t> seq_len, HfPath path);
ExactFrequencies ExactProportional(const RopeConfig& config, std::optional<int64_t> seq_len,
                                   HfPath path);

}  // namespace rope

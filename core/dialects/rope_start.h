// The first step of every engine's get_rope: the numbers that all rope types share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/dialects/engine_rope.h"
#include "core/dialects/parameter_reader.h"
#include "core/json/json_value.h"

namespace rope {

// Sets head_dim and rotary_dim of `rope`. It is a failure of `reader` if head_size is not 1 to
// kMaxHeadDim, or if rotary_dim is not 1 to head_size.
void SetDimensions(int64_t head_size, double rotary_dim, ParameterReader* reader, EngineRope* rope);

// Refuses a number that is not finite and > 0.
void RequirePositive(absl::string_view key, double value, ParameterReader* reader);

// ceil(length * factor); absent if it is not an integer below 2^53.
std::optional<int64_t> TableRowsOf(double length, double factor);

// The frequencies of type default.
std::vector<float> PlainInvFreq(const EngineRope& rope);

// linear: positions divided by `factor`, the value of that member: a float, or a list of floats, of
// which this is the table of the first. Everything else is refused, an integer as well.
void FillLinear(const JsonValue& factor, std::optional<int64_t> max_position,
                ParameterReader* reader, EngineRope* rope);

// Reads the range of yarn: beta_fast and beta_slow (32 and 1 by default) and, if
// `reads_truncate`, truncate (true by default). Refuses what makes Python divide by zero or take
// the logarithm of a number <= 0. REQUIRES factor and original_max_position_embeddings of
// rope->config.
void ReadYarnRange(bool reads_truncate, ParameterReader* reader, EngineRope* rope);

// The two lists of longrope, whose sizes must be the number of frequencies.
struct LongropeLists {
  std::vector<double> short_factor;
  std::vector<double> long_factor;
};
LongropeLists ReadLongropeLists(ParameterReader* reader, const EngineRope& rope);

// Fills the frequencies and factors of longrope from the lists. An mscale of the parameters
// replaces the formula's factor. REQUIRES original_max_position_embeddings and
// max_position_embeddings of rope->config.
void FillLongrope(const LongropeLists& lists, ParameterReader* reader, EngineRope* rope);

// proportional: the frequencies of the whole head for the first rotary_dim / 2 pairs of channels,
// and 0 for the rest. rotary_dim becomes head_dim.
void FillProportional(EngineRope* rope);

// Dual chunk attention: five tables, which differ in the positions of their rows. `settings` has
// chunk_size and local_size.
void ReadDualChunk(const JsonValue& settings, ParameterReader* reader, EngineRope* rope);

// mrope_section as three whole numbers. It is a failure if it is anything else.
std::vector<int64_t> ReadSections(ParameterReader* reader);

// Refuses axes that have a problem.
void RequireAxes(ParameterReader* reader, const EngineRope& rope);

}  // namespace rope

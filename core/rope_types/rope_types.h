// The list of rope types. How to add one: docs/adding_a_rope_type.md.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// The type that a parameter set has if it names none.
inline constexpr absl::string_view kDefaultRopeType = "default";

// Every type, in the order in which messages and answers show them. The list never changes while
// the process lives, and all functions here are thread-safe.
absl::Span<const RopeType> AllRopeTypes();

// The type with that name; null if there is none. Names are compared byte by byte, as in
// transformers.
const RopeType* FindRopeType(absl::string_view name);

// The name of the type whose frequencies are those of RopeConfig::spectrum. Only families that have
// several axes take it, so it is not in the list.
inline constexpr absl::string_view kAxialRopeType = "axial";

// The row of that type. Constant.
const RopeType& AxialRopeType();

// The row that computes `config`: that of its type, or AxialRopeType() if it has a spectrum.
// REQUIRES a valid config.
const RopeType& RopeTypeOf(const RopeConfig& config);

// How the frequencies of `config` depend on the sequence length: as its type says, and not at all
// if the frequencies are given (RopeConfig::inv_freq). REQUIRES a valid config, in both functions.
// Pure.
SeqLenDependence DependenceOf(const RopeConfig& config);

// The longest sequence that has the frequencies of load time; absent if every length has them.
std::optional<int64_t> SwitchLengthOf(const RopeConfig& config);

// "default, linear, ...": for messages.
absl::string_view RopeTypeNames();

}  // namespace rope

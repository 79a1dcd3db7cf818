// The parameters of a RopeConfig as a list of names and values, for code that shows or compares
// configurations and must not forget a member.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// std::monostate: an optional parameter that is absent. Texts and lists are views of the
// RopeConfig's own memory.
using RopeParameterValue = std::variant<std::monostate, bool, int64_t, double, absl::string_view,
                                        absl::Span<const double>>;

struct RopeParameter {
  absl::string_view name;  // the member of RopeConfig, which is also the key in `rope_parameters`
  RopeParameterValue value;
};

// Every member of RopeConfig, in the order in which they are shown to users. The values are valid
// as long as `config` lives and does not change. Pure.
std::vector<RopeParameter> ParametersOf(const RopeConfig& config);

// The value that a parameter has if nothing sets it: its member's initial value in RopeConfig.
// REQUIRES that RopeConfig has a member `name`. The value lives as long as the process.
// Thread-safe.
RopeParameterValue DefaultOf(absl::string_view name);

}  // namespace rope

// The plans of a configuration that another program than transformers reads.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/engine/resolved_plan.h"

namespace rope::engine {

// Whether the options name a dialect that is not transformers'. INVALID_ARGUMENT if there is no
// such dialect, or if its numbers are asked for in profile `exact`, which no engine has.
absl::StatusOr<bool> NamesOtherDialect(const ResolveOptions& options);

// The plans of the requested layer types. REQUIRES NamesOtherDialect(options). INVALID_ARGUMENT if
// the text is not read, if a requested layer type does not exist, or if the engine refuses it.
absl::StatusOr<std::vector<ResolvedPlan>> ResolveByDialect(absl::string_view config_json,
                                                           const ResolveOptions& options,
                                                           int64_t max_config_bytes);

// Not ok if the engine's tables are not rows of cos and sin at a position.
absl::Status CheckHasTable(const ResolvedPlan& resolved);

// INVALID_ARGUMENT unless that dialect is transformers', for methods that no other one has.
absl::Status CheckDefaultDialect(absl::string_view dialect);

}  // namespace rope::engine

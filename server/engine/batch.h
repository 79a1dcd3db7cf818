// Batch: the sequences of one request, each with its own length, and the plans that they need.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/engine/resolved_plan.h"
#include "server/engine/table_stream.h"

namespace rope::engine {

// The frequencies of all plans of one batch together. They bound the memory of a batch (42 MB in
// profile exact) and the time until its first row.
inline constexpr int64_t kMaxBatchFrequencies = int64_t{1} << 18;

// The rows of one sequence.
struct SequenceRows {
  int64_t rows = 0;                // >= 1
  int64_t seq_len = 0;             // 1 to kMaxPosition + 1
  bool seq_len_is_stated = false;  // by the request; if not, it follows from the positions
};

struct Batch {
  std::vector<ResolvedPlan> plans;        // no two equal; in the order of the sequences
  std::vector<int32_t> plan_of_sequence;  // for each sequence an index into `plans`
  std::vector<PlanRun> runs;              // of all rows; neighbours have different plans
};

// Plans the sequences of a batch. `first` is what the configuration resolved to for the first one,
// under `options`. RESOURCE_EXHAUSTED above kMaxBatchFrequencies, and MakeFrequencyPlan's status if
// that fails. REQUIRES at least one sequence.
absl::StatusOr<Batch> PlanBatch(const ResolvedPlan& first, ResolveOptions options,
                                absl::Span<const SequenceRows> sequences);

}  // namespace rope::engine

#include "server/engine/batch.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope::engine {
namespace {

// Finds or makes the plan of each length.
class PlansByLength {
 public:
  PlansByLength(const ResolvedPlan& first, ResolveOptions options)
      : first_(first), options_(std::move(options)), one_for_all_(!DependsOnSeqLen(first)) {
    Keep(first, {*first.seq_len, options_.seq_len_is_stated});
  }

  // The index in plans() of the plan for the sequence.
  absl::StatusOr<int32_t> IndexOf(const SequenceRows& sequence) {
    if (one_for_all_) return 0;
    const Length length = {sequence.seq_len, sequence.seq_len_is_stated};
    const auto known = by_length_.find(length);
    if (known != by_length_.end()) return known->second;
    const auto next = static_cast<int64_t>(plans_.size()) + 1;
    if (next * first_.plan.half_width() > kMaxBatchFrequencies) {
      return absl::ResourceExhaustedError(
          absl::StrCat("sequences need more than ", kMaxBatchFrequencies / first_.plan.half_width(),
                       " sets of ", first_.plan.half_width(),
                       " frequencies, which is the most for one request; divide the batch"));
    }
    options_.seq_len = sequence.seq_len;
    options_.seq_len_is_stated = sequence.seq_len_is_stated;
    auto resolved = PlanAtLength(first_, options_);
    if (!resolved.ok()) return resolved.status();
    return Keep(*std::move(resolved), length);
  }

  std::vector<ResolvedPlan> Take() { return std::move(plans_); }

 private:
  using Length = std::pair<int64_t, bool>;  // seq_len, and whether it is stated

  int32_t Keep(ResolvedPlan resolved, const Length& length) {
    const auto next = static_cast<int32_t>(plans_.size());
    const auto [place, is_new] = by_bytes_.emplace(CanonicalBytes(resolved.plan), next);
    if (is_new) plans_.push_back(std::move(resolved));
    by_length_[length] = place->second;
    return place->second;
  }

  const ResolvedPlan& first_;
  ResolveOptions options_;
  const bool one_for_all_;
  std::vector<ResolvedPlan> plans_;
  std::map<Length, int32_t> by_length_;
  std::map<std::string, int32_t> by_bytes_;  // of a plan
};

}  // namespace

absl::StatusOr<Batch> PlanBatch(const ResolvedPlan& first, ResolveOptions options,
                                absl::Span<const SequenceRows> sequences) {
  PlansByLength plans(first, std::move(options));
  Batch batch;
  for (const SequenceRows& sequence : sequences) {
    const auto index = plans.IndexOf(sequence);
    if (!index.ok()) return index.status();
    batch.plan_of_sequence.push_back(*index);
  }
  batch.plans = plans.Take();

  std::vector<std::shared_ptr<const FrequencyPlan>> shared;
  for (const ResolvedPlan& one : batch.plans) {
    shared.push_back(std::make_shared<const FrequencyPlan>(one.plan));
  }
  int64_t end = 0;
  for (size_t i = 0; i < sequences.size(); ++i) {
    end += sequences[i].rows;
    const auto& plan = shared[static_cast<size_t>(batch.plan_of_sequence[i])];
    const bool continues = !batch.runs.empty() && batch.runs.back().plan == plan;
    if (!continues) batch.runs.push_back({plan, end});
    batch.runs.back().end = end;
  }
  return batch;
}

}  // namespace rope::engine

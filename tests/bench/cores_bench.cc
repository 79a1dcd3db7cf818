// How the computation of one table grows with the number of threads. The memory of a host is shared
// by its cores, so the peer is a fill of as many bytes by as many threads.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/backends.h"
#include "core/plan/frequency_plan.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/limits.h"

namespace rope::bench {
namespace {

constexpr int64_t kHalfWidth = 64;
constexpr TableForm kForm = {DType::kFloat32, Layout::kCompact};

FrequencyPlan LlamaPlan() {
  RopeConfig config;
  config.head_dim = 2 * kHalfWidth;
  config.rotary_dim = 2 * kHalfWidth;
  config.rope_theta = 500000.0;
  auto plan = MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward);
  if (!plan.ok()) std::abort();
  return *std::move(plan);
}

// 1, 2, 4, ... up to the number of cores.
std::vector<int> ThreadCounts() {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<int> counts;
  for (int threads = 1; threads < cores; threads *= 2) counts.push_back(threads);
  counts.push_back(cores);
  return counts;
}

// Each thread fills its part. `bytes` must be a multiple of 64 for every thread.
void FillByThreads(int threads, std::byte* to, size_t bytes) {
  const size_t lines = bytes / 64;
#pragma omp parallel for num_threads(threads)
  for (int thread = 0; thread < threads; ++thread) {
    const size_t first = lines * thread / threads * 64;
    const size_t last = lines * (thread + 1) / threads * 64;
    FillPastCaches(to + first, last - first);
  }
}

}  // namespace

std::vector<Result> CoresBenchmark(const Options& options) {
  const auto rows = options.Amount<int64_t>(1024, 262144, 262144);
  const double shortest = options.Amount(0.0, 0.06, 0.06);
  const auto bytes = static_cast<size_t>(2 * rows * RowBytes(kForm, kHalfWidth));
  const RecycledMemory memory(bytes);
  const FrequencyPlan plan = LlamaPlan();
  const PositionIds positions = *PositionIds::Range(0, rows);
  const Backend& backend = BestBackend();
  const TableRows out{memory.data(), memory.data() + bytes / 2};
  const std::vector<int> counts = ThreadCounts();
  std::vector<Sample> samples;
  for (const int threads : counts) {
    samples.push_back(RateOf(
        [&, threads] {
          if (!backend.FillRows(plan, positions, 0, rows, kForm, threads, out).ok()) std::abort();
        },
        shortest));
    samples.push_back(
        RateOf([&, threads] { FillByThreads(threads, memory.data(), bytes); }, shortest));
  }
  const std::vector<Side> sides = Measure(samples, options);
  std::vector<Result> results;
  for (size_t i = 1; i < counts.size(); ++i) {
    const std::string id = absl::StrCat("cores.", counts[i]);
    const std::string what = absl::StrCat(counts[i], " threads / 1 thread");
    results.push_back(RatioOf(absl::StrCat(id, ".table"), absl::StrCat("a table, ", what),
                              sides[2 * i], sides[0]));
    results.push_back(RatioOf(absl::StrCat(id, ".stores"),
                              absl::StrCat("non-temporal stores, ", what), sides[2 * i + 1],
                              sides[1]));
    results.push_back(
        RatioOf(absl::StrCat(id, ".of_stores"),
                absl::StrCat(counts[i], " threads: a table / stores of as many bytes"),
                sides[2 * i], sides[2 * i + 1]));
  }
  return results;
}

}  // namespace rope::bench

// The host's cores: a SIMD kernel over blocks of rows that stay in the L1 cache, OpenMP over the
// blocks.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/backends/arbitrary_precision.h"
#include "core/backends/backend_entries.h"
#include "core/backends/cpu/kernels.h"

namespace rope {
namespace {

// Rows that one OpenMP iteration fills: enough to make its cost vanish, few enough to share out.
constexpr int64_t kBlockRows = 128;

struct Job {
  const FrequencyPlan& plan;
  const PositionIds& positions;
  int64_t first;
  int64_t rows;
  TableForm form;
  TableRows out;
};

struct Block {
  std::array<int64_t, kBlockRows> ids;
  int64_t rows;
  TableRows out;
};

Block BlockOf(const Job& job, int64_t number) {
  Block block;
  const int64_t row = number * kBlockRows;
  block.rows = std::min(kBlockRows, job.rows - row);
  job.positions.CopyTo(job.first + row, absl::MakeSpan(block.ids.data(), block.rows));
  const int64_t offset = row * RowBytes(job.form, job.plan.half_width());
  const bool joined = IsJoined(job.form.layout);
  block.out = {job.out.cos + offset, (joined ? job.out.cos : job.out.sin) + offset};
  return block;
}

// The block's positions as `Float`s, rounded to nearest.
template <typename Float>
std::array<Float, kBlockRows> PositionsOf(const Block& block) {
  std::array<Float, kBlockRows> positions;
  std::transform(block.ids.begin(), block.ids.begin() + block.rows, positions.begin(),
                 [](int64_t id) { return static_cast<Float>(id); });
  return positions;
}

void FillHfBlock(const Job& job, FillRowsFunction fill_rows, int64_t number) {
  const Block block = BlockOf(job, number);
  const auto positions = PositionsOf<float>(block);
  const auto factor = static_cast<float>(job.plan.attention_factor);
  fill_rows(positions.data(), block.rows, job.plan.inv_freq.data(), job.plan.half_width(),
            {factor, job.form.negate_sin ? -factor : factor}, block.out);
}

// A table much larger than any cache, that none of them can hold, need not go through them.
constexpr int64_t kStreamedBytes = int64_t{32} << 20;

bool IsStreamed(const Job& job) {
  const auto aligned = [](const std::byte* to) {
    return reinterpret_cast<uintptr_t>(to) % 64 == 0;
  };
  const int64_t bytes = job.rows * RowBytes(job.form, job.plan.half_width());
  return bytes * TensorCount(job.form) >= kStreamedBytes && job.plan.half_width() % 32 == 0 &&
         aligned(job.out.cos) && aligned(job.out.sin);
}

FillRowsFunction FillRowsOf(const Kernel& kernel, const Job& job) {
  FillRowsFunction fill_rows = IsStreamed(job) ? kernel.stream_rows(job.form) : nullptr;
  return fill_rows != nullptr ? fill_rows : kernel.fill_rows(job.form);
}

ExactColumns ColumnsOf(const ExactPlan& plan, const TableForm& form) {
  const SplitReal& factor = plan.attention_factor;
  return {static_cast<int64_t>(plan.real.inv_freq.size()),
          plan.quarter_turns_high.data(),
          plan.quarter_turns_low.data(),
          plan.quarter_turns_rest.data(),
          factor,
          form.negate_sin ? SplitReal{-factor.high, -factor.low, -factor.rest} : factor};
}

void FillExactBlock(const Job& job, FillExactRowsFunction fill_rows, int64_t number) {
  const Block block = BlockOf(job, number);
  const auto positions = PositionsOf<double>(block);
  std::array<bool, kBlockRows> doubtful;
  fill_rows(positions.data(), block.rows, ColumnsOf(*job.plan.exact, job.form), block.out,
            doubtful.data());
  for (int64_t row = 0; row < block.rows; ++row) {
    if (!doubtful[row]) continue;
    FillRowByArbitraryPrecision(job.plan, block.ids[row], job.form, row, block.out);
  }
}

// fill(number) for every block of the job, by at most `threads` threads.
template <typename Fill>
void ForEachBlock(const Job& job, int threads, const Fill& fill) {
  const int64_t blocks = (job.rows + kBlockRows - 1) / kBlockRows;
  const int team = static_cast<int>(std::min<int64_t>(threads, blocks));
  if (team <= 1) {  // no parallel region: none of its cost, none of its threads
    for (int64_t block = 0; block < blocks; ++block) fill(block);
    return;
  }
#pragma omp parallel for num_threads(team) schedule(static)
  for (int64_t block = 0; block < blocks; ++block) fill(block);
}

// Frequencies above 1 can make angles that no kernel is proved for, and numbers near the ends of a
// double's range products that none can hold. They are so rare that the reference computes the
// whole piece.
bool BeyondKernels(const FrequencyPlan& plan, const PositionIds& positions) {
  if (plan.exact != nullptr) return !plan.exact->fits_doubles;
  const float largest = *std::max_element(plan.inv_freq.begin(), plan.inv_freq.end());
  return static_cast<float>(positions.max()) * largest > kMaxKernelAngle;
}

class CpuBackend final : public Backend {
 public:
  CpuBackend(absl::string_view name, const Kernel& kernel)
      : kernel_(kernel),
        name_(name),
        description_(absl::StrCat("OpenMP over row blocks, kernel ", kernel.name)) {}

  absl::string_view name() const override { return name_; }
  absl::string_view description() const override { return description_; }
  bool available() const override { return kernel_.supported(); }

  absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                        int64_t rows, const TableForm& form, int threads,
                        const TableRows& out) const override {
    if (BeyondKernels(plan, positions)) {
      return GetReferenceBackend().FillRows(plan, positions, first, rows, form, threads, out);
    }
    const Job job{plan, positions, first, rows, form, out};
    if (plan.exact != nullptr) {
      const FillExactRowsFunction fill_rows = kernel_.fill_exact_rows(form);
      ForEachBlock(job, threads, [&](int64_t number) { FillExactBlock(job, fill_rows, number); });
    } else {
      const FillRowsFunction fill_rows = FillRowsOf(kernel_, job);
      ForEachBlock(job, threads, [&](int64_t number) { FillHfBlock(job, fill_rows, number); });
    }
    return absl::OkStatus();
  }

 private:
  const Kernel& kernel_;
  std::string name_;
  std::string description_;
};

std::vector<const Backend*> MakeCpuBackends() {
  std::vector<const Backend*> backends = {new CpuBackend("cpu", BestKernel())};
  for (const Kernel& kernel : AllKernels()) {
    backends.push_back(new CpuBackend(absl::StrCat("cpu-", kernel.name), kernel));
  }
  return backends;
}

}  // namespace

absl::Span<const Backend* const> GetCpuBackends() {
  static const auto* const backends = new std::vector<const Backend*>(MakeCpuBackends());
  return *backends;
}

}  // namespace rope

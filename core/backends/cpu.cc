// The host's cores: a SIMD kernel over blocks of rows that stay in the L1 cache, OpenMP over the
// blocks.
#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/backends/backend_entries.h"
#include "core/backends/row_kernels.h"

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
  FillRowsFunction fill_rows;
};

RowFactors FactorsOf(const FrequencyPlan& plan, const TableForm& form) {
  const auto factor = static_cast<float>(plan.attention_factor);
  return {factor, form.negate_sin ? -factor : factor};
}

void FillBlock(const Job& job, int64_t block) {
  const int64_t row = block * kBlockRows;
  const int64_t rows = std::min(kBlockRows, job.rows - row);
  std::array<int64_t, kBlockRows> ids;
  std::array<float, kBlockRows> positions;
  job.positions.CopyTo(job.first + row, absl::MakeSpan(ids.data(), rows));
  std::transform(ids.begin(), ids.begin() + rows, positions.begin(),
                 [](int64_t id) { return static_cast<float>(id); });

  const int64_t half_width = job.plan.half_width();
  const int64_t offset = row * RowBytes(job.form, half_width);
  const bool joined = IsJoined(job.form.layout);
  job.fill_rows(positions.data(), rows, job.plan.inv_freq.data(), half_width,
                FactorsOf(job.plan, job.form),
                {job.out.cos + offset, (joined ? job.out.cos : job.out.sin) + offset});
}

// Frequencies above 1 can make angles that no kernel is proved for. They are so rare that the
// reference computes the whole piece.
bool BeyondKernels(const FrequencyPlan& plan, const PositionIds& positions) {
  const float largest = *std::max_element(plan.inv_freq.begin(), plan.inv_freq.end());
  return static_cast<float>(positions.max()) * largest > kMaxKernelAngle;
}

class CpuBackend final : public Backend {
 public:
  CpuBackend()
      : description_(absl::StrCat("OpenMP over row blocks, kernel ", BestRowKernel().name)) {}

  absl::string_view name() const override { return "cpu"; }
  absl::string_view description() const override { return description_; }
  bool available() const override { return true; }

  absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                        int64_t rows, const TableForm& form, int threads,
                        const TableRows& out) const override {
    if (BeyondKernels(plan, positions)) {
      return GetReferenceBackend().FillRows(plan, positions, first, rows, form, threads, out);
    }
    const Job job{plan, positions, first, rows, form, out, BestRowKernel().fill_rows(form)};
    const int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
    const int team = static_cast<int>(std::min<int64_t>(threads, blocks));
    if (team <= 1) {  // no parallel region: none of its cost, none of its threads
      for (int64_t block = 0; block < blocks; ++block) FillBlock(job, block);
      return absl::OkStatus();
    }
#pragma omp parallel for num_threads(team) schedule(static)
    for (int64_t block = 0; block < blocks; ++block) FillBlock(job, block);
    return absl::OkStatus();
  }

 private:
  std::string description_;
};

}  // namespace

const Backend& GetCpuBackend() {
  static const CpuBackend backend;
  return backend;
}

}  // namespace rope

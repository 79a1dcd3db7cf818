// The host's cores: a SIMD kernel over blocks of rows that stay in the L1 cache, OpenMP over the
// blocks.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/backends/backend_entries.h"
#include "core/backends/cos_sin_kernels.h"
#include "core/numerics/correctly_rounded.h"

namespace rope {
namespace {

// Half rows of one block, cos and sin together: with the output rows being written they fit in 32
// KiB.
constexpr int64_t kBlockBytes = 16 << 10;
constexpr int64_t kMaxBlockRows = 256;
constexpr int64_t kBlockFloats = kBlockBytes / static_cast<int64_t>(sizeof(float));
static_assert(2 * kMaxHalfWidth <= kBlockFloats, "one row fits into a block");

struct Job {
  const FrequencyPlan& plan;
  const PositionIds& positions;
  int64_t first;
  int64_t rows;
  TableForm form;
  TableRows out;
  int64_t block_rows;
  bool beyond_kernel;  // some angle may exceed kMaxKernelAngle
};

// Frequencies above 1 turn positions into angles that no kernel is made for; they are rare enough
// for arbitrary precision. NOLINTNEXTLINE(bugprone-easily-swappable-parameters)
void FixLargeAngles(const FrequencyPlan& plan, absl::Span<const float> positions, float* cos,
                    float* sin) {
  const float attention_factor = static_cast<float>(plan.attention_factor);
  const int64_t half_width = plan.half_width();
  for (size_t row = 0; row < positions.size(); ++row) {
    for (int64_t i = 0; i < half_width; ++i) {
      const float angle = positions[row] * plan.inv_freq[i];
      if (angle <= kMaxKernelAngle) continue;
      const CosSin value = CorrectlyRoundedCosSin(angle);
      cos[static_cast<int64_t>(row) * half_width + i] = value.cos * attention_factor;
      sin[static_cast<int64_t>(row) * half_width + i] = value.sin * attention_factor;
    }
  }
}

void FillBlock(const Job& job, int64_t block) {
  alignas(64) std::array<float, kBlockFloats> half_rows;
  std::array<int64_t, kMaxBlockRows> ids;
  std::array<float, kMaxBlockRows> positions;

  const int64_t row = block * job.block_rows;
  const int64_t rows = std::min(job.block_rows, job.rows - row);
  job.positions.CopyTo(job.first + row, absl::MakeSpan(ids.data(), rows));
  std::transform(ids.begin(), ids.begin() + rows, positions.begin(),
                 [](int64_t id) { return static_cast<float>(id); });

  const int64_t half_width = job.plan.half_width();
  float* const cos = half_rows.data();
  float* const sin = cos + rows * half_width;
  BestCosSinKernel().fill(positions.data(), rows, job.plan.inv_freq.data(), half_width,
                          static_cast<float>(job.plan.attention_factor), cos, sin);
  if (job.beyond_kernel) {
    FixLargeAngles(job.plan, absl::MakeConstSpan(positions.data(), rows), cos, sin);
  }
  WriteRows(job.form, half_width, cos, sin, row, rows, job.out);
}

class CpuBackend final : public Backend {
 public:
  CpuBackend()
      : description_(absl::StrCat("OpenMP over row blocks, kernel ", BestCosSinKernel().name)) {}

  absl::string_view name() const override { return "cpu"; }
  absl::string_view description() const override { return description_; }
  bool available() const override { return true; }

  absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                        int64_t rows, const TableForm& form, int threads,
                        const TableRows& out) const override {
    const float largest_frequency = *std::max_element(plan.inv_freq.begin(), plan.inv_freq.end());
    const bool beyond_kernel =
        static_cast<float>(positions.max()) * largest_frequency > kMaxKernelAngle;
    const int64_t block_rows = std::min(kMaxBlockRows, kBlockFloats / (2 * plan.half_width()));
    const Job job{plan, positions, first, rows, form, out, block_rows, beyond_kernel};

    const int64_t blocks = (rows + block_rows - 1) / block_rows;
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

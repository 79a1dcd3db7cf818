// The cpu backends: each runs one kernel in several OpenMP threads. A thread fills one band of rows
// at a time; a band's positions and frequencies stay in the L1 cache.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/backends/arbitrary_precision.h"
#include "core/backends/backend_entries.h"
#include "core/backends/cpu/kernels.h"

namespace rope {
namespace {

// The rows that one OpenMP iteration fills. They are enough to make the cost of the iteration
// itself negligible, and few enough for an even share among the threads.
constexpr int64_t kBandRows = 128;

// The arguments of FillRows.
struct Job {
  const FrequencyPlan& plan;
  const PositionIds& positions;
  int64_t first;
  int64_t rows;
  TableForm form;
  TableRows out;
};

// Up to kBandRows consecutive rows of a job, which one thread fills.
struct Band {
  std::array<double, kBandRows> positions;
  int64_t rows;
  TableRows out;
};

Band BandOf(const Job& job, int64_t number) {
  Band band;
  const int64_t row = number * kBandRows;
  band.rows = std::min(kBandRows, job.rows - row);
  job.positions.CopyTo(job.first + row, absl::MakeSpan(band.positions.data(), band.rows));
  const int64_t offset = row * RowBytes(job.form, job.plan.half_width());
  const bool joined = IsJoined(job.form.layout);
  band.out = {job.out.cos + offset, (joined ? job.out.cos : job.out.sin) + offset};
  return band;
}

// The distances of the band's positions from 0, rounded to the nearest `Float`. Kernels know no
// negative positions.
template <typename Float>
std::array<Float, kBandRows> DistancesOf(const Band& band) {
  std::array<Float, kBandRows> distances;
  std::transform(band.positions.begin(), band.positions.begin() + band.rows, distances.begin(),
                 [](double position) { return static_cast<Float>(std::abs(position)); });
  return distances;
}

// Makes the rows of the distances those of the positions: cos is even and sin is odd, and so are
// all roundings.
void ApplySigns(const Job& job, const Band& band) {
  for (int64_t row = 0; row < band.rows; ++row) {
    if (!std::signbit(band.positions[row])) continue;
    NegateSinOfRow(job.form, job.plan.half_width(), row, band.out);
  }
}

void FillHfBand(const Job& job, FillRowsFunction fill_rows, int64_t number) {
  const Band band = BandOf(job, number);
  auto distances = DistancesOf<float>(band);
  if (job.plan.position_divisor != 1.0F) {
    for (int64_t row = 0; row < band.rows; ++row) distances[row] /= job.plan.position_divisor;
  }
  const auto factor = static_cast<float>(job.plan.attention_factor);
  fill_rows(distances.data(), band.rows, job.plan.inv_freq.data(), job.plan.half_width(),
            {factor, job.form.negate_sin ? -factor : factor}, band.out);
  ApplySigns(job, band);
}

// Tables of at least this size are written past the caches. They do not fit into any cache, so
// writing them through the caches would only evict what others use.
constexpr int64_t kStreamedBytes = int64_t{32} << 20;

bool IsStreamed(const Job& job) {
  const auto aligned = [](const std::byte* to) {
    return reinterpret_cast<uintptr_t>(to) % kStreamedAlignment == 0;
  };
  const int64_t bytes = job.rows * RowBytes(job.form, job.plan.half_width());
  return bytes * TensorCount(job.form) >= kStreamedBytes &&
         job.plan.half_width() % kStreamedWidthMultiple == 0 && aligned(job.out.cos) &&
         aligned(job.out.sin);
}

FillRowsFunction ChooseFillRows(const Kernel& kernel, const Job& job) {
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

// The kernel fills the band. Then arbitrary precision computes the rows that the kernel reports as
// doubtful.
void FillExactBand(const Job& job, FillExactRowsFunction fill_rows, int64_t number) {
  const Band band = BandOf(job, number);
  const auto distances = DistancesOf<double>(band);
  std::array<bool, kBandRows> doubtful;
  fill_rows(distances.data(), band.rows, ColumnsOf(*job.plan.exact, job.form), band.out,
            doubtful.data());
  ApplySigns(job, band);
  for (int64_t row = 0; row < band.rows; ++row) {
    if (!doubtful[row]) continue;
    FillRowByArbitraryPrecision(job.plan, band.positions[row], job.form, row, band.out);
  }
}

// Calls fill(number) for every band of the job, from at most `threads` threads.
template <typename Fill>
void ForEachBand(const Job& job, int threads, const Fill& fill) {
  const int64_t bands = (job.rows + kBandRows - 1) / kBandRows;
  const int team = static_cast<int>(std::min<int64_t>(threads, bands));
  if (team <= 1) {  // a parallel region would cost time and start threads
    for (int64_t band = 0; band < bands; ++band) fill(band);
    return;
  }
#pragma omp parallel for num_threads(team) schedule(static)
  for (int64_t band = 0; band < bands; ++band) fill(band);
}

// True for tables that the kernels do not compute correctly. In profile `hf` these have an angle
// above kMaxKernelAngle, which only frequencies above 1 can make. In profile `exact` they have
// numbers near the ends of a double's range, or positions that are not whole numbers: the bounds of
// the kernels are proved for whole ones. All this is so rare that the reference backend may compute
// the whole table.
bool BeyondKernels(const FrequencyPlan& plan, const PositionIds& positions) {
  if (plan.exact != nullptr) return !plan.exact->fits_doubles || !positions.whole();
  const float largest = *std::max_element(plan.inv_freq.begin(), plan.inv_freq.end());
  const auto distance = static_cast<float>(positions.max_distance()) / plan.position_divisor;
  return distance * largest > kMaxKernelAngle;
}

// Kernels have no instances for layout matrices. Its rows are put together from those of compact,
// this number at a time, which gives several threads work.
constexpr int64_t kMatrixRows = 1024;

void ArrangeMatrices(const std::vector<std::byte>& cos, const std::vector<std::byte>& sin,
                     const Job& job, int64_t first, int64_t rows) {
  const int64_t half_width = job.plan.half_width();
  const size_t size = DTypeSize(job.form.dtype);
  const int64_t half_bytes = half_width * static_cast<int64_t>(size);
  for (int64_t row = 0; row < rows; ++row) {
    ArrangeRow(Layout::kMatrices, cos.data() + row * half_bytes, sin.data() + row * half_bytes,
               half_width, size, job.out.cos + (first + row) * RowBytes(job.form, half_width),
               nullptr);
  }
}

class CpuBackend final : public Backend {
 public:
  CpuBackend(absl::string_view name, const Kernel& kernel)
      : kernel_(kernel),
        name_(name),
        description_(absl::StrCat("OpenMP over bands of rows, kernel ", kernel.name)) {}

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
    if (form.layout == Layout::kMatrices) return FillMatrices(job, threads);
    if (plan.exact != nullptr) {
      const FillExactRowsFunction fill_rows = kernel_.fill_exact_rows(form);
      ForEachBand(job, threads, [&](int64_t number) { FillExactBand(job, fill_rows, number); });
    } else {
      const FillRowsFunction fill_rows = ChooseFillRows(kernel_, job);
      ForEachBand(job, threads, [&](int64_t number) { FillHfBand(job, fill_rows, number); });
    }
    return absl::OkStatus();
  }

 private:
  absl::Status FillMatrices(const Job& job, int threads) const {
    const TableForm compact{job.form.dtype, Layout::kCompact, job.form.negate_sin};
    const int64_t half_bytes = RowBytes(compact, job.plan.half_width());
    std::vector<std::byte> cos(std::min(job.rows, kMatrixRows) * half_bytes);
    std::vector<std::byte> sin(cos.size());
    for (int64_t start = 0; start < job.rows; start += kMatrixRows) {
      const int64_t count = std::min(kMatrixRows, job.rows - start);
      absl::Status status = FillRows(job.plan, job.positions, job.first + start, count, compact,
                                     threads, {cos.data(), sin.data()});
      if (!status.ok()) return status;
      ArrangeMatrices(cos, sin, job, start, count);
    }
    return absl::OkStatus();
  }

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

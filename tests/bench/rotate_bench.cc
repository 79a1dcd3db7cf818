// What a rotation costs, compared with a copy of as many bytes on one thread. A rotation in place
// reads and writes each channel once, as a copy does.
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/rotation/apply_rotary.h"
#include "core/rotation/computed_table.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/limits.h"

namespace rope::bench {
namespace {

// Queries of Llama 3.1 8B.
constexpr int64_t kHeads = 32;
constexpr int64_t kDim = 128;

ComputedTable TableOf(int64_t seq, DType dtype) {
  RopeConfig config;
  config.head_dim = kDim;
  config.rotary_dim = kDim;
  const auto plan =
      MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward);
  auto table = ComputedTable::Make(*plan, *PositionIds::Range(0, seq), dtype);
  if (!table.ok()) std::abort();
  return *std::move(table);
}

// The queries of one prompt, in memory of which each result lies in the second half.
class Queries {
 public:
  Queries(int64_t seq, DType dtype)
      : seq_(seq), dtype_(dtype), table_(TableOf(seq, dtype)), memory_(2 * Bytes()) {
    // Numbers near 1, whatever the dtype is, so that rotating again and again changes little.
    const std::vector<float> ones(static_cast<size_t>(kHeads * seq_ * kDim), 1.0F);
    ConvertFromFloat32(dtype_, ones.data(), ones.size(), memory_.data());
  }

  size_t Bytes() const { return static_cast<size_t>(kHeads * seq_ * kDim) * DTypeSize(dtype_); }
  void Copy() const { std::memcpy(memory_.data() + Bytes(), memory_.data(), Bytes()); }
  void RotateTo(std::byte* to) const {
    const HeadTensor in{dtype_, memory_.data(), 1, kHeads, seq_, kDim, 0, seq_ * kDim, kDim};
    const MutableHeadTensor out{dtype_, to, 1, kHeads, seq_, kDim, 0, seq_ * kDim, kDim};
    if (!ApplyRotary(Rotation{}, table_.View(0), in, out).ok()) std::abort();
  }
  void RotateInPlace() const { RotateTo(memory_.data()); }
  void RotateElsewhere() const { RotateTo(memory_.data() + Bytes()); }

 private:
  const int64_t seq_;
  const DType dtype_;
  const ComputedTable table_;
  RecycledMemory memory_;
};

}  // namespace

std::vector<Result> RotateBenchmark(const Options& options) {
  const double shortest = options.Amount(0.0, 0.06, 0.06);
  std::vector<Result> results;
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
    const Queries queries(options.Amount<int64_t>(64, 4096, 4096), dtype);
    const std::vector<Side> sides = Measure({RateOf([&] { queries.Copy(); }, shortest),
                                             RateOf([&] { queries.RotateInPlace(); }, shortest),
                                             RateOf([&] { queries.RotateElsewhere(); }, shortest)},
                                            options);
    const std::string name(DTypeName(dtype));
    results.push_back(
        AtLeast(0.7, RatioOf(absl::StrCat("rotate.", name),
                             absl::StrCat(name, " half-split in place / memcpy of as many bytes"),
                             sides[1], sides[0])));
    results.push_back(RatioOf(absl::StrCat("rotate.", name, ".elsewhere"),
                              absl::StrCat(name, " half-split to other memory / the same memcpy"),
                              sides[2], sides[0]));
  }
  return results;
}

}  // namespace rope::bench

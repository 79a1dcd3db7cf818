// Compares every kernel of this host with the correctly rounded cosine and sine, for every float32
// angle of a range. The default range is [0, 2^31], which has 1.3 * 10^9 angles.
//
// The expected values do not come from the kernels' code. The C library's `long double` cosine and
// sine have an error below 2^-62, which decides nearly all angles. For the few angles whose value
// is too close to the middle between two floats, MPFR decides with 320 bits.
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "CLI/CLI.hpp"
#include "core/backends/cpu/kernels.h"
#include "core/numerics/correctly_rounded.h"

namespace {

static_assert(LDBL_MANT_DIG >= 64, "long double must be wider than double for this proof");

using Kernels = std::vector<const rope::Kernel*>;

// The angles that are computed in one call of a kernel, and by one thread.
constexpr int64_t kBatch = 4096;

struct Tally {
  explicit Tally(size_t kernels) : wrong(kernels) {}

  int64_t angles = 0;
  int64_t doubtful = 0;        // angles that MPFR decided
  std::vector<int64_t> wrong;  // for each kernel
};

// Rounds `value` to a float. Returns false if a relative error of 2^-50 could change the result.
bool Decided(long double value, float* rounded) {
  const float low = static_cast<float>(value * (1.0L - 0x1p-50L));
  const float high = static_cast<float>(value * (1.0L + 0x1p-50L));
  *rounded = low;
  return low == high;
}

rope::CosSin Expected(float angle, int64_t* doubtful) {
  rope::CosSin expected{};
  const auto wide = static_cast<long double>(angle);
  if (Decided(std::cos(wide), &expected.cos) && Decided(std::sin(wide), &expected.sin)) {
    return expected;
  }
  ++*doubtful;
  return rope::CorrectlyRoundedCosSin(angle);
}

void Report(const rope::Kernel& kernel, float angle, float cos, float sin,
            const rope::CosSin& expected) {
  std::printf("wrong: kernel %.*s, angle %a: cos %a (right: %a), sin %a (right: %a)\n",
              static_cast<int>(kernel.name.size()), kernel.name.data(), angle, cos, expected.cos,
              sin, expected.sin);
}

// Checks the `count` angles from the one with the bits `first_bits` on. The bits of positive
// floats, taken as whole numbers, are in the order of the floats.
void CheckBatch(uint32_t first_bits, int64_t count, const Kernels& kernels, Tally* tally) {
  std::vector<float> angles(count);
  std::vector<rope::CosSin> expected(count);
  for (int64_t i = 0; i < count; ++i) {
    angles[i] = std::bit_cast<float>(static_cast<uint32_t>(first_bits + i));
    expected[i] = Expected(angles[i], &tally->doubtful);
  }
  std::vector<float> cos(count);
  std::vector<float> sin(count);
  const float one = 1.0F;
  for (size_t k = 0; k < kernels.size(); ++k) {
    const rope::FillRowsFunction fill =
        kernels[k]->fill_rows({rope::DType::kFloat32, rope::Layout::kCompact});
    fill(&one, 1, angles.data(), count, {},
         {reinterpret_cast<std::byte*>(cos.data()), reinterpret_cast<std::byte*>(sin.data())});
    for (int64_t i = 0; i < count; ++i) {
      if (cos[i] == expected[i].cos && sin[i] == expected[i].sin) continue;
      ++tally->wrong[k];
#pragma omp critical
      Report(*kernels[k], angles[i], cos[i], sin[i], expected[i]);
    }
  }
  tally->angles += count;
}

// Checks the angles from `from` to `to`: one batch out of `stride`.
Tally CheckRange(float from, float to, int64_t stride, const Kernels& kernels) {
  const int64_t first = std::bit_cast<uint32_t>(from);
  const int64_t last = std::bit_cast<uint32_t>(to);
  const int64_t step = kBatch * stride;
  Tally total(kernels.size());
#pragma omp parallel
  {
    Tally mine(kernels.size());
#pragma omp for schedule(dynamic, 64)
    for (int64_t bits = first; bits <= last; bits += step) {
      CheckBatch(static_cast<uint32_t>(bits), std::min(kBatch, last - bits + 1), kernels, &mine);
    }
#pragma omp critical
    {
      total.angles += mine.angles;
      total.doubtful += mine.doubtful;
      for (size_t k = 0; k < kernels.size(); ++k) total.wrong[k] += mine.wrong[k];
    }
  }
  return total;
}

// Prints the result. Returns true if at least one angle was checked and none was wrong.
bool PrintTally(const Tally& tally, float from, float to, const Kernels& kernels) {
  std::printf("%lld angles from %a to %a, %lld of them decided by MPFR\n",
              static_cast<long long>(tally.angles), from, to,
              static_cast<long long>(tally.doubtful));
  bool all_right = tally.angles > 0;
  for (size_t k = 0; k < kernels.size(); ++k) {
    std::printf("kernel %-9.*s %lld wrong\n", static_cast<int>(kernels[k]->name.size()),
                kernels[k]->name.data(), static_cast<long long>(tally.wrong[k]));
    all_right = all_right && tally.wrong[k] == 0;
  }
  return all_right;
}

Kernels SupportedKernels() {
  Kernels kernels;
  for (const rope::Kernel& kernel : rope::AllKernels()) {
    if (kernel.supported()) kernels.push_back(&kernel);
  }
  return kernels;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Proves the rounding of cos and sin: compares every kernel of this host with the correctly\n"
      "rounded value, for every float32 angle from FROM to TO. Exit code 0: all are right."};
  float from = 0.0F;
  float to = rope::kMaxKernelAngle;
  int64_t stride = 1;
  app.add_option("--from", from, "First angle, radians, >= 0")->capture_default_str();
  app.add_option("--to", to, "Last angle, radians, <= 2^31")->capture_default_str();
  app.add_option("--stride", stride, "Check one batch of 4096 angles out of N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (!(from >= 0.0F && from <= to && to <= rope::kMaxKernelAngle)) {
    std::fprintf(stderr, "FROM and TO must satisfy 0 <= FROM <= TO <= 2^31\n");
    return 2;
  }
  const Kernels kernels = SupportedKernels();
  const Tally tally = CheckRange(from, to, stride, kernels);
  return PrintTally(tally, from, to, kernels) ? 0 : 1;
}

// Compares every kernel of this host with the correctly rounded cosine and sine for every float32
// angle of a range; by default for all that there are in [0, 2^31], 1.3 * 10^9 of them.
//
// The expected value does not come from our code: the C library's sine and cosine in `long double`,
// whose error is below 2^-62, decide all angles but those whose value lies so near the middle
// of two floats that they cannot; those are decided by MPFR with 300 bits.
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

constexpr int64_t kBatch = 4096;

struct Tally {
  int64_t angles = 0;
  int64_t doubtful = 0;
  std::vector<int64_t> wrong;  // per kernel
};

// The float nearest to `value` if 2^-50 of relative error cannot change it.
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

void CheckBatch(uint32_t first_bits, int64_t count, const std::vector<const rope::Kernel*>& kernels,
                Tally* tally) {
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

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Proves the rounding of cos and sin: every kernel of this host against the correctly "
      "rounded\n"
      "value, for every float32 angle from FROM to TO. Exit code 0: not one is wrong."};
  float from = 0.0F;
  float to = rope::kMaxKernelAngle;
  int64_t stride = 1;
  app.add_option("--from", from, "First angle, radians, >= 0")->capture_default_str();
  app.add_option("--to", to, "Last angle, radians, <= 2^31")->capture_default_str();
  app.add_option("--stride", stride, "Check one batch of 4096 angles out of so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (!(from >= 0.0F && from <= to && to <= rope::kMaxKernelAngle)) {
    std::fprintf(stderr, "0 <= FROM <= TO <= 2^31 is needed\n");
    return 2;
  }

  std::vector<const rope::Kernel*> kernels;
  for (const rope::Kernel& kernel : rope::AllKernels()) {
    if (kernel.supported()) kernels.push_back(&kernel);
  }
  const int64_t first = std::bit_cast<uint32_t>(from);
  const int64_t last = std::bit_cast<uint32_t>(to);
  const int64_t step = kBatch * stride;
  Tally total{0, 0, std::vector<int64_t>(kernels.size())};
#pragma omp parallel
  {
    Tally mine{0, 0, std::vector<int64_t>(kernels.size())};
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

  std::printf("%lld angles from %a to %a, %lld of them decided by MPFR\n",
              static_cast<long long>(total.angles), from, to,
              static_cast<long long>(total.doubtful));
  bool all_right = total.angles > 0;
  for (size_t k = 0; k < kernels.size(); ++k) {
    std::printf("kernel %-9.*s %lld wrong\n", static_cast<int>(kernels[k]->name.size()),
                kernels[k]->name.data(), static_cast<long long>(total.wrong[k]));
    all_right = all_right && total.wrong[k] == 0;
  }
  return all_right ? 0 : 1;
}

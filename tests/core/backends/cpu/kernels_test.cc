// Compares every kernel of this host with the correctly rounded values (MPFR): known hard cases,
// the edges of the range, and a random sample. tools/prove_rounding compares all angles.
#include "core/backends/cpu/kernels.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "core/numerics/correctly_rounded.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr double kQuarterTurn = 1.5707963267948966;

std::vector<const Kernel*> Supported() {
  std::vector<const Kernel*> kernels;
  for (const Kernel& kernel : AllKernels()) {
    if (kernel.supported()) kernels.push_back(&kernel);
  }
  return kernels;
}

class KernelTest : public testing::TestWithParam<const Kernel*> {
 protected:
  static FillRowsFunction Fill() {
    return GetParam()->fill_rows({DType::kFloat32, Layout::kCompact});
  }
  static TableRows Rows(std::vector<float>* cos, std::vector<float>* sin) {
    return {reinterpret_cast<std::byte*>(cos->data()), reinterpret_cast<std::byte*>(sin->data())};
  }
  static void ExpectCorrectlyRounded(const std::vector<float>& angles) {
    std::vector<float> cos(angles.size());
    std::vector<float> sin(angles.size());
    const float one = 1.0F;
    Fill()(&one, 1, angles.data(), static_cast<int64_t>(angles.size()), {}, Rows(&cos, &sin));
    for (size_t i = 0; i < angles.size(); ++i) {
      const CosSin expected = CorrectlyRoundedCosSin(angles[i]);
      EXPECT_EQ(std::bit_cast<uint32_t>(cos[i]), std::bit_cast<uint32_t>(expected.cos))
          << std::hexfloat << angles[i];
      EXPECT_EQ(std::bit_cast<uint32_t>(sin[i]), std::bit_cast<uint32_t>(expected.sin))
          << std::hexfloat << angles[i];
    }
  }
};

TEST_P(KernelTest, HardCasesAndEdges) {
  std::vector<float> angles = {0.0F, 0x1p-149F,      0x1p-126F, 0x1p-30F,
                               1.0F, 0x1.33333p+13F, 0x1p24F,   0x1p31F};
  // The floats next to multiples of pi/2 have the smallest results and the worst cancellation.
  for (double k : {1.0, 2.0, 3.0, 4.0, 1e3, 1e6, 52174.0, 4194304.0, 1e9, 1367130551.0}) {
    const auto near = static_cast<float>(k * kQuarterTurn);
    angles.push_back(near);
    angles.push_back(std::nextafter(near, 0.0F));
    angles.push_back(std::min(std::nextafter(near, INFINITY), kMaxKernelAngle));
  }
  ExpectCorrectlyRounded(angles);
}

TEST_P(KernelTest, RandomAnglesOfEveryMagnitude) {
  std::mt19937 generator(1);
  std::uniform_int_distribution<uint32_t> bits(0, std::bit_cast<uint32_t>(kMaxKernelAngle));
  std::vector<float> angles(50000);
  for (float& angle : angles) angle = std::bit_cast<float>(bits(generator));
  ExpectCorrectlyRounded(angles);
}

TEST_P(KernelTest, EveryWidthAndRowCountGivesTheSameEntries) {
  const std::vector<float> inv_freq = {1.0F, 0.8F, 0.5F, 0.1F, 0.03F, 1e-3F, 1e-4F, 1e-5F, 0.7F,
                                       0.6F, 0.4F, 0.3F, 0.2F, 0.09F, 0.08F, 0.07F, 0.06F};
  const std::vector<float> positions = {0.0F, 1.0F, 4095.0F, 131071.0F};
  const float attention_factor = 1.1902380714238083F;
  for (int64_t width = 1; width <= static_cast<int64_t>(inv_freq.size()); ++width) {
    std::vector<float> cos(positions.size() * width);
    std::vector<float> sin(positions.size() * width);
    Fill()(positions.data(), static_cast<int64_t>(positions.size()), inv_freq.data(), width,
           {attention_factor, attention_factor}, Rows(&cos, &sin));
    for (size_t row = 0; row < positions.size(); ++row) {
      for (int64_t i = 0; i < width; ++i) {
        const CosSin expected = CorrectlyRoundedCosSin(positions[row] * inv_freq[i]);
        EXPECT_EQ(cos[row * width + i], expected.cos * attention_factor);
        EXPECT_EQ(sin[row * width + i], expected.sin * attention_factor);
      }
    }
  }
}

// The frequencies 1, 2^-step, 2^(-2 step), ....
std::vector<float> Falling(int64_t width, float step) {
  std::vector<float> inv_freq(width);
  for (int64_t i = 0; i < width; ++i) inv_freq[i] = std::exp2(-step * static_cast<float>(i));
  return inv_freq;
}

// Memory for two tensors of `tensor_bytes`, each with at least 4 bytes behind it that no kernel may
// write. Comparing two Buffers therefore finds writes past the end, too.
struct Buffers {
  explicit Buffers(int64_t tensor_bytes) : stride((tensor_bytes + 4 + 63) / 64 * 64) {
    bytes.assign(2 * stride / sizeof(Line), Line{});
    std::memset(bytes.data(), 0xab, 2 * stride);
  }
  TableRows rows() {
    auto* const begin = reinterpret_cast<std::byte*>(bytes.data());
    return {begin, begin + stride};
  }
  bool operator==(const Buffers& other) const {
    return std::memcmp(bytes.data(), other.bytes.data(), 2 * stride) == 0;
  }
  struct alignas(64) Line {
    std::array<std::byte, 64> bytes;
  };
  int64_t stride;
  std::vector<Line> bytes;
};

// Kernels convert and arrange in registers. The result must be what WriteRows makes from the
// float32 half rows.
void ExpectEveryForm(const Kernel& kernel, const std::vector<float>& inv_freq,
                     const RowFactors& factors) {
  std::vector<float> positions(9);
  std::iota(positions.begin(), positions.end(), 77.0F);
  const auto rows = static_cast<int64_t>(positions.size());
  const auto width = static_cast<int64_t>(inv_freq.size());
  std::vector<float> cos(rows * width);
  std::vector<float> sin(rows * width);
  kernel.fill_rows({DType::kFloat32, Layout::kCompact})(
      positions.data(), rows, inv_freq.data(), width, factors,
      {reinterpret_cast<std::byte*>(cos.data()), reinterpret_cast<std::byte*>(sin.data())});
  for (DType dtype : AllDTypes()) {
    for (Layout layout : AllLayouts()) {
      const TableForm form{dtype, layout};
      if (!CheckForm(form, NumericProfile::kHf).ok()) continue;
      if (layout == Layout::kMatrices) continue;  // the backend makes it of compact rows
      Buffers expected(rows * RowBytes(form, width));
      WriteRows(form, width, cos.data(), sin.data(), 0, rows, expected.rows());
      for (const FillRowsFunction fill : {kernel.fill_rows(form), kernel.stream_rows(form)}) {
        if (fill == nullptr ||
            (fill != kernel.fill_rows(form) && width % kStreamedWidthMultiple != 0))
          continue;
        Buffers filled(rows * RowBytes(form, width));
        fill(positions.data(), rows, inv_freq.data(), width, factors, filled.rows());
        EXPECT_TRUE(filled == expected)
            << DTypeName(dtype) << " " << LayoutName(layout) << " width " << width << " factors "
            << factors.cos << " " << factors.sin;
      }
    }
  }
}

TEST_P(KernelTest, EveryFormIsTheConvertedAndArrangedHalfRow) {
  for (int64_t width : {1, 4, 7, 8, 9, 15, 16, 17, 40, 64, 255, 256, 257, 288, 2048}) {
    ExpectEveryForm(*GetParam(), Falling(width, 0.05F), {});
    ExpectEveryForm(*GetParam(), Falling(width, 0.05F), {1.25F, -1.25F});
  }
}

TEST_P(KernelTest, EntriesBelowTheNormalNumbersAreNotLost) {
  ExpectEveryForm(*GetParam(), Falling(160, 0.95F), {});
  ExpectEveryForm(*GetParam(), Falling(160, 0.95F), {0x1.8p-20F, 0x1.8p-20F});
  ExpectEveryForm(*GetParam(), Falling(48, 1.0F), {0x1.8p-130F, -0x1.8p-130F});
}

INSTANTIATE_TEST_SUITE_P(Kernels, KernelTest, testing::ValuesIn(Supported()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(KernelsTest, ThePortableOneIsAlwaysThereAndTheBestIsSupported) {
  EXPECT_EQ(AllKernels().back().name, "portable");
  EXPECT_TRUE(AllKernels().back().supported());
  EXPECT_TRUE(BestKernel().supported());
}

}  // namespace
}  // namespace rope

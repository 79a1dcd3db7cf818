// All kernels write the same bytes, whatever the numbers are.
#include "core/rotation/kernels/kernels.h"

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/apply_records.h"

namespace rope::rotation {
namespace {

constexpr DType kDTypes[] = {DType::kFloat32, DType::kFloat16, DType::kBFloat16};
constexpr Pairing kPairings[] = {Pairing::kHalfSplit, Pairing::kInterleaved,
                                 Pairing::kDeinterleave};
constexpr int64_t kRows = 3;

// Bytes of any pattern: infinities, NaNs and subnormal numbers are among them.
std::vector<std::byte> RandomBytes(size_t count, std::mt19937* random) {
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>((*random)());
  return bytes;
}

// Cosines and sines, rounded to bfloat16, which a table of every dtype can hold.
std::vector<float> Table(int64_t count, std::mt19937* random) {
  std::uniform_real_distribution<float> between(-1.5F, 1.5F);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) {
    uint16_t bits = 0;
    const float exact = between(*random);
    ConvertFromFloat32(DType::kBFloat16, &exact, 1, &bits);
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    std::memcpy(&value, &wide, sizeof(value));
  }
  return values;
}

std::vector<std::byte> Rotate(const Kernel& kernel, const Loop& loop, int64_t half_width,
                              std::mt19937 random) {
  const auto size = static_cast<int64_t>(DTypeSize(loop.dtype));
  const std::vector<std::byte> in = RandomBytes(kRows * 2 * half_width * size, &random);
  const std::vector<float> table = Table(kRows * 4 * half_width, &random);
  std::vector<std::byte> out(in.size());
  Rows rows;
  rows.in = in.data();
  rows.out = out.data();
  rows.in_stride = rows.out_stride = 2 * half_width;
  rows.rows = kRows;
  rows.half_width = half_width;
  rows.cos_first = table.data();
  rows.sin_first = table.data() + half_width;
  rows.cos_second = table.data() + 2 * half_width;
  rows.sin_second = table.data() + 3 * half_width;
  rows.table_stride = 4 * half_width;
  kernel.rotate_rows(loop)(rows);
  return out;
}

testing::RecordedTensor AsRecorded(DType dtype, const std::vector<std::byte>& bytes) {
  testing::RecordedTensor tensor{dtype, {}, {}};
  const size_t size = DTypeSize(dtype);
  for (size_t i = 0; i < bytes.size(); i += size) {
    uint32_t bits = 0;
    std::memcpy(&bits, bytes.data() + i, size);
    tensor.bits.push_back(bits);
  }
  return tensor;
}

TEST(RotationKernelsTest, WriteTheSameBytesAsThePortableOne) {
  const Kernel& portable = AllKernels().back();
  ASSERT_EQ(portable.name, "portable");
  uint32_t seed = 0;
  for (const Kernel& kernel : AllKernels()) {
    if (!kernel.supported()) continue;
    for (DType dtype : kDTypes) {
      for (Pairing pairing : kPairings) {
        for (bool rounds_each_step : {false, true}) {
          for (int64_t half_width : {1, 2, 7, 16, 31, 32, 33, 64, 129}) {
            const Loop loop{dtype, pairing, rounds_each_step};
            const std::mt19937 random(++seed);
            const auto expected = AsRecorded(dtype, Rotate(portable, loop, half_width, random));
            EXPECT_EQ(
                testing::LargestDifference(expected, Rotate(kernel, loop, half_width, random)), 0)
                << kernel.name << " " << DTypeName(dtype) << " " << static_cast<int>(pairing) << " "
                << half_width;
          }
        }
      }
    }
  }
}

TEST(RotationKernelsTest, TheBestOneIsSupported) { EXPECT_TRUE(BestKernel().supported()); }

}  // namespace
}  // namespace rope::rotation

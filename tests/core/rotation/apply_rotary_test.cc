// Properties of a rotation. family_rotation_test.cc compares with transformers.
#include "core/rotation/apply_rotary.h"

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr int64_t kBatch = 2;
constexpr int64_t kHeads = 3;
constexpr int64_t kSeq = 70;  // more than one block of rows
constexpr int64_t kDim = 72;
constexpr int64_t kHalfWidth = 32;
constexpr int64_t kElements = kBatch * kHeads * kSeq * kDim;

constexpr DType kDTypes[] = {DType::kFloat32, DType::kFloat16, DType::kBFloat16};
constexpr Pairing kPairings[] = {Pairing::kHalfSplit, Pairing::kInterleaved,
                                 Pairing::kDeinterleave};

// The value of an element of a dtype; of the 16-bit dtypes with a conversion of our own, by powers.
double ValueAt(DType dtype, const std::byte* data) {
  if (dtype == DType::kFloat32) {
    float value = 0;
    std::memcpy(&value, data, sizeof(value));
    return value;
  }
  uint16_t bits = 0;
  std::memcpy(&bits, data, sizeof(bits));
  const int fraction_bits = dtype == DType::kFloat16 ? 10 : 7;
  const int bias = dtype == DType::kFloat16 ? 15 : 127;
  const int exponent = (bits & 0x7fff) >> fraction_bits;
  const double fraction = std::ldexp(bits & ((1 << fraction_bits) - 1), -fraction_bits);
  const double value =
      std::ldexp(exponent == 0 ? fraction : 1.0 + fraction, std::max(exponent, 1) - bias);
  return (bits & 0x8000) != 0 ? -value : value;
}

// Relative distance of two neighbours.
double Ulp(DType dtype) {
  if (dtype == DType::kFloat32) return std::ldexp(1.0, -23);
  return std::ldexp(1.0, dtype == DType::kFloat16 ? -10 : -7);
}

std::vector<std::byte> Converted(DType dtype, const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size() * DTypeSize(dtype));
  ConvertFromFloat32(dtype, values.data(), values.size(), bytes.data());
  return bytes;
}

// Heads and tables of one dtype. Each sequence of the batch has its own rows.
class Sample {
 public:
  explicit Sample(DType dtype, Layout layout = Layout::kCompact) : dtype_(dtype), layout_(layout) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<float> values(kElements);
    for (float& value : values) value = normal(random);
    in_ = Converted(dtype, values);
    const int64_t width = RowWidth(layout, kHalfWidth);
    std::vector<float> cos(kBatch * kSeq * width);
    std::vector<float> sin(cos.size());
    for (int64_t row = 0; row < kBatch * kSeq; ++row) {
      std::vector<float> c(kHalfWidth);
      std::vector<float> s(kHalfWidth);
      for (int64_t i = 0; i < kHalfWidth; ++i) {
        const double angle = static_cast<double>(row) / std::pow(10.0, i / 8.0);
        c[i] = static_cast<float>(std::cos(angle));
        s[i] = static_cast<float>(std::sin(angle));
      }
      ArrangeRow(layout, c.data(), s.data(), kHalfWidth, sizeof(float), &cos[row * width],
                 &sin[row * width]);
    }
    cos_ = Converted(dtype, cos);
    sin_ = Converted(dtype, sin);
  }

  HeadTensor In() const {
    return {dtype_, in_.data(),           kBatch,      kHeads, kSeq,
            kDim,   kHeads * kSeq * kDim, kSeq * kDim, kDim};
  }
  RotaryTable Table() const {
    const int64_t width = RowWidth(layout_, kHalfWidth);
    return {dtype_, layout_, cos_.data(), sin_.data(), kHalfWidth, kSeq * width, width};
  }
  std::vector<std::byte> Rotated(const Rotation& rotation) const {
    std::vector<std::byte> out(in_.size());
    EXPECT_TRUE(ApplyRotary(rotation, Table(), In(), Out(&out)).ok());
    return out;
  }
  MutableHeadTensor Out(std::vector<std::byte>* bytes) const {
    return {dtype_, bytes->data(),        kBatch,      kHeads, kSeq,
            kDim,   kHeads * kSeq * kDim, kSeq * kDim, kDim};
  }
  const std::vector<std::byte>& bytes() const { return in_; }

 private:
  const DType dtype_;
  const Layout layout_;
  std::vector<std::byte> in_;
  std::vector<std::byte> cos_;
  std::vector<std::byte> sin_;
};

Rotation Of(Pairing pairing, int64_t offset = 0, bool inverse = false) {
  Rotation rotation;
  rotation.pairing = pairing;
  rotation.offset = offset;
  rotation.inverse = inverse;
  return rotation;
}

// Channel of the first and the second of pair i, inside the window.
int64_t First(Pairing pairing, int64_t i) { return pairing == Pairing::kInterleaved ? 2 * i : i; }
int64_t Second(Pairing pairing, int64_t i) {
  return pairing == Pairing::kInterleaved ? 2 * i + 1 : kHalfWidth + i;
}

TEST(ApplyRotaryTest, KeepsTheNormOfEveryPair) {
  for (DType dtype : kDTypes) {
    for (Pairing pairing : {Pairing::kHalfSplit, Pairing::kInterleaved}) {
      const Sample sample(dtype);
      const std::vector<std::byte> out = sample.Rotated(Of(pairing));
      const auto size = static_cast<int64_t>(DTypeSize(dtype));
      for (int64_t row = 0; row < kElements; row += kDim) {
        for (int64_t i = 0; i < kHalfWidth; ++i) {
          const auto norm = [&](const std::vector<std::byte>& bytes) {
            return std::hypot(ValueAt(dtype, bytes.data() + (row + First(pairing, i)) * size),
                              ValueAt(dtype, bytes.data() + (row + Second(pairing, i)) * size));
          };
          const double before = norm(sample.bytes());
          ASSERT_NEAR(norm(out), before, 3 * Ulp(dtype) * before) << DTypeName(dtype);
        }
      }
    }
  }
}

TEST(ApplyRotaryTest, TheInverseUndoesIt) {
  for (DType dtype : kDTypes) {
    for (Pairing pairing : {Pairing::kHalfSplit, Pairing::kInterleaved}) {
      const Sample sample(dtype);
      std::vector<std::byte> bytes = sample.Rotated(Of(pairing, 8));
      const MutableHeadTensor out = sample.Out(&bytes);
      HeadTensor in = sample.In();
      in.data = bytes.data();
      ASSERT_TRUE(ApplyRotary(Of(pairing, 8, /*inverse=*/true), sample.Table(), in, out).ok());
      const auto size = static_cast<int64_t>(DTypeSize(dtype));
      for (int64_t i = 0; i < kElements; ++i) {
        const double before = ValueAt(dtype, sample.bytes().data() + i * size);
        // A channel's error depends on both channels of its pair, which are below 5 here.
        ASSERT_NEAR(ValueAt(dtype, bytes.data() + i * size), before, 5 * 3 * Ulp(dtype))
            << DTypeName(dtype) << " " << i;
      }
    }
  }
}

TEST(ApplyRotaryTest, DeinterleavingOnlyMovesTheChannels) {
  for (DType dtype : kDTypes) {
    const Sample sample(dtype);
    const std::vector<std::byte> moved = sample.Rotated(Of(Pairing::kDeinterleave, 4));
    const std::vector<std::byte> in_place = sample.Rotated(Of(Pairing::kInterleaved, 4));
    const size_t size = DTypeSize(dtype);
    for (int64_t row = 0; row < kElements; row += kDim) {
      for (int64_t i = 0; i < kHalfWidth; ++i) {
        const auto same = [&](int64_t a, int64_t b) {
          return std::memcmp(moved.data() + (row + 4 + a) * size,
                             in_place.data() + (row + 4 + b) * size, size) == 0;
        };
        ASSERT_TRUE(same(i, 2 * i) && same(kHalfWidth + i, 2 * i + 1)) << DTypeName(dtype);
      }
    }
  }
}

TEST(ApplyRotaryTest, ChannelsOutsideTheWindowAreCopied) {
  for (DType dtype : kDTypes) {
    const Sample sample(dtype);
    const size_t size = DTypeSize(dtype);
    for (int64_t offset : {0, 3, 8}) {
      const std::vector<std::byte> out = sample.Rotated(Of(Pairing::kHalfSplit, offset));
      for (int64_t i = 0; i < kElements; ++i) {
        const int64_t channel = i % kDim;
        if (channel >= offset && channel < offset + 2 * kHalfWidth) continue;
        ASSERT_EQ(std::memcmp(out.data() + i * size, sample.bytes().data() + i * size, size), 0);
      }
    }
  }
}

TEST(ApplyRotaryTest, InPlaceGivesTheSame) {
  for (DType dtype : kDTypes) {
    for (Pairing pairing : kPairings) {
      const Sample sample(dtype);
      std::vector<std::byte> bytes = sample.bytes();
      HeadTensor in = sample.In();
      in.data = bytes.data();
      ASSERT_TRUE(ApplyRotary(Of(pairing, 5), sample.Table(), in, sample.Out(&bytes)).ok());
      EXPECT_EQ(bytes, sample.Rotated(Of(pairing, 5))) << DTypeName(dtype);
    }
  }
}

// The same numbers as [batch, seq, heads, dim], with a gap behind every head, and with the sequence
// backwards.
TEST(ApplyRotaryTest, StridesDoNotMatter) {
  for (DType dtype : kDTypes) {
    const Sample sample(dtype);
    const auto size = static_cast<int64_t>(DTypeSize(dtype));
    constexpr int64_t kGapped = kDim + 5;
    constexpr int64_t kRow = kHeads * kGapped;
    std::vector<std::byte> other(kBatch * kSeq * kRow * size);
    const auto place = [&](int64_t b, int64_t h, int64_t s) {
      return other.data() + (b * kSeq * kRow + (kSeq - 1 - s) * kRow + h * kGapped) * size;
    };
    const auto row = [&](const std::vector<std::byte>& bytes, int64_t b, int64_t h, int64_t s) {
      return bytes.data() + ((b * kHeads + h) * kSeq + s) * kDim * size;
    };
    const auto for_each_row = [&](const auto& visit) {
      for (int64_t b = 0; b < kBatch; ++b) {
        for (int64_t h = 0; h < kHeads; ++h) {
          for (int64_t s = 0; s < kSeq; ++s) visit(b, h, s);
        }
      }
    };
    for_each_row([&](int64_t b, int64_t h, int64_t s) {
      std::memcpy(place(b, h, s), row(sample.bytes(), b, h, s), kDim * size);
    });
    HeadTensor in = sample.In();
    in.data = place(0, 0, 0);
    in.batch_stride = kSeq * kRow;
    in.head_stride = kGapped;
    in.seq_stride = -kRow;
    const MutableHeadTensor out{dtype, place(0, 0, 0), kBatch,  kHeads, kSeq,
                                kDim,  kSeq * kRow,    kGapped, -kRow};
    ASSERT_TRUE(ApplyRotary(Of(Pairing::kInterleaved), sample.Table(), in, out).ok());
    const std::vector<std::byte> expected = sample.Rotated(Of(Pairing::kInterleaved));
    for_each_row([&](int64_t b, int64_t h, int64_t s) {
      ASSERT_EQ(std::memcmp(place(b, h, s), row(expected, b, h, s), kDim * size), 0);
    });
  }
}

TEST(ApplyRotaryTest, AnyLayoutOfTheSameTableGivesTheSame) {
  for (DType dtype : kDTypes) {
    const std::vector<std::byte> expected = Sample(dtype).Rotated(Of(Pairing::kHalfSplit));
    for (Layout layout : AllLayouts()) {
      EXPECT_EQ(Sample(dtype, layout).Rotated(Of(Pairing::kHalfSplit)), expected)
          << LayoutName(layout);
    }
  }
}

TEST(ApplyRotaryTest, SequencesMayShareTheRows) {
  const Sample sample(DType::kFloat32);
  RotaryTable shared = sample.Table();
  shared.batch_stride = 0;
  std::vector<std::byte> out(sample.bytes().size());
  ASSERT_TRUE(ApplyRotary(Of(Pairing::kHalfSplit), shared, sample.In(), sample.Out(&out)).ok());
  const std::vector<std::byte> own = sample.Rotated(Of(Pairing::kHalfSplit));
  const auto half = static_cast<int64_t>(out.size() / 2);
  EXPECT_TRUE(std::equal(out.begin(), out.begin() + half, own.begin()));
  EXPECT_FALSE(std::equal(out.begin() + half, out.end(), own.begin() + half));
}

// A float32 table leaves the steps of bfloat16 heads in float32, as torch promotes.
TEST(ApplyRotaryTest, TheTablesDTypeDecidesHowOftenIsRounded) {
  const uint16_t x[2] = {0x3f81, 0x3f83};       // 1.0078125, 1.0234375 in bfloat16
  const uint16_t narrow[2] = {0x3f35, 0x3f35};  // 0.70703125
  const float wide[2] = {0.70703125F, 0.70703125F};
  uint16_t out[2];
  const HeadTensor in{DType::kBFloat16, reinterpret_cast<const std::byte*>(x), 1, 1, 1, 2, 2, 2, 2};
  const MutableHeadTensor result{
      DType::kBFloat16, reinterpret_cast<std::byte*>(out), 1, 1, 1, 2, 2, 2, 2};
  const RotaryTable bfloat16{DType::kBFloat16, Layout::kHalfSplit, narrow, narrow, 1, 0, 2};
  const RotaryTable float32{DType::kFloat32, Layout::kHalfSplit, wide, wide, 1, 0, 2};
  Rotation rotation;
  // Products: 0.71255493 and 0.72360229. Rounded to bfloat16: 0.7109375 and 0.72265625.
  ASSERT_TRUE(ApplyRotary(rotation, bfloat16, in, result).ok());
  EXPECT_EQ(out[0], 0xbc40);  // -0.01171875
  ASSERT_TRUE(ApplyRotary(rotation, float32, in, result).ok());
  EXPECT_EQ(out[0], 0xbc35);  // -0.01104736
  rotation.arithmetic = Arithmetic::kFloat32;
  ASSERT_TRUE(ApplyRotary(rotation, bfloat16, in, result).ok());
  EXPECT_EQ(out[0], 0xbc35);
}

void ExpectRefused(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
                   MutableHeadTensor out, const std::string& why) {
  std::vector<std::byte> untouched(16);
  out.data = untouched.data();
  const absl::Status status = ApplyRotary(rotation, table, in, out);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find(why), std::string::npos) << status;
  EXPECT_EQ(untouched, std::vector<std::byte>(16));
}

TEST(ApplyRotaryTest, SaysWhatItRefuses) {
  const Sample sample(DType::kFloat32);
  std::vector<std::byte> bytes;
  const HeadTensor in = sample.In();
  const MutableHeadTensor out = sample.Out(&bytes);
  const RotaryTable table = sample.Table();
  const Rotation rotation;
  MutableHeadTensor other = out;
  other.dtype = DType::kFloat16;
  ExpectRefused(rotation, table, in, other, "dtype");
  other = out;
  other.seq = 1;
  ExpectRefused(rotation, table, in, other, "shape");
  RotaryTable wrong = table;
  wrong.dtype = DType::kFloat64;
  ExpectRefused(rotation, wrong, in, out, "float64");
  for (int64_t half_width : {int64_t{0}, int64_t{-1}, int64_t{2049}}) {
    wrong = table;
    wrong.half_width = half_width;
    ExpectRefused(rotation, wrong, in, out, "1 to 2048");
  }
  Rotation complex_numbers;
  complex_numbers.arithmetic = Arithmetic::kComplex;
  ExpectRefused(complex_numbers, table, in, out, "interleaved pairs");
  for (int64_t offset : {int64_t{-1}, int64_t{9}, INT64_MAX}) {
    ExpectRefused(Of(Pairing::kHalfSplit, offset), table, in, out, "a head has 72");
  }
}

TEST(ApplyRotaryTest, AnEmptySequenceIsNothingToDo) {
  const Sample sample(DType::kFloat32);
  HeadTensor in = sample.In();
  in.seq = 0;
  std::vector<std::byte> bytes(16, std::byte{1});
  MutableHeadTensor out = sample.Out(&bytes);
  out.seq = 0;
  EXPECT_TRUE(ApplyRotary(Rotation{}, sample.Table(), in, out).ok());
  EXPECT_EQ(bytes, std::vector<std::byte>(16, std::byte{1}));
}

}  // namespace
}  // namespace rope

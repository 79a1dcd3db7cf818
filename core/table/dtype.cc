#include "core/table/dtype.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace rope {
namespace {

// The upper half of a float32, rounded.
uint16_t BFloat16Bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) {  // NaN: keep its sign and make it quiet
    return static_cast<uint16_t>((bits >> 16) | 0x0040U);
  }
  const uint32_t odd = (bits >> 16) & 1U;
  return static_cast<uint16_t>((bits + 0x7fffU + odd) >> 16);
}

uint16_t Float16Bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = (bits >> 16) & 0x8000U;
  const uint32_t magnitude = bits & 0x7fffffffU;
  uint32_t half = 0;
  if (magnitude > 0x7f800000U) {
    half = 0x7e00U;
  } else if (magnitude >= 0x47800000U) {  // 2^16 and above: infinity
    half = 0x7c00U;
  } else if (magnitude < 0x38800000U) {  // below 2^-14: subnormal
    // An ulp of [0.5, 1) is 2^-24, the step of float16's subnormals: the addition rounds to it.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    half = std::bit_cast<uint32_t>(shifted) - 0x3f000000U;
  } else {
    // Rebias the exponent from 127 to 15 and round away 13 bits; a carry into the exponent is
    // right.
    const uint32_t odd = (magnitude >> 13) & 1U;
    half = (magnitude - (112U << 23) + 0xfffU + odd) >> 13;
  }
  return static_cast<uint16_t>(sign | half);
}

template <typename Element, typename Convert>
void ConvertEach(const float* in, size_t count, void* out, Convert convert) {
  auto* elements = static_cast<Element*>(out);
  for (size_t i = 0; i < count; ++i) elements[i] = convert(in[i]);
}

struct DTypeEntry {
  DType dtype;
  absl::string_view name;
  size_t size;
  void (*convert)(const float* in, size_t count, void* out);
};

// THE list, in the order of the enum.
constexpr DTypeEntry kEntries[] = {
    {DType::kFloat32, "float32", 4,
     [](const float* in, size_t count, void* out) { std::memcpy(out, in, count * sizeof(float)); }},
    {DType::kFloat16, "float16", 2,
     [](const float* in, size_t count, void* out) {
       ConvertEach<uint16_t>(in, count, out, Float16Bits);
     }},
    {DType::kBFloat16, "bfloat16", 2,
     [](const float* in, size_t count, void* out) {
       ConvertEach<uint16_t>(in, count, out, BFloat16Bits);
     }},
};

constexpr DType kDTypes[] = {DType::kFloat32, DType::kFloat16, DType::kBFloat16};

const DTypeEntry& Entry(DType dtype) { return kEntries[static_cast<size_t>(dtype)]; }

}  // namespace

absl::Span<const DType> AllDTypes() { return kDTypes; }

absl::string_view DTypeName(DType dtype) { return Entry(dtype).name; }

std::optional<DType> FindDType(absl::string_view name) {
  for (const DTypeEntry& entry : kEntries) {
    if (entry.name == name) return entry.dtype;
  }
  return std::nullopt;
}

size_t DTypeSize(DType dtype) { return Entry(dtype).size; }

void ConvertFromFloat32(DType dtype, const float* in, size_t count, void* out) {
  Entry(dtype).convert(in, count, out);
}

}  // namespace rope

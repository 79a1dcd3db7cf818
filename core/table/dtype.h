// DType: the number format of a tensor's elements, and the conversion from float32 to it. All
// functions are pure and thread-safe, and none can fail.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

enum class DType {
  kFloat32,   // IEEE 754 binary32
  kFloat16,   // IEEE 754 binary16
  kBFloat16,  // the upper 16 bits of a binary32
  kFloat64,   // IEEE 754 binary64; only profile `exact` has tables of it
};

// All dtypes, in the order in which they are shown to users.
absl::Span<const DType> AllDTypes();

// "float32", "float16", "bfloat16" or "float64".
absl::string_view DTypeName(DType dtype);

// The dtype with that name; nullopt if there is none.
std::optional<DType> FindDType(absl::string_view name);

// Bytes of one element: 2, 4 or 8.
size_t DTypeSize(DType dtype);

// Converts in[0 .. count) to `dtype`, rounding to nearest, ties to even. Overflow gives infinity,
// subnormals are kept, and a NaN stays a quiet NaN. `out` has room for count * DTypeSize(dtype)
// bytes and is aligned to the element; elements are written in the host's byte order. REQUIRES
// that `in` and `out` do not overlap.
void ConvertFromFloat32(DType dtype, const float* in, size_t count, void* out);

}  // namespace rope

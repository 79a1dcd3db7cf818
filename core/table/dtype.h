// DType: the number format of a tensor's elements, and the conversion of float32 to it.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

enum class DType { kFloat32, kFloat16, kBFloat16, kFloat64 };

// In the order in which they are shown.
absl::Span<const DType> AllDTypes();
absl::string_view DTypeName(DType dtype);  // "float32", "float16", "bfloat16", ...
std::optional<DType> FindDType(absl::string_view name);
size_t DTypeSize(DType dtype);  // bytes of one element

// Converts `count` floats, rounding to nearest, ties to even; overflow gives infinity, subnormals
// are kept, a NaN stays a quiet NaN. `out` holds count * DTypeSize(dtype) bytes in the host's byte
// order, aligned to the element. The ranges do not overlap.
void ConvertFromFloat32(DType dtype, const float* in, size_t count, void* out);

}  // namespace rope

#include "core/table/dtype.h"

#include "core/table/element.h"

namespace rope {
namespace {

template <DType dtype>
void Convert(const float* in, size_t count, void* out) {
  auto* elements = static_cast<typename ElementOf<dtype>::Type*>(out);
  for (size_t i = 0; i < count; ++i) elements[i] = ToElement<dtype>(in[i]);
}

struct DTypeEntry {
  DType dtype;
  absl::string_view name;
  size_t size;
  void (*convert)(const float* in, size_t count, void* out);
};

// THE list of dtypes, in the order of the enum.
constexpr DTypeEntry kDTypeEntries[] = {
    {DType::kFloat32, "float32", 4, Convert<DType::kFloat32>},
    {DType::kFloat16, "float16", 2, Convert<DType::kFloat16>},
    {DType::kBFloat16, "bfloat16", 2, Convert<DType::kBFloat16>},
    {DType::kFloat64, "float64", 8, Convert<DType::kFloat64>},
};

constexpr DType kDTypes[] = {DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kFloat64};

const DTypeEntry& Entry(DType dtype) { return kDTypeEntries[static_cast<size_t>(dtype)]; }

}  // namespace

absl::Span<const DType> AllDTypes() { return kDTypes; }

absl::string_view DTypeName(DType dtype) { return Entry(dtype).name; }

std::optional<DType> FindDType(absl::string_view name) {
  for (const DTypeEntry& entry : kDTypeEntries) {
    if (entry.name == name) return entry.dtype;
  }
  return std::nullopt;
}

size_t DTypeSize(DType dtype) { return Entry(dtype).size; }

void ConvertFromFloat32(DType dtype, const float* in, size_t count, void* out) {
  Entry(dtype).convert(in, count, out);
}

}  // namespace rope

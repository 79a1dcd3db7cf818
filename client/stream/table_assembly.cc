#include "client/stream/table_assembly.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

namespace rope::client {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;

// Memory for the bytes of a tensor. Throws as new does if there is none.
std::unique_ptr<char[], FreeTensorMemory> AllocateTensor(size_t bytes) {
  const bool is_large = bytes >= 2 * kHugePage;
  const size_t alignment = is_large ? kHugePage : size_t{64};
  const size_t rounded = (std::max<size_t>(bytes, 1) + alignment - 1) / alignment * alignment;
  std::unique_ptr<char[], FreeTensorMemory> memory(
      static_cast<char*>(std::aligned_alloc(alignment, rounded)));
  if (memory == nullptr) throw std::bad_alloc();
  // A wish: without huge pages it is only slower.
  if (is_large) madvise(memory.get(), rounded, MADV_HUGEPAGE);
  return memory;
}

}  // namespace

Table AllocateTable(v1::StreamHeader header) {
  Table table;
  table.header = std::move(header);
  for (const v1::TensorSpec& spec : table.header.tensors()) {
    Tensor& tensor = table.tensors.emplace_back();
    tensor.kind = spec.kind();
    tensor.shape.assign(spec.shape().begin(), spec.shape().end());
    tensor.data = AllocateTensor(static_cast<size_t>(spec.byte_size()));
    tensor.byte_size = spec.byte_size();
  }
  return table;
}

std::byte* AddressIn(const Table& table, v1::TensorKind kind, int64_t offset) {
  for (const Tensor& tensor : table.tensors) {
    if (tensor.kind == kind) return reinterpret_cast<std::byte*>(tensor.data.get() + offset);
  }
  return nullptr;
}

}  // namespace rope::client

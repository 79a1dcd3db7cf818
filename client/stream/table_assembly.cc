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

// Memory of `bytes` bytes for the bytes of a tensor. Ends the program if there is none, as new
// does.
std::unique_ptr<char[], FreeTensorMemory> AllocateTensor(size_t bytes) {
  if (bytes < 2 * kHugePage) {
    std::unique_ptr<char[], FreeTensorMemory> memory(
        static_cast<char*>(std::malloc(std::max<size_t>(bytes, 1))));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
  const size_t whole_pages = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  std::unique_ptr<char[], FreeTensorMemory> memory(
      static_cast<char*>(std::aligned_alloc(kHugePage, whole_pages)));
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory.get(), whole_pages,
          MADV_HUGEPAGE);  // a wish: without huge pages it is only slower
  return memory;
}

}  // namespace

Table AllocateTable(v1::StreamHeader header) {
  Table table;
  table.header = std::move(header);
  for (const v1::TensorSpec& spec : table.header.tensors()) {
    const auto bytes = static_cast<size_t>(spec.byte_size());
    table.tensors.push_back({spec.kind(),
                             {spec.shape().begin(), spec.shape().end()},
                             AllocateTensor(bytes),
                             spec.byte_size()});
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

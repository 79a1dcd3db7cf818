#include "client/stream/table_assembly.h"

#include <memory>
#include <utility>

namespace rope::client {

Table AllocateTable(v1::StreamHeader header) {
  Table table;
  table.header = std::move(header);
  for (const v1::TensorSpec& spec : table.header.tensors()) {
    const auto bytes = static_cast<size_t>(spec.byte_size());
    table.tensors.push_back({spec.kind(),
                             {spec.shape().begin(), spec.shape().end()},
                             std::unique_ptr<char[]>(new char[bytes]),
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

// Table: the tensors of one answer in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// Frees the memory of a tensor.
struct FreeTensorMemory {
  void operator()(char* memory) const { std::free(memory); }
};

// One tensor: row-major, without padding, little-endian.
struct Tensor {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  // The shape of the positions, then that of one row; see TensorSpec.shape in tensor.proto.
  std::vector<int64_t> shape;
  // Not a std::vector, which would write zeros to memory that is about to be filled. Large tensors
  // lie in huge pages where the system has them: to clear pages of 4 KiB takes longer than to copy.
  std::unique_ptr<char[], FreeTensorMemory> data;
  int64_t byte_size = 0;

  // All bytes of the tensor; valid as long as `data`.
  absl::string_view bytes() const { return {data.get(), static_cast<size_t>(byte_size)}; }
};

struct Table {
  v1::StreamHeader header;
  v1::StreamFooter footer;
  std::vector<Tensor> tensors;  // in the order of header.tensors
};

}  // namespace rope::client

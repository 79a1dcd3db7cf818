// The bytes of a message as gRPC delivers them: cut into slices.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace rope::fuzz {

// `bytes` in slices of `slice_bytes` each; the last one may be shorter. REQUIRES slice_bytes > 0.
inline grpc::ByteBuffer InSlices(const std::string& bytes, size_t slice_bytes) {
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size(); at += slice_bytes) {
    slices.emplace_back(bytes.data() + at, std::min(slice_bytes, bytes.size() - at));
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace rope::fuzz

// The memory of a table while its chunks arrive.
#pragma once

#include <cstddef>
#include <cstdint>

#include "client/table.h"

namespace rope::client {

// A table with memory, not initialized, for every tensor that `header` announces. REQUIRES that
// StreamCheck has accepted the header: the sizes in it are not checked again.
Table AllocateTable(v1::StreamHeader header);

// The address of byte `offset` of tensor `kind`; null if the table has no such tensor. REQUIRES
// that the tensor has that byte.
std::byte* AddressIn(const Table& table, v1::TensorKind kind, int64_t offset);

}  // namespace rope::client

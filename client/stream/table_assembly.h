// A table's memory while it arrives.
#pragma once

#include <cstddef>
#include <cstdint>

#include "client/rope_client.h"

namespace rope::client {

// A table with uninitialised room for all that `header` announces.
Table MakeRoom(v1::StreamHeader header);

// Where byte `offset` of tensor `kind` belongs. REQUIRES that it was announced.
std::byte* PlaceIn(const Table& table, v1::TensorKind kind, int64_t offset);

}  // namespace rope::client

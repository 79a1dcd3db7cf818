// The request that the options of table, warm and bench describe.
#pragma once

#include <optional>

#include "client/ropectl/options.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::ropectl {

// Reads the configuration and the positions. Absent where that is not possible, everything said.
std::optional<v1::StreamEmbeddingsRequest> ReadTableRequest(const Options& options);

}  // namespace rope::ropectl

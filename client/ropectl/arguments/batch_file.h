// The sequences of `ropectl table --batch`.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::ropectl {

// Reads a JSON list with an object for each sequence, {"positions": [4096], "seq_len": 4097}, and
// adds the sequences to `request`. seq_len may be absent. "-" is standard input. NOT_FOUND if the
// file cannot be read, INVALID_ARGUMENT with the path of the value if it is something else.
absl::Status ReadBatchFile(const std::string& name, v1::StreamEmbeddingsRequest* request);

}  // namespace rope::ropectl

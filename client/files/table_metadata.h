// What a file of tables says about them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// Names and values: config_id, rope_type, layout, dtype, transformers_version and others. Pure.
std::vector<std::pair<std::string, std::string>> TableMetadata(const v1::StreamHeader& header);

// The same as a JSON object, in ASCII. Pure.
std::string TableMetadataJson(const v1::StreamHeader& header);

}  // namespace rope::client

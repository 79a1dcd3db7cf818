// The style of the API's .proto files, checked on their descriptors (buf's STANDARD rules as far as
// they concern us, and ours). No network and no tool besides protobuf itself.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace rope {

// Every broken rule of `file` as "element: what is wrong"; empty where there is none. `file` must
// come from source text, so that its descriptor holds comments. Nested messages are not allowed.
std::vector<std::string> BrokenProtoRules(const google::protobuf::FileDescriptor& file);

}  // namespace rope

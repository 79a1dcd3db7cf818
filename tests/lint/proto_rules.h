// The style of the API's .proto files: those of buf's STANDARD rules that matter here, and our own.
// They are checked on descriptors, so that no tool but protobuf is needed.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace rope {

// Every broken rule of `file` as "element: what is wrong"; empty if `file` keeps all rules.
// REQUIRES that `file` was parsed from source text: only then its descriptor has comments.
std::vector<std::string> BrokenProtoRules(const google::protobuf::FileDescriptor& file);

}  // namespace rope

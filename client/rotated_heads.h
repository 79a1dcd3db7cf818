// RotatedHeads: the answer of one ApplyRotary call in memory.
#pragma once

#include <string>
#include <vector>

#include "rope/v1/rotation.pb.h"

namespace rope::client {

struct RotatedHeads {
  v1::RotationHeader header;
  std::vector<std::string> tensors;  // the bytes of each, in the order of the setup
};

}  // namespace rope::client

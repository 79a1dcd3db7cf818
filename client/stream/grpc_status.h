#pragma once

#include <grpcpp/grpcpp.h>

#include <vector>

#include "absl/status/status.h"
#include "core/findings/finding.h"

namespace rope::client {

// gRPC's status as ours; `findings`, where given, receives those of a refused configuration.
absl::Status FromGrpcStatus(const grpc::Status& status, std::vector<Finding>* findings);

}  // namespace rope::client

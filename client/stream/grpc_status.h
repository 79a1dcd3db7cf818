// gRPC's status of a call as an absl::Status.
#pragma once

#include <grpcpp/grpcpp.h>

#include <vector>

#include "absl/status/status.h"
#include "core/findings/finding.h"

namespace rope::client {

// The same code and message. `findings`, unless null, receives the findings that the server
// attached because it refused a configuration (ConfigRefusal in validation.proto). Details that
// cannot be parsed are ignored. Thread-safe.
absl::Status FromGrpcStatus(const grpc::Status& status, std::vector<Finding>* findings);

}  // namespace rope::client

// The one place where a status of ours becomes one of gRPC's.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <vector>

#include "absl/status/status.h"
#include "core/config/finding.h"

namespace rope::server {

// Codes are the same numbers in both. Messages are cut to 512 bytes.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The same with `findings` as a ConfigRefusal in the status details, errors first. Trailers beyond
// 8 KiB destroy the whole error on the way, so at most 16 findings and 4 KiB are sent; the total is
// named.
grpc::Status ToGrpcStatus(const absl::Status& status, const std::vector<Finding>& findings);

// Tells a client's retry policy to wait a little before it tries again (or another server).
void AskToRetry(grpc::CallbackServerContext* context);

}  // namespace rope::server

// The one place where a status of ours becomes one of gRPC's.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <vector>

#include "absl/status/status.h"
#include "core/findings/finding.h"

namespace rope::server {

// What a call that fails with `status` ends with. Codes are the same numbers in both; messages are
// cut to 512 bytes. `findings`, where a configuration was refused, stand in the status details as a
// rope.v1.ConfigRefusal, errors first: trailers beyond 8 KiB destroy the whole error on the way, so
// at most 16 findings and 4 KiB are sent, and how many there are is said.
grpc::Status ToGrpcStatus(const absl::Status& status, const std::vector<Finding>& findings = {});

// The same; and where the status is UNAVAILABLE, tells the client's retry policy to wait a little
// (trailer grpc-retry-pushback-ms). To be called before Finish.
grpc::Status Refuse(grpc::CallbackServerContext* context, const absl::Status& status,
                    const std::vector<Finding>& findings = {});

}  // namespace rope::server

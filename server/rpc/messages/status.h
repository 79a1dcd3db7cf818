// The only place of the server where an absl::Status becomes a grpc::Status.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <vector>

#include "absl/status/status.h"
#include "core/findings/finding.h"

namespace rope::server {

// The gRPC status of a call that ends with `status`. The codes have the same numbers in both. The
// message is cut to 512 bytes.
//
// `findings`, if a configuration was refused, are sent in the status details as a
// rope.v1.ConfigRefusal, errors first. Trailers above 8 KiB would lose the whole status on the way,
// so the details hold at most 16 findings and 4 KiB, and the number of all findings.
grpc::Status ToGrpcStatus(const absl::Status& status, const std::vector<Finding>& findings = {});

// The same. If the status is UNAVAILABLE, this also sets the trailer grpc-retry-pushback-ms, which
// tells the client's retry policy to wait a little. REQUIRES that Finish has not been called.
grpc::Status RefuseCall(grpc::CallbackServerContext* context, const absl::Status& status,
                        const std::vector<Finding>& findings = {});

}  // namespace rope::server

#include "client/stream/grpc_status.h"

#include "proto/wire/convert.h"
#include "rope/v1/status.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::client {

absl::Status FromGrpcStatus(const grpc::Status& status, std::vector<Finding>* findings) {
  if (status.ok()) return absl::OkStatus();
  v1::DetailedStatus detailed;
  if (findings != nullptr && detailed.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : detailed.details()) {
      v1::ConfigRefusal refusal;
      if (!detail.UnpackTo(&refusal)) continue;
      for (const v1::Finding& finding : refusal.findings()) {
        findings->push_back(wire::FindingFromProto(finding));
      }
    }
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace rope::client

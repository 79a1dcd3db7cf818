// Whether the answer to a unary call can be the answer to its request.
#pragma once

#include "absl/status/status.h"
#include "rope/v1/rope_service.pb.h"

namespace rope::client {

// DATA_LOSS, with the reason, if `response` cannot be an answer to `request`: it is empty, has
// another number of entries, is about another layer type, preset or arithmetic, has frequencies
// that are not finite numbers, or contradicts itself. All are pure.
absl::Status CheckAnswer(const v1::GetServerInfoRequest& request,
                         const v1::GetServerInfoResponse& response);
absl::Status CheckAnswer(const v1::GetFrequenciesRequest& request,
                         const v1::GetFrequenciesResponse& response);
absl::Status CheckAnswer(const v1::PlanSequenceRequest& request,
                         const v1::PlanSequenceResponse& response);
absl::Status CheckAnswer(const v1::ValidateConfigRequest& request,
                         const v1::ValidateConfigResponse& response);
absl::Status CheckAnswer(const v1::ListPresetsRequest& request,
                         const v1::ListPresetsResponse& response);
absl::Status CheckAnswer(const v1::GetPresetRequest& request,
                         const v1::GetPresetResponse& response);
absl::Status CheckAnswer(const v1::WarmTablesRequest& request,
                         const v1::WarmTablesResponse& response);
absl::Status CheckAnswer(const v1::BuildPositionIdsRequest& request,
                         const v1::BuildPositionIdsResponse& response);

}  // namespace rope::client

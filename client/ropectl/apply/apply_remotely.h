// `ropectl apply` with a server: the queries and keys of a file are sent and come back rotated.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/files/safetensors_file.h"
#include "client/ropectl/apply/rotate_tensors.h"
#include "client/ropectl/arguments/option_groups.h"
#include "core/findings/finding.h"
#include "rope/v1/model_config.pb.h"
#include "rope/v1/resolution.pb.h"

namespace rope::ropectl {

// Which configuration rotates, and how.
struct RemoteRotation {
  v1::ModelConfig config;
  std::string layer_type;
  bool inverse = false;
};

// What RotateTensors does, by ApplyRotary of a server. `reading` gets how the server read the
// configuration. INVALID_ARGUMENT, which names the tensor, for an input that is not what
// RotateTensors takes; otherwise the status of the call.
absl::StatusOr<RotatedTensors> RotateRemotely(const ServerOptions& server,
                                              const RemoteRotation& rotation,
                                              const client::SafetensorsFile& input,
                                              v1::Reading* reading, std::vector<Finding>* findings);

}  // namespace rope::ropectl

// The messages of one ApplyRotary call: setup and chunks there, header and rotated chunks back.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/sync_stream.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/rotated_heads.h"
#include "rope/v1/rotation.pb.h"

namespace rope::client {

using RotationStream = grpc::ClientReaderWriter<v1::ApplyRotaryRequest, v1::ApplyRotaryResponse>;

// OK if each tensor has the bytes that the setup says. INVALID_ARGUMENT, which names the tensor, if
// not.
absl::Status CheckHeads(const v1::RotationSetup& setup,
                        absl::Span<const absl::string_view> tensors);

// Sends the tensors and collects the answer, on this thread and on one that lives as long as this
// function. DATA_LOSS if the answer does not have the places of what was sent. Returns OK also if
// the stream ends too early: then the status of the call, which the caller must read, is not OK, or
// `*complete` is false.
// REQUIRES CheckHeads.
absl::Status ExchangeHeads(const v1::RotationSetup& setup,
                           absl::Span<const absl::string_view> tensors, RotationStream* stream,
                           grpc::ClientContext* context, RotatedHeads* answer, bool* complete);

}  // namespace rope::client

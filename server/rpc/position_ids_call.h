// BuildPositionIds: the positions of tokens and of patches, by the rule of a model's family.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "server/engine/limits.h"

namespace rope::server {

// Answers the bytes of a BuildPositionIdsRequest with those of a response. Works on the calling
// thread; time and memory are linear in the sizes of the request and of the answer. Thread-safe.
grpc::Status AnswerPositionIds(const engine::Limits& limits, const grpc::ByteBuffer& request,
                               grpc::ByteBuffer* response);

}  // namespace rope::server

// Messages of raw methods, whose bytes gRPC neither parses nor writes. Thread-safe.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"

namespace rope::server {

// Reads the bytes into `message`, whose `name` is for errors. RESOURCE_EXHAUSTED if there are more
// than `max_bytes`, and INVALID_ARGUMENT if they are no such message.
absl::Status ParseInto(const grpc::ByteBuffer& bytes, int64_t max_bytes, const char* name,
                       google::protobuf::MessageLite* message);

template <typename Message>
absl::StatusOr<Message> ParseMessage(const grpc::ByteBuffer& bytes, int64_t max_bytes) {
  Message message;
  absl::Status status =
      ParseInto(bytes, max_bytes, Message::descriptor()->name().c_str(), &message);
  if (!status.ok()) return status;
  return message;
}

// The bytes of a message.
grpc::ByteBuffer WriteMessage(const google::protobuf::MessageLite& message);

}  // namespace rope::server

#include "server/rpc/messages/raw_message.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include "absl/strings/str_cat.h"

namespace rope::server {

absl::Status ParseInto(const grpc::ByteBuffer& bytes, int64_t max_bytes, const char* name,
                       google::protobuf::MessageLite* message) {
  if (static_cast<int64_t>(bytes.Length()) > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the request has ", bytes.Length(), " bytes; this server accepts at most ", max_bytes));
  }
  grpc::ByteBuffer shared(bytes);  // shares the slices; the reader consumes its buffer
  grpc::ProtoBufferReader reader(&shared);
  if (!reader.status().ok() || !message->ParseFromZeroCopyStream(&reader)) {
    return absl::InvalidArgumentError(absl::StrCat("the request is not a ", name, " message"));
  }
  return absl::OkStatus();
}

grpc::ByteBuffer WriteMessage(const google::protobuf::MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  // A slice has no access for writing, but nobody else has this one yet.
  message.SerializeToArray(const_cast<uint8_t*>(slice.begin()), static_cast<int>(size));
  return {&slice, 1};
}

}  // namespace rope::server

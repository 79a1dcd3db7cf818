#include "client/stream/head_exchange.h"

#include <grpcpp/impl/codegen/proto_utils.h>  // how gRPC writes messages of Protobuf

#include <algorithm>
#include <cstdint>
#include <thread>

#include "absl/strings/str_cat.h"
#include "core/table/dtype.h"
#include "proto/wire/convert.h"

namespace rope::client {
namespace {

// Bytes of a chunk, unless one head is larger.
constexpr size_t kChunkBytes = 1 << 20;

// The bytes of one head; 0 for sizes that a server would refuse.
size_t VectorBytes(const v1::RotationSetup& setup, const v1::HeadTensor& tensor) {
  const auto dtype = wire::DTypeFromProto(setup.dtype());
  if (!dtype.ok() || tensor.dim() < 1 || tensor.dim() > (int64_t{1} << 32)) return 0;
  return static_cast<size_t>(tensor.dim()) * DTypeSize(*dtype);
}

void Send(const v1::RotationSetup& setup, absl::Span<const absl::string_view> tensors,
          RotationStream* stream) {
  v1::ApplyRotaryRequest request;
  *request.mutable_setup() = setup;
  bool open = stream->Write(request);
  for (size_t i = 0; open && i < tensors.size(); ++i) {
    const size_t vector = VectorBytes(setup, setup.tensors(static_cast<int>(i)));
    const size_t step = std::max(kChunkBytes / vector, size_t{1}) * vector;
    for (size_t at = 0; open && at < tensors[i].size(); at += step) {
      const absl::string_view data = tensors[i].substr(at, step);
      v1::HeadChunk& chunk = *request.mutable_chunk();
      chunk.set_tensor(static_cast<int32_t>(i));
      chunk.set_byte_offset(static_cast<int64_t>(at));
      chunk.set_data(data.data(), data.size());
      open = stream->Write(request);
    }
  }
  if (open) stream->WritesDone();
}

// Adds the chunk to the tensor that it continues. False if it has another place.
bool Take(const v1::HeadChunk& chunk, absl::Span<const absl::string_view> tensors,
          RotatedHeads* answer) {
  size_t current = 0;
  while (current < tensors.size() && answer->tensors[current].size() == tensors[current].size()) {
    ++current;
  }
  if (current == tensors.size() || chunk.tensor() != static_cast<int32_t>(current)) return false;
  std::string& tensor = answer->tensors[current];
  if (chunk.byte_offset() != static_cast<int64_t>(tensor.size()) ||
      chunk.data().size() > tensors[current].size() - tensor.size()) {
    return false;
  }
  tensor += chunk.data();
  return true;
}

// Reads until the end, or until a message is not what it must be.
absl::Status Receive(absl::Span<const absl::string_view> tensors, RotationStream* stream,
                     RotatedHeads* answer) {
  v1::ApplyRotaryResponse response;
  if (!stream->Read(&response)) return absl::OkStatus();
  if (!response.has_header()) return absl::DataLossError("the answer does not begin with a header");
  answer->header = response.header();
  while (stream->Read(&response)) {
    if (response.has_chunk() && Take(response.chunk(), tensors, answer)) continue;
    return absl::DataLossError("the answer has a chunk at a place where none must be");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckHeads(const v1::RotationSetup& setup,
                        absl::Span<const absl::string_view> tensors) {
  if (static_cast<int>(tensors.size()) != setup.tensors_size()) {
    return absl::InvalidArgumentError(absl::StrCat("the setup has ", setup.tensors_size(),
                                                   " tensors, but ", tensors.size(), " are given"));
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    const v1::HeadTensor& tensor = setup.tensors(static_cast<int>(i));
    uint64_t bytes = VectorBytes(setup, tensor);
    bool fits = bytes != 0;
    for (int64_t size : {tensor.batch(), tensor.heads(), tensor.seq()}) {
      fits =
          fits && size >= 1 && !__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes);
    }
    if (fits && bytes == tensors[i].size()) continue;
    return absl::InvalidArgumentError(absl::StrCat("tensors[", i, "] has ", tensors[i].size(),
                                                   " bytes, which is not what the setup says"));
  }
  return absl::OkStatus();
}

absl::Status ExchangeHeads(const v1::RotationSetup& setup,
                           absl::Span<const absl::string_view> tensors, RotationStream* stream,
                           grpc::ClientContext* context, RotatedHeads* answer, bool* complete) {
  answer->tensors.assign(tensors.size(), "");
  // Two threads, because a server reads the next chunk only when its answer has been taken.
  std::thread sender([&] { Send(setup, tensors, stream); });
  absl::Status status = Receive(tensors, stream, answer);
  if (!status.ok()) context->TryCancel();
  sender.join();
  *complete = true;
  for (size_t i = 0; i < tensors.size(); ++i) {
    *complete = *complete && answer->tensors[i].size() == tensors[i].size();
  }
  return status;
}

}  // namespace rope::client

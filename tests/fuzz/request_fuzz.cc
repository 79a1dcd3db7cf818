// libFuzzer target: any bytes as a StreamEmbeddingsRequest. The first byte says how the rest is cut
// into slices. Run it with tools/fuzz --target request.
//
// Properties: nothing crashes; a request that protobuf itself cannot parse is refused; the cuts do
// not matter; an accepted request keeps within the limits and agrees with the message.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "proto/wire/config_json.h"
#include "rope/v1/embeddings.pb.h"
#include "server/rpc/messages/embeddings_request.h"
#include "tests/fuzz/byte_buffer.h"
#include "tests/fuzz/check.h"

namespace rope {
namespace {

using fuzz::Check;
using server::EmbeddingsRequest;
using server::ReadEmbeddingsRequest;

// The limits are small, so that inputs of a few bytes reach them.
engine::Limits SmallLimits() {
  engine::Limits limits;
  limits.max_request_bytes = 16 << 10;
  limits.max_rows = 4096;
  return limits;
}

void CheckRefusal(const absl::Status& status) {
  const bool known = status.code() == absl::StatusCode::kInvalidArgument ||
                     status.code() == absl::StatusCode::kResourceExhausted ||
                     status.code() == absl::StatusCode::kNotFound;
  Check(known, "a refusal is INVALID_ARGUMENT, RESOURCE_EXHAUSTED or, for a preset, NOT_FOUND");
  Check(!status.message().empty(), "a refusal has a message");
}

void CheckTensors(const EmbeddingsRequest& read) {
  const bool joined = IsJoined(read.form.layout);
  Check(!read.tensors.empty(), "at least one tensor");
  Check(read.tensors.size() <= (joined ? 1 : 2), "no more tensors than the layout has");
  for (size_t i = 0; i < read.tensors.size(); ++i) {
    Check(joined == (read.tensors[i] == v1::TENSOR_KIND_COS_SIN), "a tensor of the layout");
    Check(i == 0 || read.tensors[i] != read.tensors[0], "each tensor once");
  }
}

void CheckPositions(const EmbeddingsRequest& read, const v1::StreamEmbeddingsRequest& message,
                    const engine::Limits& limits) {
  const int64_t count = read.positions.size();
  Check(count >= 1 && count <= limits.max_rows, "the number of positions is within the limits");
  Check(read.positions.max_distance() >= 0 && read.positions.max_distance() <= kMaxPosition,
        "positions in range");
  int64_t product = 1;
  for (const int64_t dimension : read.shape) product *= dimension;
  Check(product == count, "the shape is that of the positions");
  Check(read.first_row == message.first_row() && read.first_row >= 0 && read.first_row < count,
        "first_row is a row");
  const int64_t seq_len =
      message.has_seq_len() ? message.seq_len() : std::max<int64_t>(read.positions.max(), 0) + 1;
  Check(read.resolve.seq_len == seq_len, "seq_len as stated, or the largest position plus 1");
}

void CheckAccepted(const EmbeddingsRequest& read, const v1::StreamEmbeddingsRequest& message,
                   const engine::Limits& limits) {
  CheckTensors(read);
  CheckPositions(read, message, limits);
  Check(read.chunk_bytes >= limits.min_chunk_bytes && read.chunk_bytes <= limits.max_chunk_bytes,
        "chunk_bytes is within the limits");
  Check(CheckForm(read.form, read.resolve.profile).ok(), "the form exists in the profile");
  if (message.config().has_model_config_json()) {
    Check(read.config_json == message.config().model_config_json(), "config.json unchanged");
  } else {
    Check(ReadJson(read.config_json).ok(), "typed configurations become JSON");
  }
}

bool Same(const EmbeddingsRequest& a, const EmbeddingsRequest& b) {
  return a.config_json == b.config_json && a.shape == b.shape && a.form == b.form &&
         a.tensors == b.tensors && a.chunk_bytes == b.chunk_bytes && a.first_row == b.first_row &&
         a.omit_checksums == b.omit_checksums && a.positions.size() == b.positions.size() &&
         a.positions.max() == b.positions.max();
}

void TestOne(size_t slice_bytes, const std::string& bytes) {
  const engine::Limits limits = SmallLimits();
  const auto read = ReadEmbeddingsRequest(fuzz::InSlices(bytes, slice_bytes), limits);
  v1::StreamEmbeddingsRequest message;
  const bool parsed = message.ParseFromString(bytes);
  Check(parsed || !read.ok(), "what protobuf cannot parse is refused");
  if (!read.ok()) CheckRefusal(read.status());
  if (!parsed || static_cast<int64_t>(bytes.size()) > limits.max_request_bytes) return;
  const auto expected = ReadEmbeddingsRequest(message, limits);
  Check(read.status() == expected.status(), "bytes and message have the same status");
  if (!read.ok()) return;
  Check(Same(*read, *expected), "bytes and message are read alike");
  CheckAccepted(*read, message, limits);
}

}  // namespace
}  // namespace rope

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  rope::TestOne(1 + data[0], std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  return 0;
}

// libFuzzer target: any bytes as the answer of a server. The first byte says how messages are cut
// into slices, the next four are the first row of the request. The rest are messages, each with two
// bytes of length before it. Run it with tools/fuzz --target response.
//
// Properties of ParseResponse: nothing crashes; it accepts what protobuf itself can parse, and only
// that; header, footer and chunks are those that protobuf finds.
// Properties of StreamCheck: a stream that it accepts has sent every byte of every tensor from the
// first row on, in order, and no more than the caller allows; a broken stream resumes at a row of
// the table that is not after what was received.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "client/stream/response_parser.h"
#include "client/stream/stream_check.h"
#include "rope/v1/embeddings.pb.h"
#include "tests/fuzz/byte_buffer.h"
#include "tests/fuzz/check.h"

namespace rope::client {
namespace {

using fuzz::Check;

constexpr int64_t kMaxAnswerBytes = 1 << 20;

void CheckChunk(const ChunkView& view, const v1::Chunk& chunk) {
  std::string data;
  for (const absl::string_view segment : view.segments) data.append(segment.data(), segment.size());
  Check(view.byte_size == static_cast<int64_t>(data.size()), "byte_size is the size of all segments");
  Check(data == chunk.data(), "the same data");
  Check(view.kind == chunk.kind(), "the same kind");
  Check(view.byte_offset == chunk.byte_offset(), "the same offset");
  Check(view.xxh3_64 == chunk.xxh3_64(), "the same checksum");
}

// Parses twice, with ParseResponse and with protobuf, and compares.
absl::StatusOr<ResponseView> Parse(const std::string& bytes, grpc::ByteBuffer* buffer) {
  auto view = ParseResponse(buffer);
  v1::StreamEmbeddingsResponse message;
  const bool parsed = message.ParseFromString(bytes);
  Check(view.ok() == parsed, "accepted exactly if protobuf accepts it");
  if (!parsed) return view;
  Check(view->header.has_value() == message.has_header(), "a header, as protobuf finds");
  Check(view->footer.has_value() == message.has_footer(), "a footer, as protobuf finds");
  if (message.has_header()) {
    Check(view->header->SerializeAsString() == message.header().SerializeAsString(), "the header");
  }
  if (message.has_footer()) {
    Check(view->footer->SerializeAsString() == message.footer().SerializeAsString(), "the footer");
  }
  Check(static_cast<int>(view->chunks.size()) == message.chunks_size(), "as many chunks");
  for (int i = 0; i < message.chunks_size(); ++i) {
    CheckChunk(view->chunks[static_cast<size_t>(i)], message.chunks(i));
  }
  return view;
}

// What a client has received, independently of StreamCheck.
class Received {
 public:
  void Add(const ChunkView& chunk, int64_t skipped) {
    Check(skipped >= 0 && skipped <= chunk.byte_size, "no more bytes are skipped than the chunk has");
    begin_.try_emplace(chunk.kind, chunk.byte_offset);
    const auto place = end_.try_emplace(chunk.kind, chunk.byte_offset).first;
    Check(chunk.byte_offset + skipped == place->second, "each byte comes next");
    place->second += chunk.byte_size - skipped;
  }

  // Every tensor that `header` announces was received from row `first_row` to its end.
  void CheckComplete(const v1::StreamHeader& header, int64_t first_row) const {
    int64_t announced = 0;
    for (const v1::TensorSpec& spec : header.tensors()) {
      const auto end = end_.find(spec.kind());
      Check(end != end_.end() && end->second == spec.byte_size(), "the last byte was received");
      Check(begin_.at(spec.kind()) == first_row * RowBytesOf(header, spec),
            "from the first row on");
      announced += spec.byte_size();
    }
    Check(announced <= kMaxAnswerBytes, "no more bytes than the caller allows");
  }

  // `row` of `header`'s tensors is not after what was received.
  void CheckResume(const v1::StreamHeader& header, int64_t row, int64_t first_row) const {
    Check(row >= 0, "a row");
    for (const v1::TensorSpec& spec : header.tensors()) {
      const auto end = end_.find(spec.kind());
      if (end == end_.end()) {
        Check(row <= first_row, "nothing was received, so nothing is left out");
      } else {
        Check(row == 0 || row * RowBytesOf(header, spec) <= end->second, "no byte is left out");
      }
    }
  }

 private:
  // Bytes of the last dimension, or of the last two for layout pairs; no overflow, as the whole
  // tensor is at most kMaxAnswerBytes.
  static int64_t RowBytesOf(const v1::StreamHeader& header, const v1::TensorSpec& spec) {
    const int dimensions = header.layout() == v1::LAYOUT_PAIRS ? 2 : 1;
    int64_t others = 1;  // the product of the dimensions before
    for (int i = 0; i < spec.shape_size() - dimensions; ++i) others *= spec.shape(i);
    return spec.byte_size() / others;
  }

  std::map<v1::TensorKind, int64_t> begin_;  // the first byte received
  std::map<v1::TensorKind, int64_t> end_;    // one past the last byte received
};

// The input, read front to back.
class Input {
 public:
  explicit Input(const std::string& bytes) : bytes_(bytes) {}
  bool empty() const { return at_ >= bytes_.size(); }
  uint32_t Number(int bytes) {
    uint32_t number = 0;
    for (int i = 0; i < bytes && !empty(); ++i) {
      number |= uint32_t{static_cast<uint8_t>(bytes_[at_++])} << (8 * i);
    }
    return number;
  }
  std::string Text(size_t size) {
    std::string text = bytes_.substr(at_, size);
    at_ += text.size();
    return text;
  }

 private:
  const std::string& bytes_;
  size_t at_ = 0;
};

constexpr uint32_t kBreak = 0xffff;  // instead of a length: the call breaks and is resumed

void TestOne(const std::string& bytes) {
  Input input(bytes);
  const size_t slice_bytes = 1 + input.Number(1);
  const int64_t first_row = input.Number(4) >> 1;  // 0 .. 2^31 - 1, as a request has it
  StreamCheck check(kMaxAnswerBytes, true, first_row);
  Received received;
  while (!input.empty()) {
    const uint32_t length = input.Number(2);
    if (length == kBreak) {
      const int64_t row = check.Resume();
      if (check.has_header()) received.CheckResume(check.header(), row, first_row);
      continue;
    }
    const std::string message = input.Text(length);
    grpc::ByteBuffer buffer = fuzz::InSlices(message, slice_bytes);
    const auto view = Parse(message, &buffer);
    if (!view.ok() || !check.TakeMessage(*view).ok()) return;
    for (const ChunkView& chunk : view->chunks) {
      int64_t skipped = 0;
      if (!check.TakeChunk(chunk, &skipped).ok()) return;
      received.Add(chunk, skipped);
    }
  }
  if (check.TakeEnd().ok()) received.CheckComplete(check.header(), first_row);
}

}  // namespace
}  // namespace rope::client

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rope::client::TestOne(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

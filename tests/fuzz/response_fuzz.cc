// libFuzzer target: any bytes as the answer of a server. The first byte says how messages are cut
// into slices, the next four are the first row of the request. The rest are messages, each with two
// bytes of length before it. Run it with tools/fuzz --target response.
//
// Properties of ParseResponse: nothing crashes; it accepts what protobuf can read, and only that;
// it finds the header, the footer and the chunks that protobuf finds. Properties of StreamCheck: a
// stream that it accepts has sent every byte of every tensor from the first row on, in order, and
// no more than the caller allows; a broken stream resumes at a row of the table that is not after
// what was received.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/unknown_field_set.h>

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
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr int64_t kMaxAnswerBytes = 1 << 20;

// The fields of a message without their types, read by protobuf. False if `bytes` are not a
// message. This reader accepts a little more than protobuf's reader of typed messages: numbers that
// are written with more bytes than they need. ParseResponse lies between the two.
bool ReadFieldsOf(const std::string& bytes, UnknownFieldSet* fields) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  return fields->MergeFromCodedStream(&in);
}

bool ReadChunk(const std::string& bytes, v1::Chunk* chunk) {
  UnknownFieldSet fields;
  if (!ReadFieldsOf(bytes, &fields)) return false;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    const bool varint = field.type() == UnknownField::TYPE_VARINT;
    if (varint && field.number() == 1) chunk->set_kind(static_cast<v1::TensorKind>(field.varint()));
    if (varint && field.number() == 2) {
      chunk->set_byte_offset(static_cast<int64_t>(field.varint()));
    }
    const bool fixed = field.type() == UnknownField::TYPE_FIXED64;
    if (fixed && field.number() == 3) chunk->set_xxh3_64(field.fixed64());
    const bool text = field.type() == UnknownField::TYPE_LENGTH_DELIMITED;
    if (text && field.number() == 15) chunk->set_data(field.length_delimited());
  }
  return true;
}

// What ParseResponse must find, read in another way. False if `bytes` are not an answer.
bool ReadResponse(const std::string& bytes, v1::StreamEmbeddingsResponse* message) {
  UnknownFieldSet fields;
  if (!ReadFieldsOf(bytes, &fields)) return false;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const std::string& content = field.length_delimited();
    bool read = true;
    if (field.number() == 1) read = message->mutable_header()->MergeFromString(content);
    if (field.number() == 2) read = message->mutable_footer()->MergeFromString(content);
    if (field.number() == 15) read = ReadChunk(content, message->add_chunks());
    if (!read) return false;
  }
  return true;
}

void CheckChunk(const ChunkView& view, const v1::Chunk& chunk) {
  std::string data;
  for (const absl::string_view segment : view.segments) data.append(segment.data(), segment.size());
  Check(view.byte_size == static_cast<int64_t>(data.size()), "byte_size counts all segments");
  Check(data == chunk.data(), "the same data");
  Check(view.kind == chunk.kind(), "the same kind");
  Check(view.byte_offset == chunk.byte_offset(), "the same offset");
  Check(view.xxh3_64 == chunk.xxh3_64(), "the same checksum");
}

void CheckSame(const ResponseView& view, const v1::StreamEmbeddingsResponse& message) {
  Check(view.header.has_value() == message.has_header(), "a header if the message has one");
  Check(view.footer.has_value() == message.has_footer(), "a footer if the message has one");
  if (message.has_header()) {
    Check(view.header->SerializeAsString() == message.header().SerializeAsString(), "the header");
  }
  if (message.has_footer()) {
    Check(view.footer->SerializeAsString() == message.footer().SerializeAsString(), "the footer");
  }
  Check(static_cast<int>(view.chunks.size()) == message.chunks_size(), "as many chunks");
  for (int i = 0; i < message.chunks_size(); ++i) {
    CheckChunk(view.chunks[static_cast<size_t>(i)], message.chunks(i));
  }
}

// ParseResponse, compared with both readers of protobuf.
absl::StatusOr<ResponseView> Parse(const std::string& bytes, grpc::ByteBuffer* buffer) {
  auto view = ParseResponse(buffer);
  if (view.ok()) {
    v1::StreamEmbeddingsResponse fields;
    Check(ReadResponse(bytes, &fields), "accepted only if protobuf can read the fields");
    CheckSame(*view, fields);
  }
  v1::StreamEmbeddingsResponse message;
  if (message.ParseFromString(bytes)) {
    Check(view.ok(), "accepted if protobuf accepts the message");
    CheckSame(*view, message);
  }
  return view;
}

// What a client has received, independently of StreamCheck.
class Received {
 public:
  void Add(const ChunkView& chunk, int64_t skipped) {
    Check(skipped >= 0 && skipped <= chunk.byte_size,
          "no more bytes are skipped than the chunk has");
    begin_.try_emplace(chunk.kind, chunk.byte_offset);
    const auto place = end_.try_emplace(chunk.kind, chunk.byte_offset).first;
    if (skipped == chunk.byte_size) {
      Check(chunk.byte_offset + skipped <= place->second, "what is skipped was there");
      return;
    }
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

#include "client/stream/response_parser.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace rope::client {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Reads the field Chunk.data, of which `in` has read the tag. False if bytes are missing.
bool ReadData(CodedInputStream* in, ChunkView* chunk) {
  int length = 0;
  if (!in->ReadVarintSizeAsInt(&length)) return false;
  chunk->byte_size = length;
  chunk->segments.clear();
  for (int left = length; left > 0;) {
    const void* data = nullptr;
    int size = 0;
    if (!in->GetDirectBufferPointer(&data, &size)) return false;
    const int taken = std::min(size, left);
    chunk->segments.emplace_back(static_cast<const char*>(data), static_cast<size_t>(taken));
    if (!in->Skip(taken)) return false;
    left -= taken;
  }
  return true;
}

bool ReadChunkField(uint32_t tag, CodedInputStream* in, ChunkView* chunk) {
  uint64_t number = 0;
  switch (tag) {
    case WireFormatLite::MakeTag(v1::Chunk::kKindFieldNumber, WireFormatLite::WIRETYPE_VARINT):
      if (!in->ReadVarint64(&number)) return false;
      chunk->kind = static_cast<v1::TensorKind>(number);
      return true;
    case WireFormatLite::MakeTag(v1::Chunk::kByteOffsetFieldNumber,
                                 WireFormatLite::WIRETYPE_VARINT):
      if (!in->ReadVarint64(&number)) return false;
      chunk->byte_offset = static_cast<int64_t>(number);
      return true;
    case WireFormatLite::MakeTag(v1::Chunk::kXxh364FieldNumber, WireFormatLite::WIRETYPE_FIXED64):
      return in->ReadLittleEndian64(&chunk->xxh3_64);
    case WireFormatLite::MakeTag(v1::Chunk::kDataFieldNumber,
                                 WireFormatLite::WIRETYPE_LENGTH_DELIMITED):
      return ReadData(in, chunk);
    default:
      return WireFormatLite::SkipField(in, tag);
  }
}

// Calls `read_field(tag)` for every field up to the limit or the end of the input.
template <typename ReadField>
bool ReadFields(CodedInputStream* in, const ReadField& read_field) {
  while (const uint32_t tag = in->ReadTag()) {
    if (!read_field(tag)) return false;
  }
  return in->ConsumedEntireMessage();
}

// Reads the length of an embedded message and then, with `read`, exactly that many bytes.
template <typename Read>
bool ReadEmbedded(CodedInputStream* in, const Read& read) {
  int length = 0;
  if (!in->ReadVarintSizeAsInt(&length)) return false;
  const CodedInputStream::Limit limit = in->PushLimit(length);
  // A message may also end at a tag 0 or at the end of a group, which is an error here.
  const bool read_all = read() && in->ConsumedEntireMessage() && in->BytesUntilLimit() == 0;
  in->PopLimit(limit);
  return read_all;
}

template <typename Message>
bool ReadMessage(CodedInputStream* in, std::optional<Message>* message) {
  if (!message->has_value()) message->emplace();
  return ReadEmbedded(in, [&] { return (*message)->MergeFromCodedStream(in); });
}

bool ReadResponseField(uint32_t tag, CodedInputStream* in, ResponseView* response) {
  switch (tag) {
    case WireFormatLite::MakeTag(v1::StreamEmbeddingsResponse::kHeaderFieldNumber,
                                 WireFormatLite::WIRETYPE_LENGTH_DELIMITED):
      return ReadMessage(in, &response->header);
    case WireFormatLite::MakeTag(v1::StreamEmbeddingsResponse::kFooterFieldNumber,
                                 WireFormatLite::WIRETYPE_LENGTH_DELIMITED):
      return ReadMessage(in, &response->footer);
    case WireFormatLite::MakeTag(v1::StreamEmbeddingsResponse::kChunksFieldNumber,
                                 WireFormatLite::WIRETYPE_LENGTH_DELIMITED): {
      ChunkView& chunk = response->chunks.emplace_back();
      return ReadEmbedded(in, [&] {
        return ReadFields(in, [&](uint32_t field) { return ReadChunkField(field, in, &chunk); });
      });
    }
    default:
      return WireFormatLite::SkipField(in, tag);
  }
}

}  // namespace

absl::StatusOr<ResponseView> ParseResponse(grpc::ByteBuffer* message) {
  grpc::ProtoBufferReader reader(message);
  CodedInputStream in(&reader);
  ResponseView response;
  const bool parsed = reader.status().ok() && ReadFields(&in, [&](uint32_t tag) {
                        return ReadResponseField(tag, &in, &response);
                      });
  if (!parsed) {
    return absl::DataLossError("the stream is broken: a message is not a StreamEmbeddingsResponse");
  }
  return response;
}

}  // namespace rope::client

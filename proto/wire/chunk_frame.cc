#include "proto/wire/chunk_frame.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include "rope/v1/embeddings.pb.h"

namespace rope::wire {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

}  // namespace

std::string ChunkFrameBytes(const ChunkFrame& frame) {
  v1::Chunk fields;  // all but the data
  fields.set_kind(frame.kind);
  fields.set_byte_offset(frame.byte_offset);
  fields.set_xxh3_64(frame.xxh3_64);
  const std::string head = fields.SerializeAsString();

  const uint32_t data_tag = WireFormatLite::MakeTag(v1::Chunk::kDataFieldNumber,
                                                    WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  const uint32_t chunk_tag = WireFormatLite::MakeTag(
      v1::StreamEmbeddingsResponse::kChunksFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  const auto data_bytes = static_cast<uint64_t>(frame.data_bytes);
  const uint64_t chunk_bytes = head.size() + CodedOutputStream::VarintSize32(data_tag) +
                               CodedOutputStream::VarintSize64(data_bytes) + data_bytes;
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    CodedOutputStream out(&stream);
    out.WriteTag(chunk_tag);
    out.WriteVarint64(chunk_bytes);
    out.WriteString(head);
    out.WriteTag(data_tag);
    out.WriteVarint64(data_bytes);
  }
  return bytes;
}

}  // namespace rope::wire

// The parser against protobuf: it must see in every message what the generated class sees.
#include "client/stream/response_parser.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rope::client {
namespace {

// The bytes in buffers of at most `size` bytes, as gRPC may deliver them.
grpc::ByteBuffer Buffers(const std::string& bytes, size_t size) {
  std::vector<grpc::Slice> slices;
  for (size_t i = 0; i < bytes.size(); i += size) slices.emplace_back(bytes.substr(i, size));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

std::string DataOf(const ChunkView& chunk) {
  std::string data;
  for (absl::string_view segment : chunk.segments) data.append(segment.data(), segment.size());
  return data;
}

v1::StreamEmbeddingsResponse FullResponse() {
  v1::StreamEmbeddingsResponse response;
  v1::StreamHeader& header = *response.mutable_header();
  header.set_backend("cpu");
  header.mutable_resolution()->set_rope_type("yarn");
  header.add_tensors()->add_shape(300);
  response.mutable_footer()->set_rows(-1);  // ten bytes on the wire
  for (int i = 0; i < 3; ++i) {
    v1::Chunk& chunk = *response.add_chunks();
    chunk.set_kind(i == 1 ? v1::TENSOR_KIND_SIN : v1::TENSOR_KIND_COS);
    chunk.set_byte_offset(i * (int64_t{1} << 40));
    chunk.set_xxh3_64(~uint64_t{0} - static_cast<uint64_t>(i));
    chunk.set_data(std::string(static_cast<size_t>(i * 500), static_cast<char>('a' + i)));
  }
  return response;
}

void ExpectSame(const ResponseView& view, const v1::StreamEmbeddingsResponse& response) {
  ASSERT_EQ(view.header.has_value(), response.has_header());
  ASSERT_EQ(view.footer.has_value(), response.has_footer());
  if (response.has_header()) {
    EXPECT_EQ(view.header->SerializeAsString(), response.header().SerializeAsString());
  }
  if (response.has_footer()) {
    EXPECT_EQ(view.footer->SerializeAsString(), response.footer().SerializeAsString());
  }
  ASSERT_EQ(view.chunks.size(), static_cast<size_t>(response.chunks_size()));
  for (int i = 0; i < response.chunks_size(); ++i) {
    const ChunkView& chunk = view.chunks[static_cast<size_t>(i)];
    EXPECT_EQ(chunk.kind, response.chunks(i).kind());
    EXPECT_EQ(chunk.byte_offset, response.chunks(i).byte_offset());
    EXPECT_EQ(chunk.xxh3_64, response.chunks(i).xxh3_64());
    EXPECT_EQ(chunk.byte_size, static_cast<int64_t>(response.chunks(i).data().size()));
    EXPECT_EQ(DataOf(chunk), response.chunks(i).data());
  }
}

TEST(ResponseParserTest, SeesWhatProtobufSeesHoweverTheBytesAreCut) {
  v1::StreamEmbeddingsResponse header_only;
  header_only.mutable_header();
  for (const v1::StreamEmbeddingsResponse& response :
       {v1::StreamEmbeddingsResponse(), header_only, FullResponse()}) {
    for (size_t size : {1, 2, 3, 7, 100, 1 << 20}) {
      grpc::ByteBuffer message = Buffers(response.SerializeAsString(), size);
      const auto view = ParseResponse(&message);
      ASSERT_TRUE(view.ok()) << view.status();
      ExpectSame(*view, response);
    }
  }
}

TEST(ResponseParserTest, AWholeBufferIsNotCopied) {
  const std::string bytes = FullResponse().SerializeAsString();
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer message(&slice, 1);
  const auto view = ParseResponse(&message);
  ASSERT_TRUE(view.ok());
  ASSERT_EQ(view->chunks[2].segments.size(), 1U);
  const char* const data = view->chunks[2].segments[0].data();
  EXPECT_GE(data, reinterpret_cast<const char*>(slice.begin()));
  EXPECT_LT(data, reinterpret_cast<const char*>(slice.end()));
}

TEST(ResponseParserTest, UnknownFieldsAreSkipped) {
  // Field 100 of the response: a varint, 8 fixed bytes and a string.
  const std::string unknown(
      "\xa0\x06\x05\xa1\x06"
      "12345678"
      "\xa2\x06\x03"
      "abc",
      19);
  grpc::ByteBuffer message = Buffers(unknown + FullResponse().SerializeAsString() + unknown, 50);
  const auto view = ParseResponse(&message);
  ASSERT_TRUE(view.ok()) << view.status();
  ExpectSame(*view, FullResponse());
}

TEST(ResponseParserTest, EveryTornMessageIsDataLossOrWhatProtobufMakesOfIt) {
  const std::string whole = FullResponse().SerializeAsString();
  int torn = 0;
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string bytes = whole.substr(0, length);
    grpc::ByteBuffer message = Buffers(bytes, 64);
    const auto view = ParseResponse(&message);
    v1::StreamEmbeddingsResponse response;
    if (response.ParseFromString(bytes)) {  // cut between two fields
      ASSERT_TRUE(view.ok()) << length;
      ExpectSame(*view, response);
    } else {
      EXPECT_EQ(view.status().code(), absl::StatusCode::kDataLoss) << length;
      ++torn;
    }
  }
  EXPECT_GT(torn, 1000);
}

TEST(ResponseParserTest, BytesOfSomethingElseAreDataLoss) {
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), std::string("\x0a\x7fhello"),
        std::string("\x00\x01", 2), std::string("\x0a\x01\x00", 3),  // a header that ends at tag 0
        std::string("\x0a\x01\x0c")}) {                              // or at the end of a group
    grpc::ByteBuffer message = Buffers(bytes, 64);
    EXPECT_EQ(ParseResponse(&message).status().code(), absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace rope::client

#include "proto/wire/chunk_frame.h"

#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::wire {
namespace {

struct FrameCase {
  v1::TensorKind kind;
  int64_t byte_offset;
  uint64_t xxh3_64;
  size_t data_bytes;
};

class ChunkFrameTest : public testing::TestWithParam<FrameCase> {};

v1::StreamEmbeddingsResponse Generated(const FrameCase& frame, const std::string& data) {
  v1::StreamEmbeddingsResponse response;
  v1::Chunk& chunk = *response.add_chunks();
  chunk.set_kind(frame.kind);
  chunk.set_byte_offset(frame.byte_offset);
  chunk.set_xxh3_64(frame.xxh3_64);
  chunk.set_data(data);
  return response;
}

std::string Framed(const FrameCase& frame, const std::string& data) {
  return ChunkFrameBytes(
             {frame.kind, frame.byte_offset, frame.xxh3_64, static_cast<int64_t>(data.size())}) +
         data;
}

TEST_P(ChunkFrameTest, IsWhatTheGeneratedClassWrites) {
  const std::string data(GetParam().data_bytes, '\x5a');
  EXPECT_EQ(Framed(GetParam(), data), Generated(GetParam(), data).SerializeAsString());
}

INSTANTIATE_TEST_SUITE_P(
    Frames, ChunkFrameTest,
    testing::Values(FrameCase{v1::TENSOR_KIND_COS, 1, 1, 1},
                    FrameCase{v1::TENSOR_KIND_SIN, 127, 0xffffffffffffffffU, 127},
                    FrameCase{v1::TENSOR_KIND_COS, 128, 0x8000000000000000U, 128},
                    FrameCase{v1::TENSOR_KIND_SIN, int64_t{1} << 20, 7, 16384},
                    FrameCase{v1::TENSOR_KIND_COS, std::numeric_limits<int64_t>::max(), 9, 1 << 20},
                    FrameCase{v1::TENSOR_KIND_SIN, 1, 9, (3 << 20) + 5}));

TEST(ChunkFrameTest, FieldsThatAreZeroAreAbsentAsInProto3) {
  const FrameCase zero{v1::TENSOR_KIND_COS, 0, 0, 64};
  const std::string data(64, '\0');
  EXPECT_EQ(Framed(zero, data), Generated(zero, data).SerializeAsString());
}

TEST(ChunkFrameTest, MessagesThatFollowEachOtherAreOne) {
  const FrameCase cos{v1::TENSOR_KIND_COS, 0, 11, 3};
  const FrameCase sin{v1::TENSOR_KIND_SIN, 8, 12, 4};
  v1::StreamEmbeddingsResponse header;
  header.mutable_header()->set_backend("cpu");
  v1::StreamEmbeddingsResponse footer;
  footer.mutable_footer()->set_rows(5);

  v1::StreamEmbeddingsResponse all;
  ASSERT_TRUE(all.ParseFromString(header.SerializeAsString() + Framed(cos, "abc") +
                                  Framed(sin, "defg") + footer.SerializeAsString()));
  EXPECT_EQ(all.header().backend(), "cpu");
  EXPECT_EQ(all.footer().rows(), 5);
  ASSERT_EQ(all.chunks_size(), 2);
  EXPECT_EQ(all.chunks(0).data(), "abc");
  EXPECT_EQ(all.chunks(1).data(), "defg");
  EXPECT_EQ(all.chunks(1).byte_offset(), 8);
}

// The framing depends on this: nothing is written after the data.
TEST(ChunkFrameTest, TheDataIsTheHighestField) {
  const auto* chunk = v1::Chunk::descriptor();
  for (int i = 0; i < chunk->field_count(); ++i) {
    EXPECT_LE(chunk->field(i)->number(), v1::Chunk::kDataFieldNumber);
  }
  const auto* response = v1::StreamEmbeddingsResponse::descriptor();
  for (int i = 0; i < response->field_count(); ++i) {
    EXPECT_LE(response->field(i)->number(), v1::StreamEmbeddingsResponse::kChunksFieldNumber);
  }
}

}  // namespace
}  // namespace rope::wire

// What StreamCheck computes: rows of each layout, progress and the place to resume.
// ../table_reader_test.cc tests which messages it refuses.
#include "client/stream/stream_check.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::client {
namespace {

using testing::HasSubstr;

constexpr int64_t kLimit = 1 << 20;

struct Announced {
  std::vector<v1::TensorKind> kinds = {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN};
  std::vector<int64_t> shape = {4, 2};
  v1::DType dtype = v1::D_TYPE_FLOAT32;
  v1::Layout layout = v1::LAYOUT_COMPACT;
  int64_t byte_size = 32;
};

ResponseView HeaderOf(const Announced& announced) {
  ResponseView message;
  v1::StreamHeader& header = message.header.emplace();
  header.set_dtype(announced.dtype);
  header.set_layout(announced.layout);
  for (v1::TensorKind kind : announced.kinds) {
    v1::TensorSpec& spec = *header.add_tensors();
    spec.set_kind(kind);
    spec.mutable_shape()->Add(announced.shape.begin(), announced.shape.end());
    spec.set_byte_size(announced.byte_size);
  }
  return message;
}

ResponseView FooterOf(int64_t rows, int64_t bytes) {
  ResponseView message;
  message.footer.emplace().set_rows(rows);
  message.footer->set_bytes(bytes);
  return message;
}

ChunkView ChunkOf(v1::TensorKind kind, int64_t byte_offset, int64_t byte_size) {
  ChunkView chunk;
  chunk.kind = kind;
  chunk.byte_offset = byte_offset;
  chunk.byte_size = byte_size;
  return chunk;
}

class StreamCheckTest : public testing::Test {
 protected:
  // Takes rows [first, last) of the tensor. Returns how many of their bytes had been delivered
  // before.
  int64_t TakeRows(v1::TensorKind kind, int64_t first, int64_t last) {
    constexpr int64_t kRowBytes = 8;
    int64_t skipped = -1;
    const absl::Status status =
        check_.TakeChunk(ChunkOf(kind, first * kRowBytes, (last - first) * kRowBytes), &skipped);
    EXPECT_TRUE(status.ok()) << status;
    return skipped;
  }

  StreamCheck check_{kLimit, true, 0};
};

TEST(StreamCheckHeaderTest, RowsOfEveryLayout) {
  const struct {
    const char* name;
    Announced announced;
    int64_t row_bytes;
  } cases[] = {
      {"compact", {{v1::TENSOR_KIND_COS}, {4, 2}, v1::D_TYPE_FLOAT32, v1::LAYOUT_COMPACT, 32}, 8},
      {"float16",
       {{v1::TENSOR_KIND_COS}, {2, 2, 6}, v1::D_TYPE_FLOAT16, v1::LAYOUT_HALF_SPLIT, 48},
       12},
      {"float64", {{v1::TENSOR_KIND_COS}, {4, 2}, v1::D_TYPE_FLOAT64, v1::LAYOUT_PACKED, 64}, 16},
      {"pairs",
       {{v1::TENSOR_KIND_COS_SIN}, {4, 3, 2}, v1::D_TYPE_FLOAT32, v1::LAYOUT_PAIRS, 96},
       24},
      {"complex",
       {{v1::TENSOR_KIND_COS_SIN}, {4, 3}, v1::D_TYPE_FLOAT32, v1::LAYOUT_COMPLEX, 96},
       24},
  };
  for (const auto& one : cases) {
    StreamCheck check(kLimit, true, 0);
    const absl::Status status = check.TakeMessage(HeaderOf(one.announced));
    ASSERT_TRUE(status.ok()) << one.name << ": " << status;
    const v1::TensorKind kind = one.announced.kinds[0];
    int64_t skipped = -1;
    EXPECT_FALSE(check.TakeChunk(ChunkOf(kind, 0, one.row_bytes - 2), &skipped).ok()) << one.name;
    EXPECT_TRUE(check.TakeChunk(ChunkOf(kind, 0, one.row_bytes), &skipped).ok()) << one.name;
    EXPECT_EQ(skipped, 0);
  }
}

TEST(StreamCheckHeaderTest, HeadersThatDescribeNoTable) {
  const struct {
    Announced announced;
    absl::StatusCode code;
    const char* message;
  } cases[] = {
      {{.dtype = v1::D_TYPE_UNSPECIFIED}, absl::StatusCode::kDataLoss, "dtype"},
      {{.layout = v1::LAYOUT_UNSPECIFIED}, absl::StatusCode::kDataLoss, "layout"},
      {{.shape = {}}, absl::StatusCode::kDataLoss, "size"},
      {{.shape = {4, 0}, .byte_size = 0}, absl::StatusCode::kDataLoss, "size"},
      {{.byte_size = 33}, absl::StatusCode::kDataLoss, "size"},
      {{.kinds = {}}, absl::StatusCode::kDataLoss, "no tensors"},
      {{.kinds = {v1::TENSOR_KIND_SIN, v1::TENSOR_KIND_SIN}},
       absl::StatusCode::kDataLoss,
       "a tensor twice"},
      {{.shape = {65537, 2}, .byte_size = 65537 * 8},
       absl::StatusCode::kResourceExhausted,
       "1048592 bytes"},
  };
  for (const auto& one : cases) {
    StreamCheck check(kLimit, true, 0);
    const absl::Status status = check.TakeMessage(HeaderOf(one.announced));
    EXPECT_EQ(status.code(), one.code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(one.message));
    EXPECT_FALSE(check.has_header());
  }
}

TEST_F(StreamCheckTest, ACompleteStream) {
  ASSERT_TRUE(check_.TakeMessage(HeaderOf({})).ok());
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_COS, 0, 4), 0);
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_SIN, 0, 3), 0);
  EXPECT_FALSE(check_.TakeEnd().ok()) << "no footer";
  ASSERT_TRUE(check_.TakeMessage(FooterOf(4, 64)).ok());
  EXPECT_FALSE(check_.TakeEnd().ok()) << "a row of sin is missing";
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_SIN, 3, 4), 0);
  EXPECT_TRUE(check_.TakeEnd().ok()) << check_.TakeEnd();
  EXPECT_EQ(check_.footer().rows(), 4);
}

TEST_F(StreamCheckTest, ResumesAtTheFirstRowThatSomeTensorMisses) {
  EXPECT_EQ(check_.Resume(), 0) << "before the header";
  ASSERT_TRUE(check_.TakeMessage(HeaderOf({})).ok());
  TakeRows(v1::TENSOR_KIND_COS, 0, 3);
  TakeRows(v1::TENSOR_KIND_SIN, 0, 1);
  EXPECT_EQ(check_.Resume(), 1);
  ASSERT_TRUE(check_.TakeMessage(HeaderOf({})).ok());
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_COS, 1, 4), 16) << "rows 1 and 2 were there";
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_SIN, 1, 4), 0);
  // Only the footer is missing: the last row is sent a second time.
  EXPECT_EQ(check_.Resume(), 3);
  ASSERT_TRUE(check_.TakeMessage(HeaderOf({})).ok());
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_COS, 3, 4), 8);
  EXPECT_EQ(TakeRows(v1::TENSOR_KIND_SIN, 3, 4), 8);
  ASSERT_TRUE(check_.TakeMessage(FooterOf(1, 16)).ok());
  EXPECT_TRUE(check_.TakeEnd().ok()) << check_.TakeEnd();
}

TEST_F(StreamCheckTest, AResumedCallMayDifferInBackendAndCacheAlone) {
  ResponseView header = HeaderOf({});
  header.header->set_backend("cpu");
  header.header->set_cache(v1::CACHE_OUTCOME_MISS);
  ASSERT_TRUE(check_.TakeMessage(header).ok());
  check_.Resume();
  header.header->set_backend("reference");
  header.header->set_cache(v1::CACHE_OUTCOME_HIT);
  EXPECT_TRUE(check_.TakeMessage(header).ok());
  check_.Resume();
  header.header->mutable_resolution()->set_config_id("other");
  EXPECT_THAT(std::string(check_.TakeMessage(header).message()), HasSubstr("other tensors"));
}

TEST(StreamCheckFirstRowTest, OffsetsCountFromTheWholeTensor) {
  StreamCheck check(kLimit, true, 3);
  ASSERT_TRUE(check.TakeMessage(HeaderOf({.kinds = {v1::TENSOR_KIND_COS}})).ok());
  int64_t skipped = -1;
  EXPECT_FALSE(check.TakeChunk(ChunkOf(v1::TENSOR_KIND_COS, 0, 8), &skipped).ok());
  EXPECT_TRUE(check.TakeChunk(ChunkOf(v1::TENSOR_KIND_COS, 24, 8), &skipped).ok());
  EXPECT_EQ(skipped, 0);
  ASSERT_TRUE(check.TakeMessage(FooterOf(1, 8)).ok());
  EXPECT_TRUE(check.TakeEnd().ok()) << check.TakeEnd();
}

TEST(StreamCheckFirstRowTest, ATableWithoutThatRowIsRefused) {
  EXPECT_TRUE(StreamCheck(kLimit, true, 3).TakeMessage(HeaderOf({})).ok());
  EXPECT_EQ(StreamCheck(kLimit, true, 4).TakeMessage(HeaderOf({})).code(),
            absl::StatusCode::kDataLoss);
  Announced huge;  // first row times bytes of a row overflows
  huge.shape = {1, int64_t{1} << 38};
  huge.byte_size = int64_t{1} << 40;
  EXPECT_EQ(StreamCheck(kLimit, true, (int64_t{1} << 31) - 1).TakeMessage(HeaderOf(huge)).code(),
            absl::StatusCode::kDataLoss);
}

TEST(StreamCheckHashTest, ChecksumsAreComparedIfTheyAreToBeVerified) {
  ChunkView chunk;
  chunk.xxh3_64 = 5;
  EXPECT_TRUE(StreamCheck(kLimit, true, 0).CheckHash(chunk, 5).ok());
  EXPECT_EQ(StreamCheck(kLimit, true, 0).CheckHash(chunk, 6).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(StreamCheck(kLimit, false, 0).CheckHash(chunk, 0).ok());
}

}  // namespace
}  // namespace rope::client

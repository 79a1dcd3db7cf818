#include "tests/testing/collected_stream.h"

#include <string>

#include "gtest/gtest.h"
#include "xxhash.h"

namespace rope::testing {
namespace {

constexpr int64_t kDefaultChunkBytes = 1 << 20;

class Collector {
 public:
  explicit Collector(const v1::StreamEmbeddingsRequest& request)
      : max_chunk_(request.chunk_bytes() != 0 ? request.chunk_bytes() : kDefaultChunkBytes) {}

  void Add(const v1::StreamEmbeddingsResponse& message) {
    EXPECT_EQ(message.has_header(), stream_.messages == 0) << "the header is in the first message";
    EXPECT_FALSE(ended_) << "the footer is in the last message";
    if (stream_.messages == 0) stream_.header = message.header();
    ++stream_.messages;
    int64_t bytes = 0;
    for (const v1::Chunk& chunk : message.chunks()) {
      AddChunk(chunk);
      bytes += static_cast<int64_t>(chunk.data().size());
    }
    if (message.chunks_size() > 1 && !(message.has_header() && message.has_footer())) {
      EXPECT_LE(bytes, max_chunk_)
          << "chunks share a message only if together they fit into one chunk";
    }
    if (message.has_footer()) {
      ended_ = true;
      stream_.footer = message.footer();
    }
  }

  CollectedStream Finish(const grpc::Status& status) {
    stream_.status = status;
    if (status.ok()) ExpectComplete();
    return stream_;
  }

 private:
  void AddChunk(const v1::Chunk& chunk) {
    std::string& tensor = stream_.tensors[chunk.kind()];
    EXPECT_EQ(chunk.byte_offset(), static_cast<int64_t>(tensor.size())) << "no gap, no overlap";
    EXPECT_FALSE(chunk.data().empty());
    EXPECT_EQ(chunk.xxh3_64(), XXH3_64bits(chunk.data().data(), chunk.data().size()));
    const auto bytes = static_cast<int64_t>(chunk.data().size());
    EXPECT_EQ(bytes % RowBytes(), 0) << "whole rows";
    EXPECT_TRUE(bytes <= max_chunk_ || bytes == RowBytes()) << bytes;
    stream_.chunk_bytes.push_back(bytes);
    tensor += chunk.data();
  }

  int64_t RowBytes() const {
    const v1::TensorSpec& spec = stream_.header.tensors(0);
    const v1::Layout layout = stream_.header.layout();
    const int dimensions = layout == v1::LAYOUT_MATRICES ? 3 : layout == v1::LAYOUT_PAIRS ? 2 : 1;
    int64_t bytes = ElementBytes();
    for (int i = 1; i <= dimensions; ++i) bytes *= spec.shape(spec.shape_size() - i);
    return bytes;
  }

  int64_t ElementBytes() const {
    int64_t number = 2;
    if (stream_.header.dtype() == v1::D_TYPE_FLOAT32) number = 4;
    if (stream_.header.dtype() == v1::D_TYPE_FLOAT64) number = 8;
    return stream_.header.layout() == v1::LAYOUT_COMPLEX ? 2 * number : number;
  }

  void ExpectComplete() {
    EXPECT_TRUE(ended_);
    int64_t bytes = 0;
    for (const v1::TensorSpec& spec : stream_.header.tensors()) {
      int64_t elements = 1;
      for (int64_t dimension : spec.shape()) elements *= dimension;
      EXPECT_EQ(spec.byte_size(), elements * ElementBytes());
      EXPECT_EQ(static_cast<int64_t>(stream_.tensors[spec.kind()].size()), spec.byte_size());
      bytes += spec.byte_size();
    }
    EXPECT_EQ(static_cast<int>(stream_.tensors.size()), stream_.header.tensors_size());
    EXPECT_EQ(stream_.footer.bytes(), bytes);
    EXPECT_EQ(stream_.footer.rows() * RowBytes() * stream_.header.tensors_size(), bytes);
    EXPECT_LE(stream_.footer.first_chunk_us(), stream_.footer.total_us());
  }

  const int64_t max_chunk_;
  CollectedStream stream_;
  bool ended_ = false;
};

}  // namespace

CollectedStream Collect(v1::RopeService::Stub* stub, grpc::ClientContext* context,
                        const v1::StreamEmbeddingsRequest& request) {
  Collector collector(request);
  const auto reader = stub->StreamEmbeddings(context, request);
  v1::StreamEmbeddingsResponse message;
  while (reader->Read(&message)) collector.Add(message);
  return collector.Finish(reader->Finish());
}

CollectedStream Collect(v1::RopeService::Stub* stub, const v1::StreamEmbeddingsRequest& request) {
  grpc::ClientContext context;
  return Collect(stub, &context, request);
}

v1::StreamEmbeddingsRequest RangeRequest(const std::string& config_json, int64_t start,
                                         int64_t count) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(config_json);
  request.mutable_position_ids()->mutable_range()->set_start(start);
  request.mutable_position_ids()->mutable_range()->set_count(count);
  return request;
}

}  // namespace rope::testing

// Positions of several axes through the service: the rows are put together from tables of one axis.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::RpcServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Four frequencies: two read time, one height, one width.
constexpr char kQwen2Vl[] = R"({"model_type": "qwen2_vl_text", "hidden_size": 32,
  "num_attention_heads": 4, "max_position_embeddings": 4096,
  "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1]}})";

v1::StreamEmbeddingsRequest Request(const std::vector<int64_t>& positions, int32_t axes) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(kQwen2Vl);
  request.set_layout(v1::LAYOUT_COMPACT);
  request.mutable_position_ids()->set_axes(axes);
  request.mutable_position_ids()->mutable_list()->mutable_values()->Add(positions.begin(),
                                                                        positions.end());
  return request;
}

std::vector<float> Floats(const std::string& bytes) {
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  return floats;
}

class AxesTest : public ::testing::Test {
 protected:
  CollectedStream Get(const v1::StreamEmbeddingsRequest& request) {
    return Collect(stub_.get(), request);
  }

  RpcServer server_;
  const std::unique_ptr<v1::RopeService::Stub> stub_ = server_.NewStub();
};

TEST_F(AxesTest, EachFrequencyReadsItsAxis) {
  // Two rows: (time, height, width) = (3, 50, 700) and (4, 60, 800).
  CollectedStream several = Get(Request({3, 4, 50, 60, 700, 800}, 3));
  ASSERT_TRUE(several.status.ok()) << several.status.error_message();
  EXPECT_EQ(several.header.position_axes(), 3);
  const v1::PositionAxes& axes = several.header.resolution().axes();
  EXPECT_EQ(axes.count(), 3);
  EXPECT_THAT(axes.of_frequency(), ElementsAre(0, 0, 1, 2));
  EXPECT_FALSE(axes.interleaved_pairs());
  EXPECT_THAT(several.header.tensors(0).shape(), ElementsAre(2, 4));

  CollectedStream single = Get(Request({3, 4, 50, 60, 700, 800}, 1));
  ASSERT_TRUE(single.status.ok());
  EXPECT_EQ(single.header.position_axes(), 1) << "all axes are taken to be equal";
  for (v1::TensorKind kind : {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN}) {
    const std::vector<float> rows = Floats(several.tensors[kind]);
    const std::vector<float> one_axis = Floats(single.tensors[kind]);
    for (size_t row = 0; row < 2; ++row) {
      for (size_t i = 0; i < 4; ++i) {
        const size_t axis = static_cast<size_t>(axes.of_frequency(static_cast<int>(i)));
        EXPECT_EQ(rows[row * 4 + i], one_axis[(axis * 2 + row) * 4 + i]);
      }
    }
  }
}

TEST_F(AxesTest, EqualAxesAreTheTableOfOneAxis) {
  const CollectedStream several = Get(Request({7, 9, 7, 9, 7, 9}, 3));
  const CollectedStream single = Get(Request({7, 9}, 1));
  EXPECT_EQ(several.tensors, single.tensors);
  EXPECT_EQ(several.header.resolution().config_id(), single.header.resolution().config_id());
}

TEST_F(AxesTest, RefusesAxesThatTheModelDoesNotHave) {
  const auto error = [this](const v1::StreamEmbeddingsRequest& request) {
    const CollectedStream stream = Get(request);
    EXPECT_EQ(stream.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return stream.status.error_message();
  };
  EXPECT_THAT(error(Request({1, 2, 3, 4}, 2)), HasSubstr("position_ids.axes must be 1 or 3"));
  EXPECT_THAT(error(Request({1, 2, 3, 4}, 3)), HasSubstr("divide the number of positions"));
  EXPECT_THAT(error(Request({1, 2, 3, 4}, 5)), HasSubstr("position_ids.axes must be 1 to 4"));
  EXPECT_THAT(error(Request({1, 2, 3, 4}, -3)), HasSubstr("not -3"));
  v1::StreamEmbeddingsRequest range = Request({}, 3);
  range.mutable_position_ids()->mutable_range()->set_count(3);
  EXPECT_THAT(error(range), HasSubstr("1 with range"));
  v1::StreamEmbeddingsRequest shape = Request({1, 2, 3}, 3);
  shape.mutable_position_ids()->add_shape(3);
  EXPECT_THAT(error(shape), HasSubstr("position_ids.shape"));
}

}  // namespace
}  // namespace rope

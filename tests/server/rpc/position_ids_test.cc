// BuildPositionIds through the generated stub: the answers are those of core, and what a limit or a
// mistake gives.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/built_positions.h"
#include "tests/core/positions/build_from_text.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/position_records.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rapidjson::Value;
using rope::testing::RpcServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kQwen2Vl[] = R"({"model_type": "qwen2_vl"})";

class PositionIdsTest : public ::testing::Test {
 protected:
  explicit PositionIdsTest(const engine::EngineOptions& options = {})
      : server_(options), stub_(server_.NewStub()) {}

  grpc::Status Call(const v1::BuildPositionIdsRequest& request,
                    v1::BuildPositionIdsResponse* response) {
    grpc::ClientContext context;
    return stub_->BuildPositionIds(&context, request, response);
  }

  v1::BuildPositionIdsResponse Get(const v1::BuildPositionIdsRequest& request) {
    v1::BuildPositionIdsResponse response;
    const grpc::Status status = Call(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  std::string Error(const v1::BuildPositionIdsRequest& request,
                    grpc::StatusCode code = grpc::StatusCode::INVALID_ARGUMENT) {
    v1::BuildPositionIdsResponse response;
    const grpc::Status status = Call(request, &response);
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    return status.error_message();
  }

  RpcServer server_;
  const std::unique_ptr<v1::RopeService::Stub> stub_;
};

v1::BuildPositionIdsRequest Request(const std::string& config) {
  v1::BuildPositionIdsRequest request;
  request.mutable_config()->set_model_config_json(config);
  return request;
}

// A picture of 2 x 2 tokens between two tokens of text.
v1::BuildPositionIdsRequest OnePicture() {
  v1::BuildPositionIdsRequest request = Request(kQwen2Vl);
  v1::TokenBatch& tokens = *request.mutable_tokens();
  tokens.set_rows(1);
  for (int64_t id : {11, 9, 9, 9, 9, 12}) tokens.add_input_ids(id);
  for (int64_t type : {0, 1, 1, 1, 1, 0}) tokens.add_mm_token_type_ids(type);
  for (int64_t side : {1, 4, 4}) tokens.add_image_grid_thw(side);
  return request;
}

TEST_F(PositionIdsTest, EveryRecordIsThatOfTheLibrary) {
  int compared = 0;
  testing::ForEachRecord("rope_index.jsonl", [&](const Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    const std::string config = testing::PositionConfigText(record, /*is_nested=*/true);
    const std::string inputs = testing::JsonTextOf(record["inputs"]);
    const auto expected = testing::BuildFromText(config, inputs);
    ASSERT_TRUE(expected.ok()) << expected.status();
    const auto settings = ReadPositionSettings(ReadJson(config)->root);
    const auto arguments = ReadRopeIndexArguments(ReadJson(inputs)->root, *settings->family);
    v1::BuildPositionIdsRequest request = Request(config);
    *request.mutable_tokens() = wire::TokensToProto(*arguments, *settings->family);
    const v1::BuildPositionIdsResponse response = Get(request);
    EXPECT_EQ(response.family(), record["model_type"].GetString());
    const auto index = wire::RopeIndexFromProto(response);
    ASSERT_TRUE(index.ok()) << index.status();
    EXPECT_EQ(index->axes, expected->axes);
    EXPECT_EQ(index->rows, expected->rows);
    EXPECT_EQ(index->tokens, expected->tokens);
    EXPECT_EQ(index->position_ids, expected->position_ids);
    EXPECT_EQ(index->rope_deltas, expected->rope_deltas);
    ASSERT_EQ(index->decode.has_value(), expected->decode.has_value());
    if (index->decode.has_value()) {
      EXPECT_EQ(index->decode->rows, expected->decode->rows);
      EXPECT_EQ(index->decode->tokens, expected->decode->tokens);
      EXPECT_EQ(index->decode->position_ids, expected->decode->position_ids);
    }
    ++compared;
  });
  EXPECT_EQ(compared, 90);
}

TEST_F(PositionIdsTest, ThePositionsFitIntoARequestForATable) {
  const v1::BuildPositionIdsResponse built = Get(OnePicture());
  EXPECT_THAT(built.rope_deltas(), ElementsAre(-2));
  EXPECT_EQ(built.position_ids().axes(), 3);
  EXPECT_THAT(built.position_ids().shape(), ElementsAre(1, 6));
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(
      R"({"model_type": "qwen2_vl_text", "hidden_size": 32, "num_attention_heads": 4,
          "max_position_embeddings": 4096, "rope_parameters":
          {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1]}})");
  *request.mutable_position_ids() = built.position_ids();
  const testing::CollectedStream table = testing::Collect(stub_.get(), request);
  ASSERT_TRUE(table.status.ok()) << table.status.error_message();
  EXPECT_EQ(table.header.position_axes(), 3);
  EXPECT_THAT(table.header.tensors(0).shape(), ElementsAre(1, 6, 8));
}

TEST_F(PositionIdsTest, PatchesHaveTheirAxesOneAfterTheOther) {
  v1::BuildPositionIdsRequest request = Request(
      R"({"model_type": "qwen2_5_vl", "vision_config": {"spatial_merge_size": 1,
          "window_size": 14}})");
  for (int64_t side : {1, 1, 2}) request.mutable_pictures()->add_grid(side);
  const v1::BuildPositionIdsResponse response = Get(request);
  EXPECT_EQ(response.position_ids().int32_le(), std::string("\0\0\0\0\0\0\0\0"
                                                            "\0\0\0\0\1\0\0\0",
                                                            16));
  EXPECT_THAT(response.position_ids().shape(), ElementsAre(2));
  EXPECT_THAT(response.window_index(), ElementsAre(0, 1));
  EXPECT_THAT(response.cu_window_seqlens(), ElementsAre(0, 1, 2));
  const auto positions = wire::VisionPositionsFromProto(response);
  EXPECT_THAT(positions->position_ids, ElementsAre(0, 0, 0, 1));
}

TEST_F(PositionIdsTest, SaysWhatIsWrong) {
  v1::BuildPositionIdsRequest request = Request(kQwen2Vl);
  EXPECT_THAT(Error(request), HasSubstr("input is missing; set tokens or pictures"));
  request.mutable_tokens();
  EXPECT_THAT(Error(request), HasSubstr("input_ids: it is missing or empty"));
  request = OnePicture();
  request.mutable_tokens()->set_rows(4);
  EXPECT_THAT(Error(request), HasSubstr("input_ids: its 6 values must be a whole number"));
  request.mutable_tokens()->set_rows(0);
  EXPECT_THAT(Error(request), HasSubstr("input_ids: its 6 values"));
  request = OnePicture();
  request.mutable_tokens()->add_attention_mask(1);
  EXPECT_THAT(Error(request), HasSubstr("attention_mask[0]: has 1 entries"));
  request = OnePicture();
  request.mutable_tokens()->add_image_grid_thw(1);
  EXPECT_THAT(Error(request), HasSubstr("image_grid_thw: the number of values must be a multiple"));
  request = OnePicture();
  request.mutable_tokens()->set_image_grid_thw(1, INT64_MAX);
  EXPECT_THAT(Error(request), HasSubstr("image_grid_thw[0][1]"));
  request = OnePicture();
  request.mutable_tokens()->add_second_per_grids(1.0);
  EXPECT_THAT(Error(request), HasSubstr("second_per_grids: qwen2_vl does not take this argument"));
  request = OnePicture();
  request.mutable_tokens()->set_use_audio_in_video(true);
  EXPECT_THAT(Error(request), HasSubstr("use_audio_in_video"));
  request = OnePicture();
  request.mutable_config()->set_model_config_json("{");
  EXPECT_THAT(Error(request), HasSubstr("config: "));
  request.mutable_config()->set_model_config_json(R"({"model_type": "llama"})");
  EXPECT_THAT(Error(request), HasSubstr("no rule for \"llama\" is known"));
  request.mutable_config()->clear_source();
  EXPECT_THAT(Error(request), HasSubstr("config"));
  request = Request(kQwen2Vl);
  request.mutable_pictures()->add_grid(1);
  EXPECT_THAT(Error(request), HasSubstr("grid: the number of values must be a multiple of 3"));
  request.mutable_pictures()->clear_grid();
  request.mutable_pictures()->add_pixels(7);
  request.mutable_pictures()->add_pixels(7);
  EXPECT_THAT(Error(request), HasSubstr("pixels: the vision tower of qwen2_vl"));
}

// A client must not believe the sizes of an answer.
TEST_F(PositionIdsTest, AnAnswerThatContradictsItselfIsRefused) {
  const v1::BuildPositionIdsResponse good = Get(OnePicture());
  ASSERT_TRUE(wire::RopeIndexFromProto(good).ok());
  EXPECT_FALSE(wire::VisionPositionsFromProto(good).ok()) << "it has rows of tokens";
  v1::BuildPositionIdsResponse bad = good;
  bad.mutable_position_ids()->set_shape(1, 7);
  EXPECT_EQ(wire::RopeIndexFromProto(bad).status().code(), absl::StatusCode::kDataLoss);
  bad = good;
  bad.mutable_position_ids()->set_shape(0, INT64_MAX);
  EXPECT_FALSE(wire::RopeIndexFromProto(bad).ok());
  bad = good;
  bad.mutable_position_ids()->set_shape(0, -1);
  bad.mutable_position_ids()->set_shape(1, -6);
  EXPECT_FALSE(wire::RopeIndexFromProto(bad).ok());
  bad = good;
  bad.clear_rope_deltas();
  EXPECT_FALSE(wire::RopeIndexFromProto(bad).ok());
  for (double delta : {std::nan(""), 1e300}) {
    bad = good;
    bad.set_rope_deltas(0, delta);
    EXPECT_FALSE(wire::RopeIndexFromProto(bad).ok());
  }
  bad = good;
  bad.mutable_decode_position_ids()->set_axes(3);
  for (int64_t size : {2, 2}) bad.mutable_decode_position_ids()->add_shape(size);
  EXPECT_FALSE(wire::RopeIndexFromProto(bad).ok());
}

class LimitedPositionIdsTest : public PositionIdsTest {
 protected:
  LimitedPositionIdsTest() : PositionIdsTest(Options()) {}
  static engine::EngineOptions Options() {
    engine::EngineOptions options;
    options.limits.max_built_positions = 18;
    options.limits.max_config_bytes = 100;
    return options;
  }
};

TEST_F(LimitedPositionIdsTest, LimitsAreChecked) {
  EXPECT_EQ(Get(OnePicture()).position_ids().int32_le().size(), 72U);
  v1::BuildPositionIdsRequest request = OnePicture();
  request.mutable_tokens()->add_input_ids(13);
  request.mutable_tokens()->add_mm_token_type_ids(0);
  const grpc::StatusCode exhausted = grpc::StatusCode::RESOURCE_EXHAUSTED;
  EXPECT_THAT(Error(request, exhausted), HasSubstr("input_ids: more than 18 positions"));
  request = Request(kQwen2Vl);
  for (int64_t side : {1, 4, 4}) request.mutable_pictures()->add_grid(side);
  EXPECT_THAT(Error(request, exhausted), HasSubstr("grid: more than 18 positions"));
  EXPECT_THAT(Error(Request(std::string(101, ' ')), exhausted), HasSubstr("config: has 101 bytes"));
  request = Request(kQwen2Vl);
  const std::string ids(17 << 20, '\1');
  request.mutable_tokens()->mutable_input_ids()->Add(ids.begin(), ids.end());
  EXPECT_THAT(Error(request, exhausted), HasSubstr("this server accepts at most 16777216"));
  // GLM-Image numbers tokens that do not exist yet, as many as its grids say.
  request = Request(R"({"model_type": "glm_image"})");
  request.mutable_tokens()->set_rows(1);
  request.mutable_tokens()->add_input_ids(5);
  for (int64_t side : {1, 1000, 1000}) request.mutable_tokens()->add_image_grid_thw(side);
  EXPECT_THAT(Error(request), HasSubstr("at most 18 positions are built"));
}

}  // namespace
}  // namespace rope

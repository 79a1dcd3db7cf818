// Requests that give frequencies, factors and windows beside the configuration.
#include <cmath>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/convert.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::kDynamic;
using rope::testing::kGemma3;
using rope::testing::kSmallHead;
using rope::testing::MakeReferenceTable;
using rope::testing::RangeRequest;
using rope::testing::ReferenceTable;
using rope::testing::RpcServer;
using ::testing::HasSubstr;

constexpr char kDeepseekV4[] = R"({"model_type": "deepseek_v4", "head_dim": 512,
  "hidden_size": 4096, "num_attention_heads": 64, "qk_rope_head_dim": 64,
  "max_position_embeddings": 65536, "rope_theta": 10000.0, "compress_rope_theta": 160000.0,
  "partial_rotary_factor": 0.125})";

class OverridesTest : public ::testing::Test {
 protected:
  static RpcServer& server() {
    static RpcServer* const server = new RpcServer();
    return *server;
  }

  CollectedStream Get(const v1::StreamEmbeddingsRequest& request) {
    CollectedStream stream = Collect(stub_.get(), request);
    EXPECT_TRUE(stream.status.ok()) << stream.status.error_message();
    return stream;
  }

  const std::unique_ptr<v1::RopeService::Stub> stub_ = server().NewStub();
};

// The override of the only layer type.
v1::LayerOverride* Override(v1::StreamEmbeddingsRequest* request) {
  return &(*request->mutable_config()->mutable_overrides())[""];
}

// What the factors do to frequencies is recorded (tests/core/validation/overrides_test.cc). Here
// the tables are those of such frequencies by the reference backend.
TEST_F(OverridesTest, TablesOfScaledFrequenciesInEveryForm) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 7, 33);
  RopeConfig config = *ReadModelConfig(kSmallHead).Find("")->config;
  for (int i = 0; i < 8; ++i) {
    config.lane_scale.push_back(1.0 + 0.3 * i);
    Override(&request)->add_lane_scale(config.lane_scale.back());
  }
  int forms = 0;
  for (NumericProfile profile : AllNumericProfiles()) {
    const FrequencyPlan plan = *MakeFrequencyPlan(config, profile, 40, HfCallSite::kForward);
    request.set_numeric_profile(wire::NumericProfileToProto(profile));
    for (DType dtype : AllDTypes()) {
      for (Layout layout : AllLayouts()) {
        const TableForm form{dtype, layout};
        if (IsJoined(layout) || !CheckForm(form, profile).ok()) continue;
        ++forms;
        request.set_dtype(wire::DTypeToProto(dtype));
        request.set_layout(wire::LayoutToProto(layout));
        CollectedStream stream = Get(request);
        const ReferenceTable expected = MakeReferenceTable(plan, *PositionIds::Range(7, 33), form);
        EXPECT_TRUE(stream.tensors[v1::TENSOR_KIND_COS] == expected.cos);
        EXPECT_TRUE(stream.tensors[v1::TENSOR_KIND_SIN] == expected.sin);
        EXPECT_TRUE(stream.header.resolution().lane_scale_given());
        EXPECT_FALSE(stream.header.resolution().inv_freq_given());
        EXPECT_EQ(stream.header.resolution().config_id(), ConfigId(plan));
      }
    }
  }
  EXPECT_EQ(forms, 21);
}

TEST_F(OverridesTest, GivenFrequenciesStandInForAnyConfiguration) {
  v1::StreamEmbeddingsRequest request = RangeRequest("", 0, 16);
  v1::ModelShape& shape = *request.mutable_config()->mutable_typed()->mutable_shape();
  shape.set_model_type("llama");
  shape.set_head_dim(8);
  FrequencyPlan plan;
  plan.inv_freq = {1.0F, 0.375F, 0.0F, 0x1p-20F};
  for (const float w : plan.inv_freq) Override(&request)->add_inv_freq(w);
  CollectedStream stream = Get(request);
  const ReferenceTable expected = MakeReferenceTable(plan, *PositionIds::Range(0, 16), {});
  EXPECT_TRUE(stream.tensors[v1::TENSOR_KIND_COS] == expected.cos);
  EXPECT_TRUE(stream.tensors[v1::TENSOR_KIND_SIN] == expected.sin);
  EXPECT_TRUE(stream.header.resolution().inv_freq_given());
}

// A plan that is kept and a bucket of the cache belong to their numbers, bit by bit.
TEST_F(OverridesTest, OneBitMakesAnotherTable) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kDynamic, 100, 20);
  for (int i = 0; i < 32; ++i) Override(&request)->add_lane_scale(0.75);
  const CollectedStream first = Get(request);
  EXPECT_EQ(first.header.cache(), v1::CACHE_OUTCOME_MISS);
  request.set_chunk_bytes(4096);  // another request, so that no answer is remembered
  EXPECT_EQ(Get(request).header.cache(), v1::CACHE_OUTCOME_HIT);
  Override(&request)->set_lane_scale(31, std::nextafter(0.75F, 1.0F));
  const CollectedStream other = Get(request);
  EXPECT_EQ(other.header.cache(), v1::CACHE_OUTCOME_MISS);
  EXPECT_NE(other.header.resolution().config_id(), first.header.resolution().config_id());
  request.mutable_config()->clear_overrides();
  const CollectedStream plain = Get(request);
  EXPECT_EQ(plain.header.resolution().config_id(),
            ConfigId(rope::testing::MakeForwardPlan(kDynamic, 120)));
}

TEST_F(OverridesTest, FactorsFollowTheLengthOfTypeDynamic) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kDynamic, 0, 4);
  for (int i = 0; i < 32; ++i) Override(&request)->add_lane_scale(0.5);
  Override(&request)->mutable_window()->set_offset(3);
  Override(&request)->mutable_window()->set_width(64);
  for (const int64_t seq_len : {4, 4096, 9999, 4096}) {
    request.set_seq_len(seq_len);
    FrequencyPlan plan = rope::testing::MakeForwardPlan(kDynamic, seq_len);
    for (float& w : plan.inv_freq) w *= 0.5F;
    const CollectedStream stream = Get(request);
    EXPECT_EQ(stream.header.resolution().config_id(), ConfigId(plan)) << seq_len;
    EXPECT_EQ(stream.header.window().offset(), 3) << seq_len;
  }
}

TEST_F(OverridesTest, TheHeaderSaysWhichChannelsRotate) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 0, 4);
  EXPECT_EQ(Get(request).header.window().offset(), 0);
  EXPECT_EQ(Get(request).header.window().width(), 16);
  Override(&request)->mutable_window()->set_offset(6);
  Override(&request)->mutable_window()->set_width(10);
  const CollectedStream stream = Get(request);
  EXPECT_EQ(stream.header.window().offset(), 6);
  EXPECT_EQ(stream.header.window().width(), 10);
  EXPECT_EQ(stream.header.resolution().rotary_dim(), 10);
  EXPECT_EQ(stream.header.tensors(0).shape(1), 10);
  // Tables do not depend on the offset.
  Override(&request)->mutable_window()->set_offset(0);
  EXPECT_EQ(Get(request).header.resolution().config_id(), stream.header.resolution().config_id());
}

// DeepSeek-V4 rotates the last 64 of 512 channels.
TEST_F(OverridesTest, AFamilyMayRotateTheLastChannels) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kDeepseekV4, 0, 4);
  request.set_layer_type("main");
  const v1::Window window = Get(request).header.window();
  EXPECT_EQ(window.offset(), 448);
  EXPECT_EQ(window.width(), 64);
}

TEST_F(OverridesTest, FrequenciesOfOneLayerTypeOfSeveral) {
  v1::GetFrequenciesRequest request;
  request.mutable_config()->set_model_config_json(kGemma3);
  v1::LayerOverride& given = (*request.mutable_config()->mutable_overrides())["sliding_attention"];
  for (int i = 0; i < 128; ++i) given.add_inv_freq(0.25 * i);
  grpc::ClientContext context;
  v1::GetFrequenciesResponse response;
  ASSERT_TRUE(stub_->GetFrequencies(&context, request, &response).ok());
  ASSERT_EQ(response.frequencies_size(), 2);
  for (const v1::Frequencies& one : response.frequencies()) {
    const bool sliding = one.resolution().layer_type() == "sliding_attention";
    EXPECT_EQ(one.resolution().inv_freq_given(), sliding);
    EXPECT_EQ(one.inv_freq(3) == 0.75F, sliding);
  }
}

// Of this family, the configuration alone is refused: its checkpoint has factors.
TEST_F(OverridesTest, StrictAcceptsAConfigurationWhoseFactorsAreGiven) {
  v1::StreamEmbeddingsRequest request =
      RangeRequest(R"({"model_type": "mistral_large4_text"})", 0, 4);
  request.mutable_config()->set_strict(true);
  EXPECT_EQ(Collect(stub_.get(), request).status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  for (int i = 0; i < 32; ++i) Override(&request)->add_lane_scale(1.5);
  EXPECT_EQ(Get(request).header.resolution().reading().warning_codes_size(), 0);
  v1::ValidateConfigRequest validate;
  *validate.mutable_config() = request.config();
  v1::ValidateConfigResponse validation;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->ValidateConfig(&context, validate, &validation).ok());
  EXPECT_TRUE(validation.valid());
}

TEST_F(OverridesTest, EveryMethodRefusesWhatDoesNotFit) {
  v1::StreamEmbeddingsRequest table = RangeRequest(kSmallHead, 0, 4);
  Override(&table)->add_lane_scale(1.0);
  const std::string message =
      "config.overrides[\"\"].lane_scale must have 8 values, one for each frequency, not 1";
  const CollectedStream stream = Collect(stub_.get(), table);
  EXPECT_EQ(stream.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(stream.status.error_message(), HasSubstr(message));

  v1::ValidateConfigRequest validate;
  *validate.mutable_config() = table.config();
  v1::ValidateConfigResponse validation;
  grpc::ClientContext validate_context;
  EXPECT_EQ(stub_->ValidateConfig(&validate_context, validate, &validation).error_message(),
            message);

  v1::PlanSequenceRequest plan;
  *plan.mutable_config() = table.config();
  plan.add_lengths(5);
  v1::PlanSequenceResponse plans;
  grpc::ClientContext plan_context;
  EXPECT_EQ(stub_->PlanSequence(&plan_context, plan, &plans).error_message(), message);
}

}  // namespace
}  // namespace rope

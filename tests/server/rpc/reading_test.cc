// Every answer says how the configuration was read: the same as ValidateConfig says at length.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::kDynamic;
using rope::testing::kGemma3;
using rope::testing::kLlama31;
using rope::testing::RangeRequest;
using rope::testing::RpcServer;
using ::testing::IsEmpty;

// A composite file: the text model has no theta, and a scaling beside the text model has no effect.
constexpr char kDoubtful[] = R"({"model_type": "llava",
  "rope_scaling": {"rope_type": "linear", "factor": 2.0},
  "text_config": {"model_type": "llama", "hidden_size": 256, "num_attention_heads": 4,
                  "max_position_embeddings": 4096, "rope_scaling": {"rope_type": "dynamic",
                                                                    "factor": 2.0}}})";

class ReadingTest : public ::testing::TestWithParam<const char*> {
 protected:
  v1::ModelConfig config() const {
    v1::ModelConfig config;
    config.set_model_config_json(GetParam());
    return config;
  }

  v1::ValidateConfigResponse Validation() {
    v1::ValidateConfigRequest request;
    *request.mutable_config() = config();
    grpc::ClientContext context;
    v1::ValidateConfigResponse response;
    EXPECT_TRUE(stub_->ValidateConfig(&context, request, &response).ok());
    return response;
  }

  v1::GetFrequenciesResponse Frequencies() {
    v1::GetFrequenciesRequest request;
    *request.mutable_config() = config();
    grpc::ClientContext context;
    v1::GetFrequenciesResponse response;
    EXPECT_TRUE(stub_->GetFrequencies(&context, request, &response).ok());
    return response;
  }

  v1::Reading ReadingOfTable(const v1::StreamEmbeddingsRequest& request) {
    const auto stream = Collect(stub_.get(), request);
    EXPECT_TRUE(stream.status.ok()) << stream.status.error_message();
    return stream.header.resolution().reading();
  }

  RpcServer server_;
  const std::unique_ptr<v1::RopeService::Stub> stub_ = server_.NewStub();
};

// What `validation` says of one layer type, in the form of a Reading.
v1::Reading ReadingIn(const v1::ValidateConfigResponse& validation, const std::string& layer_type) {
  v1::Reading reading;
  reading.set_family(validation.family());
  reading.set_text_model_path(validation.text_model_path());
  auto* const codes = reading.mutable_warning_codes();
  for (const v1::Finding& finding : validation.findings()) {
    const bool is_new = std::find(codes->begin(), codes->end(), finding.code()) == codes->end();
    if (finding.severity() == v1::SEVERITY_WARNING && is_new) *codes->Add() = finding.code();
  }
  for (const v1::LayerTypeReport& layer : validation.layer_types()) {
    if (layer.layer_type() != layer_type) continue;
    for (const v1::EffectiveValue& value : layer.effective_values()) {
      if (!absl::StartsWith(value.source(), "default of ")) continue;
      v1::AssumedValue& assumed = *reading.add_assumed();
      assumed.set_name(value.name());
      assumed.set_value_json(value.value_json());
      assumed.set_source(value.source());
    }
  }
  return reading;
}

TEST_P(ReadingTest, EveryAnswerSaysWhatValidateConfigSays) {
  const v1::ValidateConfigResponse validation = Validation();
  ASSERT_TRUE(validation.valid());
  const v1::GetFrequenciesResponse frequencies = Frequencies();
  for (const v1::Frequencies& one : frequencies.frequencies()) {
    const std::string& layer_type = one.resolution().layer_type();
    const std::string expected = ReadingIn(validation, layer_type).DebugString();
    EXPECT_EQ(one.resolution().reading().DebugString(), expected);

    v1::WarmTablesRequest warm;
    *warm.add_tables() = RangeRequest(GetParam(), 0, 5000);
    warm.mutable_tables(0)->set_layer_type(layer_type);
    grpc::ClientContext context;
    v1::WarmTablesResponse warmed;
    ASSERT_TRUE(stub_->WarmTables(&context, warm, &warmed).ok());
    EXPECT_EQ(warmed.tables(0).reading().DebugString(), expected);

    // Each request twice, so that the second answer comes from a cache. Of a dynamic configuration
    // 5000 positions have other frequencies than 10.
    for (int64_t positions : {10, 10, 5000, 5000}) {
      v1::StreamEmbeddingsRequest table = RangeRequest(GetParam(), 0, positions);
      table.set_layer_type(layer_type);
      EXPECT_EQ(ReadingOfTable(table).DebugString(), expected) << positions;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, ReadingTest,
                         ::testing::Values(kLlama31, kDynamic, kGemma3, kDoubtful));

using DoubtfulReadingTest = ReadingTest;

TEST_P(DoubtfulReadingTest, NamesThePartTheWarningsAndTheAssumptions) {
  const v1::Reading reading = Frequencies().frequencies(0).resolution().reading();
  EXPECT_EQ(reading.family(), "llama");
  EXPECT_EQ(reading.text_model_path(), "text_config");
  // The lost theta, and the scaling outside the text model.
  EXPECT_THAT(reading.warning_codes(), ::testing::UnorderedElementsAre("ROPE-W132", "ROPE-W133"));
  ASSERT_GE(reading.assumed_size(), 1);
  EXPECT_EQ(reading.assumed(0).name(), "rope_theta");
  EXPECT_EQ(reading.assumed(0).value_json(), "10000.0");

  v1::GetFrequenciesRequest strict;
  *strict.mutable_config() = config();
  strict.mutable_config()->set_strict(true);
  grpc::ClientContext context;
  v1::GetFrequenciesResponse response;
  EXPECT_EQ(stub_->GetFrequencies(&context, strict, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

INSTANTIATE_TEST_SUITE_P(Doubtful, DoubtfulReadingTest, ::testing::Values(kDoubtful));

using UndoubtedReadingTest = ReadingTest;

TEST_P(UndoubtedReadingTest, HasNoWarningAndAssumesNoFrequency) {
  const v1::Reading reading = Frequencies().frequencies(0).resolution().reading();
  EXPECT_EQ(reading.family(), "llama");
  EXPECT_EQ(reading.text_model_path(), "");
  EXPECT_THAT(reading.warning_codes(), IsEmpty());
  EXPECT_EQ(reading.assumed_size(), 0);
  EXPECT_FALSE(reading.preset_unverified());
}

INSTANTIATE_TEST_SUITE_P(Llama31, UndoubtedReadingTest, ::testing::Values(kLlama31));

TEST(PresetReadingTest, SaysWhetherThePresetWasVerified) {
  RpcServer server;
  const auto stub = server.NewStub();
  v1::ListPresetsResponse presets;
  grpc::ClientContext list;
  ASSERT_TRUE(stub->ListPresets(&list, {}, &presets).ok());
  for (const v1::Preset& preset : presets.presets()) {
    v1::GetFrequenciesRequest request;
    request.mutable_config()->set_preset(preset.name());
    grpc::ClientContext context;
    v1::GetFrequenciesResponse response;
    if (!stub->GetFrequencies(&context, request, &response).ok()) continue;  // an axial one
    EXPECT_EQ(response.frequencies(0).resolution().reading().preset_unverified(),
              preset.certainty() != "verified")
        << preset.name();
  }
}

}  // namespace
}  // namespace rope

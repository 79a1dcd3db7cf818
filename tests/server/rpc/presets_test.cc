// Presets over the wire: listing them, fetching one, naming one in a request, comparing with one.
// Also strict requests.
#include "core/presets/presets.h"

#include <string>

#include "core/json/json_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::RpcServer;
using ::testing::HasSubstr;

// Has a warning: the right key is attention_factor.
constexpr char kWarned[] = R"({"model_type": "llama", "hidden_size": 4096,
    "num_attention_heads": 32, "max_position_embeddings": 8192, "rope_theta": 10000.0,
    "rope_scaling": {"rope_type": "yarn", "factor": 2.0, "attn_factor": 1.5,
                     "original_max_position_embeddings": 4096}})";

class PresetsRpcTest : public ::testing::Test {
 protected:
  static v1::RopeService::Stub& stub() {
    static RpcServer* const server = new RpcServer();
    static v1::RopeService::Stub* const stub = server->NewStub().release();
    return *stub;
  }

  static grpc::Status Validate(const v1::ValidateConfigRequest& request,
                               v1::ValidateConfigResponse* response) {
    grpc::ClientContext context;
    return stub().ValidateConfig(&context, request, response);
  }

  static grpc::Status Frequencies(const v1::ModelConfig& config,
                                  v1::GetFrequenciesResponse* response) {
    grpc::ClientContext context;
    v1::GetFrequenciesRequest request;
    *request.mutable_config() = config;
    return stub().GetFrequencies(&context, request, response);
  }
};

TEST_F(PresetsRpcTest, AreListedWithoutAndFetchedWithTheirConfiguration) {
  grpc::ClientContext context;
  v1::ListPresetsResponse list;
  ASSERT_TRUE(stub().ListPresets(&context, {}, &list).ok());
  ASSERT_EQ(static_cast<size_t>(list.presets_size()), AllPresets().size());
  for (const v1::Preset& preset : list.presets()) {
    EXPECT_TRUE(preset.config_json().empty());
    EXPECT_FALSE(preset.title().empty());
  }
  grpc::ClientContext second;
  v1::GetPresetRequest request;
  request.set_name("llama-3.1-8b");
  v1::GetPresetResponse one;
  ASSERT_TRUE(stub().GetPreset(&second, request, &one).ok());
  EXPECT_THAT(one.preset().config_json(), HasSubstr("\"rope_theta\":500000.0"));
}

TEST_F(PresetsRpcTest, AnUnknownNameIsRefusedByEveryMethod) {
  grpc::ClientContext context;
  v1::GetPresetRequest request;
  request.set_name("llama-9");
  v1::GetPresetResponse one;
  const grpc::Status missing = stub().GetPreset(&context, request, &one);
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(missing.error_message(), HasSubstr("llama-3.1-8b"));

  v1::ModelConfig config;
  config.set_preset("no-such");
  v1::GetFrequenciesResponse frequencies;
  const grpc::Status named = Frequencies(config, &frequencies);
  EXPECT_EQ(named.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(named.error_message(), HasSubstr("config.preset"));

  v1::ValidateConfigRequest validate;
  validate.mutable_config()->set_model_config_json(kWarned);
  validate.set_compare_preset("no-such");
  v1::ValidateConfigResponse response;
  const grpc::Status compared = Validate(validate, &response);
  EXPECT_EQ(compared.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(compared.error_message(), HasSubstr("compare_preset"));
}

TEST_F(PresetsRpcTest, APresetsNameAndItsTextGiveTheSameAnswer) {
  v1::ModelConfig named;
  named.set_preset("llama-3.1-8b");
  v1::ModelConfig text;
  text.set_model_config_json(FindPreset("llama-3.1-8b")->config_json);
  v1::GetFrequenciesResponse a;
  v1::GetFrequenciesResponse b;
  ASSERT_TRUE(Frequencies(named, &a).ok());
  ASSERT_TRUE(Frequencies(text, &b).ok());
  EXPECT_EQ(a.SerializeAsString(), b.SerializeAsString());

  v1::StreamEmbeddingsRequest request;
  *request.mutable_config() = named;
  request.mutable_position_ids()->mutable_range()->set_count(3);
  const auto stream = Collect(&stub(), request);
  ASSERT_TRUE(stream.status.ok()) << stream.status.error_message();
  EXPECT_EQ(stream.header.resolution().config_id(), a.frequencies(0).resolution().config_id());
}

TEST_F(PresetsRpcTest, ComparisonIsPartOfTheAnswer) {
  JsonValue changed = JsonLiteral(FindPreset("llama-3.1-8b")->config_json);
  changed.Erase("rope_scaling");
  v1::ValidateConfigRequest request;
  request.mutable_config()->set_model_config_json(WriteJson(changed));
  v1::ValidateConfigResponse response;
  ASSERT_TRUE(Validate(request, &response).ok());
  EXPECT_FALSE(response.has_drift());
  request.set_compare_preset("llama-3.1-8b");
  ASSERT_TRUE(Validate(request, &response).ok());
  ASSERT_TRUE(response.has_drift());
  EXPECT_EQ(response.drift().preset(), "llama-3.1-8b");
  ASSERT_EQ(response.drift().layers_size(), 1);
  EXPECT_GT(response.drift().layers(0).moved_size(), 0);
  // llama3 divides the lowest frequencies by its factor, 8.
  EXPECT_NEAR(response.drift().layers(0).largest_ratio(), 8.0, 1e-5);
}

TEST_F(PresetsRpcTest, StrictRefusesWarningsInEveryMethod) {
  v1::ModelConfig config;
  config.set_model_config_json(kWarned);
  v1::GetFrequenciesResponse frequencies;
  EXPECT_TRUE(Frequencies(config, &frequencies).ok());
  config.set_strict(true);
  EXPECT_EQ(Frequencies(config, &frequencies).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::ValidateConfigRequest request;
  *request.mutable_config() = config;
  v1::ValidateConfigResponse response;
  ASSERT_TRUE(Validate(request, &response).ok());
  EXPECT_FALSE(response.valid());
  v1::StreamEmbeddingsRequest stream;
  *stream.mutable_config() = config;
  stream.mutable_position_ids()->mutable_range()->set_count(3);
  EXPECT_EQ(Collect(&stub(), stream).status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PresetsRpcTest, TheAnswerSaysWhereValuesComeFromAndWhichLayersUseThem) {
  v1::ValidateConfigRequest request;
  request.mutable_config()->set_model_config_json(
      R"({"model_type": "smollm3", "num_hidden_layers": 4, "rope_theta": 5000000.0})");
  v1::ValidateConfigResponse response;
  ASSERT_TRUE(Validate(request, &response).ok());
  ASSERT_EQ(response.layer_types_size(), 1);
  const v1::LayerTypeReport& layer = response.layer_types(0);
  EXPECT_TRUE(layer.has_rope());
  EXPECT_EQ(layer.layers_size(), 3);
  ASSERT_EQ(response.layers_without_rope_size(), 1);
  EXPECT_EQ(response.layers_without_rope(0), 3);
  bool found = false;
  for (const v1::EffectiveValue& value : layer.effective_values()) {
    if (value.name() != "rope_theta") continue;
    found = true;
    EXPECT_EQ(value.value_json(), "5000000.0");
    EXPECT_EQ(value.path(), "rope_theta");
    EXPECT_EQ(value.source(), "given");
  }
  EXPECT_TRUE(found);
  EXPECT_FALSE(response.loaded_rope_parameters_json().empty());
}

}  // namespace
}  // namespace rope

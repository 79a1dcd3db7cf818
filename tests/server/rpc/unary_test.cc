// GetFrequencies, ValidateConfig, GetServerInfo.
#include <bit>
#include <string>
#include <vector>

#include "core/backends/backends.h"
#include "core/rope_types/rope_types.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rope/v1/status.pb.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::kDynamic;
using rope::testing::kGemma3;
using rope::testing::kLlama31;
using rope::testing::RpcServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A required key is missing.
constexpr char kNoFactor[] = R"({"model_type": "llama", "head_dim": 64, "rope_theta": 10000.0,
    "rope_scaling": {"rope_type": "linear"}})";

class UnaryTest : public ::testing::Test {
 protected:
  static RpcServer& server() {
    static RpcServer* const server = new RpcServer();
    return *server;
  }

  grpc::Status GetFrequencies(const v1::GetFrequenciesRequest& request,
                              v1::GetFrequenciesResponse* response) {
    grpc::ClientContext context;
    return stub_->GetFrequencies(&context, request, response);
  }

  v1::GetFrequenciesResponse FrequenciesOf(const std::string& json, int64_t seq_len = 0) {
    v1::GetFrequenciesRequest request;
    request.mutable_config()->set_model_config_json(json);
    if (seq_len > 0) request.set_seq_len(seq_len);
    v1::GetFrequenciesResponse response;
    const grpc::Status status = GetFrequencies(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  v1::ValidateConfigResponse ValidationOf(const v1::ModelConfig& config) {
    v1::ValidateConfigRequest request;
    *request.mutable_config() = config;
    grpc::ClientContext context;
    v1::ValidateConfigResponse response;
    const grpc::Status status = stub_->ValidateConfig(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  v1::ValidateConfigResponse ValidationOf(const std::string& json) {
    v1::ModelConfig config;
    config.set_model_config_json(json);
    return ValidationOf(config);
  }

  const std::unique_ptr<v1::RopeService::Stub> stub_ = server().NewStub();
};

TEST_F(UnaryTest, FrequenciesOfTheOnlyLayerType) {
  const v1::GetFrequenciesResponse response = FrequenciesOf(kLlama31);
  ASSERT_EQ(response.frequencies_size(), 1);
  const v1::Frequencies& frequencies = response.frequencies(0);
  EXPECT_EQ(frequencies.inv_freq_size(), 64);
  EXPECT_EQ(frequencies.inv_freq(0), 1.0F);
  EXPECT_EQ(frequencies.numeric_profile(), v1::NUMERIC_PROFILE_HF);
  EXPECT_EQ(frequencies.resolution().rope_type(), "llama3");
  EXPECT_FALSE(frequencies.resolution().has_seq_len()) << "frequencies as loaded";
  EXPECT_THAT(frequencies.resolution().config_id(), HasSubstr("rope1-"));
}

// The bits are those of tests/golden/attention_scaling.jsonl: llama4_text at 0, 8191, 100000.
TEST_F(UnaryTest, QueryFactorsOfLlama4) {
  v1::GetFrequenciesRequest request;
  request.mutable_config()->set_model_config_json(
      R"({"model_type": "llama4_text", "num_hidden_layers": 4, "no_rope_layers": [1, 1, 1, 0]})");
  for (int64_t position : {0, 8191, 100000}) {
    request.mutable_query_positions()->mutable_list()->add_values(position);
  }
  v1::GetFrequenciesResponse response;
  ASSERT_TRUE(GetFrequencies(request, &response).ok());
  EXPECT_THAT(response.query_scale(), ElementsAre(1.0F, std::bit_cast<float>(0x3f88df4e),
                                                  std::bit_cast<float>(0x3fa0d4d4)));
  const v1::AttentionScaling& scaling = response.frequencies(0).resolution().attention_scaling();
  EXPECT_EQ(scaling.softmax_scale_factor(), 1.0);
  EXPECT_EQ(scaling.queries().interval(), 8192);
  EXPECT_TRUE(scaling.queries().layers_without_rope());

  const auto refusal = [&] { return GetFrequencies(request, &response).error_message(); };
  request.mutable_query_positions()->set_axes(3);
  EXPECT_THAT(refusal(), HasSubstr("query_positions: must have one axis"));
  request.mutable_query_positions()->Clear();
  EXPECT_THAT(refusal(), HasSubstr("query_positions: "));
  request.mutable_query_positions()->mutable_range()->set_count((1 << 18) + 1);
  EXPECT_EQ(GetFrequencies(request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  request.mutable_query_positions()->mutable_range()->set_count(1);
  request.mutable_config()->set_model_config_json(kLlama31);
  EXPECT_THAT(refusal(), HasSubstr("query_positions: must be absent"));
  request.clear_query_positions();
  ASSERT_TRUE(GetFrequencies(request, &response).ok());
  EXPECT_FALSE(response.frequencies(0).resolution().has_attention_scaling());
}

// Frequencies of a dialect: expected values are those of tests/golden/engines.jsonl, record
// A/sglang/yarn/6.
TEST_F(UnaryTest, FrequenciesOfADialect) {
  v1::GetFrequenciesRequest request;
  request.mutable_config()->set_model_config_json(
      R"({"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
          "max_position_embeddings": 2048, "rope_theta": 1000000,
          "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "attn_factor": 0.5,
                           "original_max_position_embeddings": 2048}})");
  request.mutable_config()->set_dialect("sglang");
  v1::GetFrequenciesResponse response;
  ASSERT_TRUE(GetFrequencies(request, &response).ok());
  const v1::Resolution& resolution = response.frequencies(0).resolution();
  EXPECT_EQ(resolution.attention_factor(), 0.5693147180559945);
  EXPECT_EQ(resolution.dialect().name(), "sglang");
  EXPECT_EQ(resolution.dialect().version(), "0.5.23");
  EXPECT_EQ(resolution.dialect().engine_class(), "YaRNScalingRotaryEmbedding");
  EXPECT_EQ(resolution.dialect().table_rows(), 8192);
  EXPECT_FALSE(resolution.dialect().guess());

  request.set_numeric_profile(v1::NUMERIC_PROFILE_EXACT);
  EXPECT_THAT(GetFrequencies(request, &response).error_message(), HasSubstr("numeric_profile"));
  request.clear_numeric_profile();
  request.mutable_config()->set_dialect("tgi");
  EXPECT_THAT(GetFrequencies(request, &response).error_message(),
              HasSubstr("dialect must be one of transformers, vllm, sglang"));
  request.mutable_config()->set_dialect("vllm");
  request.mutable_config()->set_model_config_json(kNoFactor);
  const grpc::Status refused = GetFrequencies(request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.error_message(), HasSubstr("vllm 0.33.0 refuses rope_scaling.factor"));
}

TEST_F(UnaryTest, MethodsOfTransformersRefuseOtherDialects) {
  v1::ValidateConfigRequest request;
  request.mutable_config()->set_model_config_json(kLlama31);
  request.mutable_config()->set_dialect("vllm");
  grpc::ClientContext context;
  v1::ValidateConfigResponse response;
  const grpc::Status status = stub_->ValidateConfig(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("config.dialect"));
}

TEST_F(UnaryTest, FrequenciesOfEveryLayerTypeOrOfOne) {
  const v1::GetFrequenciesResponse all = FrequenciesOf(kGemma3);
  ASSERT_EQ(all.frequencies_size(), 2);
  for (const v1::Frequencies& one : all.frequencies()) {
    v1::GetFrequenciesRequest request;
    request.mutable_config()->set_model_config_json(kGemma3);
    request.set_layer_type(one.resolution().layer_type());
    v1::GetFrequenciesResponse response;
    ASSERT_TRUE(GetFrequencies(request, &response).ok());
    ASSERT_EQ(response.frequencies_size(), 1);
    EXPECT_EQ(response.frequencies(0).SerializeAsString(), one.SerializeAsString());
  }
}

TEST_F(UnaryTest, FrequenciesAtALength) {
  const auto at = [&](int64_t seq_len) {
    return FrequenciesOf(kDynamic, seq_len).frequencies(0).inv_freq(5);
  };
  EXPECT_EQ(at(0), at(2048));
  EXPECT_GT(at(2048), at(8192)) << "longer sequences are stretched";
  EXPECT_EQ(FrequenciesOf(kDynamic, 777).frequencies(0).resolution().seq_len(), 777);
}

TEST_F(UnaryTest, FrequenciesOfAForwardAreThoseOfItsTable) {
  v1::GetFrequenciesRequest request;
  request.mutable_config()->set_model_config_json(kDynamic);
  request.set_seq_len(9999);
  request.set_of_forward(true);
  v1::GetFrequenciesResponse forward;
  ASSERT_TRUE(GetFrequencies(request, &forward).ok());
  const v1::GetFrequenciesResponse number = FrequenciesOf(kDynamic, 9999);
  EXPECT_NE(forward.frequencies(0).resolution().config_id(),
            number.frequencies(0).resolution().config_id());
  const auto table = testing::Collect(stub_.get(), testing::RangeRequest(kDynamic, 0, 9999));
  EXPECT_EQ(forward.frequencies(0).resolution().config_id(), table.header.resolution().config_id());
}

TEST_F(UnaryTest, PlansOfSeveralLengths) {
  v1::PlanSequenceRequest request;
  request.mutable_config()->set_model_config_json(kDynamic);
  for (int64_t length : {100, 5000, 5000}) request.add_lengths(length);
  v1::PlanSequenceResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->PlanSequence(&context, request, &response).ok());
  ASSERT_EQ(response.plans_size(), 3);
  EXPECT_EQ(response.plans(0).regime(), v1::LENGTH_REGIME_ORIGINAL);
  EXPECT_EQ(response.plans(0).until(), 2048);
  EXPECT_EQ(response.plans(0).config_id(), response.resolution().config_id());
  EXPECT_EQ(response.plans(1).regime(), v1::LENGTH_REGIME_STRETCHED);
  EXPECT_EQ(response.plans(1).cached_keys(), v1::CACHED_KEYS_RE_ROTATE);
  EXPECT_EQ(response.plans(2).cached_keys(), v1::CACHED_KEYS_KEEP);
  const auto table = testing::Collect(stub_.get(), testing::RangeRequest(kDynamic, 0, 5000));
  EXPECT_EQ(response.plans(1).config_id(), table.header.resolution().config_id());
}

TEST_F(UnaryTest, PlanSequenceRefusesWhatItCannotPlan) {
  const auto error = [this](const std::string& json, const std::vector<int64_t>& lengths) {
    v1::PlanSequenceRequest request;
    request.mutable_config()->set_model_config_json(json);
    request.mutable_lengths()->Add(lengths.begin(), lengths.end());
    v1::PlanSequenceResponse response;
    grpc::ClientContext context;
    return stub_->PlanSequence(&context, request, &response).error_message();
  };
  EXPECT_THAT(error(kDynamic, {}), HasSubstr("lengths must have 1 to 4096 entries"));
  EXPECT_THAT(error(kDynamic, {1, -1}), HasSubstr("lengths[1] must be 1 to 2147483648"));
  EXPECT_THAT(error(kGemma3, {1}), HasSubstr("layer_type is missing"));
  EXPECT_THAT(error(kNoFactor, {1}), HasSubstr("factor"));
}

TEST_F(UnaryTest, ARefusedConfigurationComesWithItsFindings) {
  v1::GetFrequenciesRequest request;
  request.mutable_config()->set_model_config_json(kNoFactor);
  v1::GetFrequenciesResponse response;
  const grpc::Status status = GetFrequencies(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("factor"));
  v1::DetailedStatus detailed;
  ASSERT_TRUE(detailed.ParseFromString(status.error_details()));
  v1::ConfigRefusal refusal;
  ASSERT_TRUE(detailed.details(0).UnpackTo(&refusal));

  const v1::ValidateConfigResponse validation = ValidationOf(kNoFactor);
  EXPECT_FALSE(validation.valid());
  EXPECT_EQ(refusal.total_findings(), validation.findings_size());
  ASSERT_GE(refusal.findings_size(), 1);
  EXPECT_EQ(refusal.findings(0).severity(), v1::SEVERITY_ERROR);
}

TEST_F(UnaryTest, AValidConfigurationAndItsStandardizedParameters) {
  const v1::ValidateConfigResponse validation = ValidationOf(kLlama31);
  EXPECT_TRUE(validation.valid());
  EXPECT_THAT(validation.rope_parameters_json(), HasSubstr("\"rope_theta\""));
  EXPECT_EQ(validation.transformers_version(), kTransformersVersion);
}

TEST_F(UnaryTest, AnInvalidConfigurationIsAnAnswerAndNotAFailure) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}}"),
        std::string("{\"a\": \"\\ud800\"}"), std::string("{\"\\udc00\\ud800\": 1}"),
        std::string(100000, '['), std::string("{\"rope_theta\": 1e999}"),
        std::string((1 << 20) + 1, ' ')}) {
    const v1::ValidateConfigResponse validation = ValidationOf(text);
    EXPECT_EQ(validation.valid(), IsValid(ReadModelConfig(text).findings));
  }
  EXPECT_FALSE(ValidationOf("{").valid());
}

TEST_F(UnaryTest, AMessageWithoutAConfigurationIsRefused) {
  v1::ValidateConfigRequest request;
  v1::ValidateConfigResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->ValidateConfig(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("config"));
}

TEST_F(UnaryTest, ServerInfoListsEverythingThatIsSupported) {
  grpc::ClientContext context;
  v1::GetServerInfoResponse info;
  ASSERT_TRUE(stub_->GetServerInfo(&context, {}, &info).ok());
  EXPECT_THAT(info.version(), ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_FALSE(info.build().empty());
  EXPECT_EQ(info.transformers_version(), kTransformersVersion);
  ASSERT_EQ(info.rope_types_size(), static_cast<int>(AllRopeTypes().size()));
  for (int i = 0; i < info.rope_types_size(); ++i) {
    const RopeType& type = AllRopeTypes()[i];
    EXPECT_EQ(info.rope_types(i).name(), std::string(type.name));
    EXPECT_EQ(info.rope_types(i).required_keys_size(), static_cast<int>(type.required_keys.size()));
  }
  EXPECT_EQ(info.dtypes_size(), v1::DType_MAX);
  EXPECT_EQ(info.layouts_size(), v1::Layout_MAX);
  EXPECT_EQ(info.numeric_profiles_size(), v1::NumericProfile_MAX);
  ASSERT_EQ(info.backends_size(), static_cast<int>(AllBackends().size()));
  int selected = 0;
  for (const v1::BackendInfo& backend : info.backends()) selected += backend.selected() ? 1 : 0;
  EXPECT_EQ(selected, 1);
  EXPECT_GE(info.instruction_sets_size(), 1);

  const engine::Limits limits;
  EXPECT_EQ(info.limits().max_request_bytes(), limits.max_request_bytes);
  EXPECT_EQ(info.limits().max_config_bytes(), limits.max_config_bytes);
  EXPECT_EQ(info.limits().max_rows(), limits.max_rows);
  EXPECT_EQ(info.limits().max_head_dim(), 4096);
  EXPECT_EQ(info.limits().max_position(), 2147483647);
  EXPECT_EQ(info.limits().max_answer_bytes(), limits.max_answer_bytes);
  EXPECT_EQ(info.limits().min_chunk_bytes(), 4096);
  EXPECT_EQ(info.limits().max_chunk_bytes(), 3 << 20);
  EXPECT_EQ(info.limits().max_streams(), limits.max_streams);
  EXPECT_EQ(info.limits().cache_bytes(), limits.cache_bytes);
}

}  // namespace
}  // namespace rope

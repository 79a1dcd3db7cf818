// RopeClient against a server in this process: batches, positions and rotation.
#include "client/rope_client.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/sequence_batch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/config_hash.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"

namespace rope::client {
namespace {

using rope::testing::kDynamic;
using rope::testing::RpcServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RopeClientTest : public ::testing::Test {
 protected:
  RpcServer server_;
  const RopeClient client_ = RopeClient::Connect(server_.address());
};

TEST_F(RopeClientTest, ABatchIsDividedBySequences) {
  const std::vector<std::vector<int64_t>> positions = {{0, 1, 2}, {5000}, {7, 9000}};
  const std::vector<std::optional<int64_t>> lengths = {std::nullopt, 6000, std::nullopt};
  v1::StreamEmbeddingsRequest single;
  single.mutable_config()->set_model_config_json(kDynamic);
  v1::StreamEmbeddingsRequest batch = single;
  for (size_t i = 0; i < 3; ++i) AddSequence(positions[i], lengths[i], &batch);
  const auto table = client_.FetchTable(batch);
  ASSERT_TRUE(table.ok()) << table.status();
  for (size_t i = 0; i < 3; ++i) {
    v1::StreamEmbeddingsRequest one = single;
    for (int64_t position : positions[i])
      one.mutable_position_ids()->mutable_list()->add_values(position);
    if (lengths[i].has_value()) one.set_seq_len(*lengths[i]);
    const auto expected = client_.FetchTable(one);
    ASSERT_TRUE(expected.ok()) << expected.status();
    for (size_t tensor = 0; tensor < 2; ++tensor) {
      EXPECT_EQ(RowsOfSequence(table->tensors[tensor], batch, static_cast<int>(i)),
                expected->tensors[tensor].bytes());
    }
  }
}

// Says from which port it is called.
class PeerService final : public v1::RopeService::Service {
 public:
  grpc::Status GetServerInfo(grpc::ServerContext* context, const v1::GetServerInfoRequest*,
                             v1::GetServerInfoResponse* response) override {
    response->set_version(context->peer());
    return grpc::Status::OK;
  }
};

TEST(RopeClientConnectionTest, EachClientHasItsOwnAndTheProxyOfTheEnvironmentIsNotAsked) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);  // NOLINT(concurrency-mt-unsafe)
  PeerService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  const std::string target = absl::StrCat("127.0.0.1:", port);
  const RopeClient first = RopeClient::Connect(target);
  const RopeClient second = RopeClient::Connect(target, grpc::InsecureChannelCredentials());
  const RopeClient same = RopeClient::OnChannel(first.channel());
  const auto peer = [](const RopeClient& client) {
    const auto info = client.GetServerInfo();
    EXPECT_TRUE(info.ok()) << info.status();
    return info.ok() ? info->version() : "";
  };
  EXPECT_NE(peer(first), peer(second));
  EXPECT_EQ(peer(first), peer(same));
  unsetenv("http_proxy");  // NOLINT(concurrency-mt-unsafe)
}

TEST_F(RopeClientTest, AnAnswerNamesTheConfigurationAndWarmingSaysWhatIsKept) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_preset("llama-3.1-8b");
  request.mutable_position_ids()->mutable_range()->set_count(10);
  const auto table = client_.FetchTable(request);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->header.config_xxh3_64(), wire::ConfigHash(request.config()));
  EXPECT_NE(table->header.config_xxh3_64(), 0U);
  request.set_omit_attention_factor(true);
  EXPECT_TRUE(client_.FetchTable(request).ok()) << client_.FetchTable(request).status();
  v1::WarmTablesRequest warm;
  *warm.add_tables() = request;
  const auto warmed = client_.WarmTables(warm);
  ASSERT_TRUE(warmed.ok()) << warmed.status();
  EXPECT_EQ(warmed->tables(0).kept_rows(), 10);

  engine::EngineOptions no_cache;
  no_cache.limits.cache_bytes = 0;
  const RpcServer forgetful(no_cache);
  const auto dropped = RopeClient::Connect(forgetful.address()).WarmTables(warm);
  ASSERT_TRUE(dropped.ok()) << dropped.status();
  EXPECT_EQ(dropped->tables(0).kept_rows(), 0);
}

TEST_F(RopeClientTest, BuildsPositionIds) {
  v1::BuildPositionIdsRequest request;
  request.mutable_config()->set_model_config_json(R"({"model_type": "qwen2_vl"})");
  request.mutable_pictures()->add_grid(1);
  EXPECT_THAT(client_.BuildPositionIds(request).status().message(), HasSubstr("multiple of 3"));
  for (int64_t side : {2, 4}) request.mutable_pictures()->add_grid(side);
  const auto response = client_.BuildPositionIds(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->position_ids().shape(), ElementsAre(8));
}

// q with 8 heads and k with 2, of 600 tokens and 64 channels: two chunks, and a part of one.
v1::RotationSetup QueryAndKey() {
  v1::RotationSetup setup;
  setup.mutable_config()->set_model_config_json(kDynamic);
  setup.mutable_position_ids()->mutable_range()->set_count(600);
  for (int64_t heads : {8, 2}) {
    v1::HeadTensor& tensor = *setup.add_tensors();
    tensor.set_batch(1);
    tensor.set_heads(heads);
    tensor.set_seq(600);
    tensor.set_dim(64);
  }
  return setup;
}

std::string Numbers(size_t count) {
  std::vector<float> numbers(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = std::cos(0.3F * static_cast<float>(i));
  return {reinterpret_cast<const char*>(numbers.data()), count * sizeof(float)};
}

TEST_F(RopeClientTest, RotatesTensorsOfSeveralChunks) {
  v1::RotationSetup setup = QueryAndKey();
  const std::string q = Numbers(8 * 600 * 64);
  const std::string k = q.substr(0, q.size() / 4);
  const auto rotated = client_.ApplyRotary(setup, {q, k});
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  EXPECT_EQ(rotated->header.rotated_channels(), 64);
  EXPECT_EQ(rotated->tensors[1], rotated->tensors[0].substr(0, k.size())) << "the same heads";
  EXPECT_NE(rotated->tensors[0], q);
  setup.set_inverse(true);
  const auto back = client_.ApplyRotary(setup, {rotated->tensors[0], rotated->tensors[1]});
  ASSERT_TRUE(back.ok()) << back.status();
  for (size_t i = 0; i < q.size(); i += sizeof(float)) {
    float before = 0;
    float after = 0;
    std::memcpy(&before, q.data() + i, sizeof before);
    std::memcpy(&after, back->tensors[0].data() + i, sizeof after);
    ASSERT_NEAR(before, after, 1e-6);
  }
}

TEST_F(RopeClientTest, RotationSaysWhatIsWrong) {
  v1::RotationSetup setup = QueryAndKey();
  const std::string q = Numbers(8 * 600 * 64);
  const std::string k = q.substr(0, q.size() / 4);
  EXPECT_THAT(client_.ApplyRotary(setup, {q}).status().message(),
              HasSubstr("the setup has 2 tensors, but 1 are given"));
  EXPECT_THAT(client_.ApplyRotary(setup, {q, q}).status().message(),
              HasSubstr("tensors[1] has 1228800 bytes, which is not what the setup says"));
  setup.mutable_config()->set_model_config_json(
      R"({"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
          "rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0}})");
  std::vector<Finding> findings;
  const auto refused = client_.ApplyRotary(setup, {q, k}, {}, &findings);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(findings.empty());
  CallOptions late;
  late.timeout = std::chrono::milliseconds(0);
  EXPECT_EQ(client_.ApplyRotary(QueryAndKey(), {q, k}, late).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace rope::client

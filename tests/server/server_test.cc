// Server: listening, health, reflection, drain.
#include "server/server.h"

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rope/v1/rope_service.grpc.pb.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/health_client.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/wait_until.h"

namespace rope::server {
namespace {

using rope::testing::CheckHealth;
using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::HealthWatch;
using rope::testing::kLlama31;
using rope::testing::ListServices;
using rope::testing::RangeRequest;
using rope::testing::WaitUntil;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;

ServerOptions LoopbackOptions() {
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.threads = 2;
  return options;
}

class ServerTest : public ::testing::Test {
 protected:
  void Start(const ServerOptions& options = LoopbackOptions()) {
    auto server = Server::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ =
        grpc::CreateChannel(server_->addresses().front(), grpc::InsecureChannelCredentials());
    stub_ = v1::RopeService::NewStub(channel_);
  }

  CollectedStream Get(int64_t count) {
    return Collect(stub_.get(), RangeRequest(kLlama31, 0, count));
  }

  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::RopeService::Stub> stub_;
};

TEST_F(ServerTest, TheAddressHasTheRealPort) {
  Start();
  ASSERT_EQ(server_->addresses().size(), 1U);
  EXPECT_THAT(server_->addresses()[0], ::testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
  EXPECT_TRUE(Get(100).status.ok());
}

TEST_F(ServerTest, SeveralAddressesAreServed) {
  ServerOptions options = LoopbackOptions();
  const std::string path = absl::StrCat("/tmp/rope_server_test.", getpid(), ".socket");
  options.listen = {"127.0.0.1:0", absl::StrCat("unix:", path), "127.0.0.1:0"};
  Start(options);
  ASSERT_EQ(server_->addresses().size(), 3U);
  EXPECT_EQ(server_->addresses()[1], options.listen[1]);
  const CollectedStream expected = Get(1000);
  for (const std::string& address : server_->addresses()) {
    const auto stub =
        v1::RopeService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    EXPECT_TRUE(Collect(stub.get(), RangeRequest(kLlama31, 0, 1000)).tensors == expected.tensors)
        << address;
  }
}

TEST_F(ServerTest, TablesAreWarmBeforeItIsReady) {
  ServerOptions options = LoopbackOptions();
  options.warm = {"preset:llama-3.1-8b,positions=0:3000,dtype=bfloat16,layout=interleaved"};
  Start(options);
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_preset("llama-3.1-8b");
  request.mutable_position_ids()->mutable_range()->set_count(3000);
  request.set_dtype(v1::D_TYPE_BFLOAT16);
  request.set_layout(v1::LAYOUT_INTERLEAVED);
  EXPECT_EQ(Collect(stub_.get(), request).header.cache(), v1::CACHE_OUTCOME_HIT);
  request.set_dtype(v1::D_TYPE_FLOAT16);
  EXPECT_EQ(Collect(stub_.get(), request).header.cache(), v1::CACHE_OUTCOME_MISS);
}

TEST_F(ServerTest, WithoutPositionsAllPositionsOfTheModelAreWarm) {
  ServerOptions options = LoopbackOptions();
  options.warm = {"preset:gpt-oss-20b,layout=compact"};
  Start(options);
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_preset("gpt-oss-20b");
  request.mutable_position_ids()->mutable_range()->set_count(131072);
  request.set_layout(v1::LAYOUT_COMPACT);
  EXPECT_EQ(Collect(stub_.get(), request).header.cache(), v1::CACHE_OUTCOME_HIT);
}

TEST_F(ServerTest, ATableThatCannotBeWarmedEndsTheStartAndIsNamed) {
  for (const auto& [warm, said] : std::vector<std::pair<std::string, std::string>>{
           {"preset:nobody", "nobody"},
           {"/nowhere/config.json", "/nowhere/config.json"},
           {"preset:phi-4,dtype=int8", "dtype=int8"},
           {"preset:phi-4,positions=7:7", "positions=7:7"},
           {"preset:phi-4,dtype=float64", "float64"},
           {"preset:gemma-3-27b", "layer_type"}}) {
    ServerOptions options = LoopbackOptions();
    options.warm = {warm};
    const auto server = Server::Start(options);
    ASSERT_FALSE(server.ok());
    EXPECT_THAT(std::string(server.status().message()), AllOf(HasSubstr(warm), HasSubstr(said)));
  }
}

TEST_F(ServerTest, ASnapshotBringsTheTablesInUseBack) {
  const std::string file = absl::StrCat("/tmp/rope_server_test.", getpid(), ".snapshot");
  Start();
  const CollectedStream before = Get(5000);
  ASSERT_EQ(before.header.cache(), v1::CACHE_OUTCOME_MISS);
  ASSERT_TRUE(server_->WriteSnapshotTo(file).ok());
  ServerOptions options = LoopbackOptions();
  options.snapshot = file;
  Start(options);
  EXPECT_EQ(server_->warning(), "");
  const CollectedStream after = Get(5000);
  EXPECT_EQ(after.header.cache(), v1::CACHE_OUTCOME_HIT);
  EXPECT_TRUE(after.tensors == before.tensors);
  std::ofstream(file) << "rope-snapshot-1\nnonsense\n";
  Start(options);
  EXPECT_THAT(server_->warning(), HasSubstr("line 2"));
  EXPECT_TRUE(Get(10).status.ok()) << "the server serves in spite of a bad snapshot";
  unlink(file.c_str());
}

TEST_F(ServerTest, AnAddressInUseIsReported) {
  Start();
  ServerOptions options = LoopbackOptions();
  options.listen = {"127.0.0.1:0", server_->addresses()[0]};
  const auto second = Server::Start(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(server_->addresses()[0]));
}

TEST_F(ServerTest, TheRequestedBackendComputes) {
  ServerOptions options = LoopbackOptions();
  options.backend = "reference";
  Start(options);
  EXPECT_EQ(Get(10).header.backend(), "reference");
}

TEST_F(ServerTest, HealthOfTheServerAndOfTheService) {
  Start();
  EXPECT_EQ(CheckHealth(channel_, ""), "SERVING");
  EXPECT_EQ(CheckHealth(channel_, "rope.v1.RopeService"), "SERVING");
  EXPECT_EQ(CheckHealth(channel_, "rope.v1.Nothing"), "NOT_FOUND");
}

TEST_F(ServerTest, ReflectionListsTheServices) {
  Start();
  EXPECT_THAT(ListServices(channel_),
              AllOf(HasSubstr("rope.v1.RopeService"), HasSubstr("grpc.health.v1.Health")));
}

// All workers compute with the slowest backend; gRPC's threads are free.
TEST_F(ServerTest, HealthAnswersWhileEveryThreadComputes) {
  ServerOptions options = LoopbackOptions();
  options.backend = "reference";
  Start(options);
  grpc::ClientContext context;
  std::thread reader([&] { Collect(stub_.get(), &context, RangeRequest(kLlama31, 0, 1000000)); });
  ASSERT_TRUE(WaitUntil([&] { return server_->engine().block_bytes() > 0; }));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(CheckHealth(channel_, ""), "SERVING");
  EXPECT_EQ(server_->engine().streams(), 1) << "the stream was still being computed";
  context.TryCancel();
  reader.join();
}

TEST_F(ServerTest, DrainFinishesStreamsAndRefusesNewOnes) {
  Start();
  grpc::ClientContext context;
  const auto reader = stub_->StreamEmbeddings(&context, RangeRequest(kLlama31, 0, 60000));
  v1::StreamEmbeddingsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  const HealthWatch watch(channel_, "rope.v1.RopeService");
  ASSERT_TRUE(WaitUntil([&] { return watch.last() == "SERVING"; }));

  std::thread drain([&] { server_->Drain(seconds(60)); });
  EXPECT_TRUE(WaitUntil([&] { return watch.last() == "NOT_SERVING"; }));
  ASSERT_TRUE(
      WaitUntil([&] { return Get(10).status.error_code() == grpc::StatusCode::UNAVAILABLE; }));
  int64_t bytes = 0;
  bool footer = false;
  while (reader->Read(&message)) {
    for (const v1::Chunk& chunk : message.chunks()) bytes += chunk.data().size();
    footer = footer || message.has_footer();
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(footer);
  EXPECT_EQ(bytes, 2 * 60000 * 512);
  drain.join();
}

TEST_F(ServerTest, DrainCutsOffWhoeverTakesTooLong) {
  Start();
  grpc::ClientContext context;
  const auto reader = stub_->StreamEmbeddings(&context, RangeRequest(kLlama31, 0, 1000000));
  v1::StreamEmbeddingsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  const auto start = steady_clock::now();
  server_->Drain(milliseconds(50));
  EXPECT_LT(steady_clock::now() - start, seconds(20));
  while (reader->Read(&message)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_EQ(server_->engine().streams(), 0);
}

// gRPC's Shutdown alone would wait for the watcher until its deadline.
TEST_F(ServerTest, AnOpenHealthWatchDoesNotDelayTheEnd) {
  Start();
  const HealthWatch watch(channel_, "");
  ASSERT_TRUE(WaitUntil([&] { return watch.last() == "SERVING"; }));
  const auto start = steady_clock::now();
  server_->Drain(seconds(3600));
  EXPECT_LT(steady_clock::now() - start, seconds(30));
}

}  // namespace
}  // namespace rope::server

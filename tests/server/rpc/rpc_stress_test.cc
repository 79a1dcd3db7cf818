// Many clients at once with a small cache. Some cancel, some stop reading, some have short
// deadlines. The test checks that every complete answer is right and that no memory is left.
#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"
#include "tests/testing/wait_until.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::kDynamic;
using rope::testing::kLlama31;
using rope::testing::kSmallHead;
using rope::testing::RangeRequest;
using rope::testing::RpcServer;
using rope::testing::WaitUntil;

engine::EngineOptions SmallEngine() {
  engine::EngineOptions options;
  options.limits.cache_bytes = 6 << 20;
  options.limits.max_streams = 12;
  options.threads = 3;
  return options;
}

std::vector<v1::StreamEmbeddingsRequest> Requests() {
  std::vector<v1::StreamEmbeddingsRequest> requests = {
      RangeRequest(kLlama31, 0, 6000), RangeRequest(kLlama31, 100, 64),
      RangeRequest(kSmallHead, 0, 40000), RangeRequest(kDynamic, 1000, 9000),
      RangeRequest(kLlama31, 0, 3000)};
  requests[2].set_chunk_bytes(50000);
  requests[4].mutable_position_ids()->mutable_range()->set_step(3);
  return requests;
}

class RpcStressTest : public ::testing::Test {
 protected:
  RpcStressTest() : server_(SmallEngine()), requests_(Requests()) {
    const auto stub = server_.NewStub();
    for (const auto& request : requests_) {
      expected_.push_back(Collect(stub.get(), request).tensors);
    }
  }

  void CallOnce(v1::RopeService::Stub* stub, std::mt19937* random) {
    const size_t which = (*random)() % requests_.size();
    grpc::ClientContext context;
    switch ((*random)() % 6) {
      case 0:
        return ReadAFew(stub, &context, which, random);
      case 1:
        context.set_deadline(std::chrono::system_clock::now() +
                             std::chrono::microseconds((*random)() % 20000));
        break;
      default:
        break;
    }
    const CollectedStream stream = Collect(stub, &context, requests_[which]);
    if (stream.status.ok()) {
      ++complete_;
      EXPECT_TRUE(stream.tensors == expected_[which]);
      return;
    }
    const grpc::StatusCode code = stream.status.error_code();
    EXPECT_TRUE(code == grpc::StatusCode::DEADLINE_EXCEEDED ||
                code == grpc::StatusCode::UNAVAILABLE)
        << stream.status.error_message();
  }

  // Reads a message or two, waits, and leaves.
  void ReadAFew(v1::RopeService::Stub* stub, grpc::ClientContext* context, size_t which,
                std::mt19937* random) {
    const auto reader = stub->StreamEmbeddings(context, requests_[which]);
    v1::StreamEmbeddingsResponse message;
    for (unsigned i = 0; i < (*random)() % 3; ++i) reader->Read(&message);
    std::this_thread::sleep_for(std::chrono::milliseconds((*random)() % 10));
    context->TryCancel();
    reader->Finish();
  }

  RpcServer server_;
  const std::vector<v1::StreamEmbeddingsRequest> requests_;
  std::vector<std::map<v1::TensorKind, std::string>> expected_;
  std::atomic<int> complete_{0};
};

TEST_F(RpcStressTest, ClientsComeAndGo) {
  std::vector<std::thread> clients;
  for (unsigned seed = 0; seed < 8; ++seed) {
    clients.emplace_back([this, seed] {
      std::mt19937 random(seed);
      const auto stub = server_.NewStub();
      for (int i = 0; i < 25; ++i) CallOnce(stub.get(), &random);
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GT(complete_.load(), 50);
  const engine::RopeEngine& engine = server_.engine();
  EXPECT_TRUE(WaitUntil([&] {
    return engine.streams() == 0 && engine.calls() == 0 && engine.list_bytes() == 0 &&
           engine.block_bytes() <= engine.cache_counters().bytes;
  }));
  EXPECT_LE(engine.cache_counters().bytes, 6 << 20);
  EXPECT_GT(engine.cache_counters().evicted, 0);
}

}  // namespace
}  // namespace rope

// Calls that end early, too many calls at once, and slow readers.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/gated_backend.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"
#include "tests/testing/wait_until.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::GatedBackend;
using rope::testing::kLlama31;
using rope::testing::RangeRequest;
using rope::testing::RpcServer;
using rope::testing::WaitUntil;
using std::chrono::milliseconds;

using Reader = std::unique_ptr<grpc::ClientReader<v1::StreamEmbeddingsResponse>>;

class CallsTest : public ::testing::Test {
 protected:
  ~CallsTest() override { backend_.Open(); }  // lets every waiting computation finish

  void StartServer(engine::EngineOptions options = {}, int threads = 2) {
    options.threads = threads;
    options.backend = &backend_;
    server_ = std::make_unique<RpcServer>(options);
    stub_ = server_->NewStub();
  }
  engine::RopeEngine& engine() { return server_->engine(); }

  // No call holds anything any more. The cache may hold blocks.
  bool NothingIsLeft() {
    return WaitUntil([&] {
      return engine().streams() == 0 && engine().calls() == 0 && engine().list_bytes() == 0 &&
             engine().block_bytes() <= engine().cache_counters().bytes;
    });
  }

  // A reader that takes the first message and then no more. Returns when the transport's windows
  // are full and nothing is computed any more.
  Reader StalledReader(grpc::ClientContext* context) {
    Reader reader = stub_->StreamEmbeddings(context, LongRequest());
    v1::StreamEmbeddingsResponse message;
    EXPECT_TRUE(reader->Read(&message));
    int64_t begun = -1;
    while (begun != backend_.begun()) {
      begun = backend_.begun();
      std::this_thread::sleep_for(milliseconds(200));
    }
    return reader;
  }

  // 128 MiB, not cached.
  static v1::StreamEmbeddingsRequest LongRequest() {
    v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 131072);
    request.mutable_position_ids()->mutable_range()->set_step(2);
    return request;
  }

  GatedBackend backend_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::RopeService::Stub> stub_;
};

TEST_F(CallsTest, ACallThatIsCancelledInMidStreamLeavesNothing) {
  StartServer();
  for (const int64_t step : {1, 2}) {
    v1::StreamEmbeddingsRequest request = LongRequest();
    request.mutable_position_ids()->mutable_range()->set_step(step);
    grpc::ClientContext context;
    const Reader reader = stub_->StreamEmbeddings(&context, request);
    v1::StreamEmbeddingsResponse message;
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(reader->Read(&message));
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_TRUE(NothingIsLeft());
  }
  EXPECT_LT(backend_.begun(), 200) << "most of 2 * 256 blocks were not computed";
}

TEST_F(CallsTest, AConnectionThatIsClosedLeavesNothing) {
  StartServer();
  {
    auto context = std::make_unique<grpc::ClientContext>();
    Reader reader = stub_->StreamEmbeddings(context.get(), LongRequest());
    v1::StreamEmbeddingsResponse message;
    ASSERT_TRUE(reader->Read(&message));
    reader.reset();
    context.reset();  // the connection ends without cancelling the call
    stub_.reset();
  }
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(CallsTest, AReaderThatStallsHoldsAFewBlocksAndNotItsTable) {
  StartServer();
  grpc::ClientContext context;
  const Reader reader = StalledReader(&context);
  v1::StreamEmbeddingsResponse message;
  EXPECT_LT(backend_.begun(), 64);
  EXPECT_LE(engine().block_bytes(), 4 * (2 * engine::kBlockBytes + 4096));
  int chunks = 0;
  while (reader->Read(&message)) ++chunks;
  EXPECT_TRUE(reader->Finish().ok()) << "the stream continues";
  EXPECT_EQ(chunks, 2 * 64 + 1);
}

TEST_F(CallsTest, OneStreamTooManyIsRefusedWithARetryDelay) {
  engine::EngineOptions options;
  options.limits.max_streams = 2;
  StartServer(options);
  backend_.Close();
  std::vector<std::thread> readers;
  std::atomic<int> served{0};
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back(
        [&] { served += Collect(stub_.get(), RangeRequest(kLlama31, 0, 10)).status.ok() ? 1 : 0; });
  }
  ASSERT_TRUE(WaitUntil([&] { return engine().streams() == 2; }));
  grpc::ClientContext context;
  const CollectedStream refused = Collect(stub_.get(), &context, RangeRequest(kLlama31, 0, 10));
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
  EXPECT_EQ(engine().streams(), 2);
  backend_.Open();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(served.load(), 2);
}

// A client that has received its answer can call again at once, even if the server has a single
// place.
TEST_F(CallsTest, OneStreamAfterAnotherThroughASinglePlace) {
  engine::EngineOptions options;
  options.limits.max_streams = 1;
  StartServer(options);
  for (int i = 0; i < 200; ++i) {
    const CollectedStream stream =
        Collect(stub_.get(), RangeRequest(kLlama31, 0, i % 2 == 0 ? 10 : 2000));
    ASSERT_TRUE(stream.status.ok()) << stream.status.error_message();
  }
}

TEST_F(CallsTest, OneUnaryCallTooManyIsRefusedWithARetryDelay) {
  engine::EngineOptions options;
  options.limits.max_calls = 1;
  StartServer(options);
  const auto place = engine().AdmitCall();
  ASSERT_TRUE(place.ok());
  grpc::ClientContext context;
  v1::GetServerInfoResponse info;
  EXPECT_EQ(stub_->GetServerInfo(&context, {}, &info).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
}

TEST_F(CallsTest, ListsOfAllStreamsTogetherAreBounded) {
  engine::EngineOptions options;
  options.limits.max_list_bytes = int64_t{1000} * 8;
  StartServer(options);
  v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 1);
  request.mutable_position_ids()->set_int32_le(std::string(size_t{4} * 700, '\0'));
  backend_.Close();
  std::thread reader([&] { EXPECT_TRUE(Collect(stub_.get(), request).status.ok()); });
  ASSERT_TRUE(WaitUntil([&] { return engine().list_bytes() == 5600; }));
  EXPECT_EQ(Collect(stub_.get(), request).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  backend_.Open();
  reader.join();
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(CallsTest, ADeadlineEndsTheCallAndFreesItsPlace) {
  StartServer();
  backend_.Close();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(100));
  EXPECT_EQ(Collect(stub_.get(), &context, RangeRequest(kLlama31, 0, 10)).status.error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(WaitUntil([&] { return engine().streams() == 0; }))
      << "although its block is still being computed";
  backend_.Open();
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(CallsTest, ACallThatPassesItsDeadlineInTheQueueIsNotComputed) {
  StartServer({}, /*threads=*/1);
  backend_.Close();
  std::thread first([&] { Collect(stub_.get(), RangeRequest(kLlama31, 0, 10)); });
  backend_.AwaitBegun(1);  // the only thread is busy
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(100));
  EXPECT_EQ(Collect(stub_.get(), &context, RangeRequest(kLlama31, 5000, 10)).status.error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(WaitUntil([&] { return engine().streams() == 1; }))
      << "although its call still waits in the queue";
  backend_.Open();
  first.join();
  EXPECT_TRUE(NothingIsLeft());
  EXPECT_EQ(backend_.begun(), 1);
}

TEST_F(CallsTest, SimultaneousColdRequestsAreOneComputation) {
  StartServer();
  backend_.Close();
  constexpr int kReaders = 16;
  std::vector<std::thread> readers;
  std::vector<CollectedStream> streams(kReaders);
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back(
        [&, i] { streams[i] = Collect(stub_.get(), RangeRequest(kLlama31, 0, 60)); });
  }
  ASSERT_TRUE(WaitUntil([&] { return engine().cache_counters().joined == kReaders - 1; }));
  backend_.Open();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(backend_.begun(), 1);
  for (const CollectedStream& stream : streams) {
    EXPECT_TRUE(stream.status.ok());
    EXPECT_TRUE(stream.tensors == streams[0].tensors);
  }
}

TEST_F(CallsTest, AFailureOfTheBackendIsTheAnswer) {
  StartServer();
  backend_.FailWith(absl::InternalError("the device is gone"));
  for (const int64_t count : {10, 100000}) {
    const CollectedStream stream = Collect(stub_.get(), RangeRequest(kLlama31, 0, count));
    EXPECT_EQ(stream.status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(stream.status.error_message(), "the device is gone");
  }
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(CallsTest, AFailureInMidStreamEndsItAfterWhatWasMade) {
  StartServer();
  grpc::ClientContext context;
  const Reader reader = StalledReader(&context);
  v1::StreamEmbeddingsResponse message;
  const int64_t made = backend_.begun();
  backend_.FailWith(absl::InternalError("the device is gone"));
  int64_t chunks = 0;
  while (reader->Read(&message)) chunks += message.chunks_size();
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message(), "the device is gone");
  EXPECT_GE(chunks, 2 * made) << "both tensors of every block";
  EXPECT_FALSE(message.has_footer());
  EXPECT_TRUE(NothingIsLeft());
}

}  // namespace
}  // namespace rope

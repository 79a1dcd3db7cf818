// The real server as a process: what it prints, which services it has, how it ends.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/rope_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::RunningServer;
using testing::RunProgram;

v1::StreamEmbeddingsRequest Request(int64_t count) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(
      R"({"model_type": "llama", "head_dim": 128, "rope_theta": 500000.0})");
  request.mutable_position_ids()->mutable_range()->set_count(count);
  return request;
}

TEST(RopeServerTest, HelpIsWorthReading) {
  const ProgramResult help = RunProgram({"rope_server", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* text :
       {"--listen", "--threads", "--cache-bytes", "--drain-timeout", "Example"}) {
    EXPECT_THAT(help.out, HasSubstr(text));
  }
}

TEST(RopeServerTest, MistakesOnTheCommandLineAreExitCodeTwo) {
  for (const std::vector<std::string>& mistake : {std::vector<std::string>{"--lisen", "x"},
                                                  {"--backend", "abacus"},
                                                  {"--threads", "-1"},
                                                  {"--max-rows", "many"}}) {
    std::vector<std::string> arguments = {"rope_server"};
    arguments.insert(arguments.end(), mistake.begin(), mistake.end());
    const ProgramResult result = RunProgram(arguments);
    EXPECT_EQ(result.exit_code, 2) << mistake[0];
    EXPECT_FALSE(result.err.empty()) << mistake[0];
  }
}

TEST(RopeServerTest, AnAddressInUseIsReportedAndEndsTheServer) {
  const RunningServer first;
  const ProgramResult second = RunProgram({"rope_server", "--listen", first.address()});
  EXPECT_NE(second.exit_code, 0);
  EXPECT_THAT(second.err, HasSubstr(first.address()));
}

TEST(RopeServerTest, ServesOnAUnixSocketToo) {
  const std::string socket = "unix:/tmp/rope-server-test-" + std::to_string(getpid());
  const RunningServer server({"--listen", socket});
  const auto client = client::RopeClient::Connect(socket);
  EXPECT_TRUE(client.GetServerInfo().ok());
  unlink(socket.substr(5).c_str());
}

// Calls a method for which this project has no generated code: one message in each direction, as
// bytes.
std::string CallRaw(const std::string& address, const std::string& method,
                    const std::string& request) {
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const grpc::Slice slice(request);
  grpc::ByteBuffer answer;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  queue.Next(&tag, &ok);
  call->Read(&answer, nullptr);
  queue.Next(&tag, &ok);
  context.TryCancel();
  std::vector<grpc::Slice> slices;
  if (!ok || !answer.Dump(&slices).ok()) return "no answer";
  std::string bytes;
  for (const grpc::Slice& part : slices) {
    bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  return bytes;
}

TEST(RopeServerTest, HealthAndReflectionAreServed) {
  const RunningServer server;
  // HealthCheckRequest.service (1) and HealthCheckResponse.status (1) == SERVING (1)
  const std::string serving("\x08\x01", 2);
  EXPECT_EQ(CallRaw(server.address(), "/grpc.health.v1.Health/Check", ""), serving);
  EXPECT_EQ(CallRaw(server.address(), "/grpc.health.v1.Health/Check",
                    absl::StrCat("\x0a\x13", "rope.v1.RopeService")),
            serving);
  // ServerReflectionRequest.list_services (7)
  EXPECT_THAT(
      CallRaw(server.address(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              std::string("\x3a\x01*", 3)),
      HasSubstr("rope.v1.RopeService"));
}

TEST(RopeServerTest, SigtermWithNothingToDoIsExitCodeZero) {
  RunningServer server;
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(RopeServerTest, SigtermInMidStreamFinishesTheStreamAndRefusesNewCalls) {
  RunningServer server;
  const auto client = client::RopeClient::Connect(server.address());
  const auto reader = client.StreamTable(Request(200000));
  ASSERT_TRUE(reader->Header().ok());
  server.Signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // nobody reads during this time
  EXPECT_EQ(client.FetchTable(Request(10)).status().code(), absl::StatusCode::kUnavailable);
  int64_t bytes = 0;
  while (true) {
    const auto chunk = reader->Next();
    ASSERT_TRUE(chunk.ok()) << chunk.status();
    if (!chunk->has_value()) break;
    bytes += static_cast<int64_t>((*chunk)->data().size());
  }
  EXPECT_EQ(bytes, 2 * 200000 * 128 * 4);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(RopeServerTest, AReaderThatNeverReadsDelaysTheEndForTheDrainTimeoutOnly) {
  RunningServer server({"--drain-timeout", "1"});
  const auto client = client::RopeClient::Connect(server.address());
  const auto reader = client.StreamTable(Request(2000000));
  ASSERT_TRUE(reader->Header().ok());
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(RopeServerTest, TheReferenceBackendGivesTheSameBytes) {
  const RunningServer fast;
  const RunningServer reference({"--backend", "reference"});
  const auto a = client::RopeClient::Connect(fast.address()).FetchTable(Request(500));
  const auto b = client::RopeClient::Connect(reference.address()).FetchTable(Request(500));
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(b->header.backend(), "reference");
  for (size_t i = 0; i < a->tensors.size(); ++i) {
    EXPECT_TRUE(a->tensors[i].bytes() == b->tensors[i].bytes());
  }
}

}  // namespace
}  // namespace rope

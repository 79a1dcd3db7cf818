// A file that ropectl fetches has exactly the bytes that the reference backend computes, whether
// the server took them from the cache, computed them, or resumed the stream.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/cutting_proxy.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

namespace fs = std::filesystem;
using testing::CuttingProxy;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::RunningServer;
using testing::RunProgram;

class CachePathsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    reference_ = new RunningServer({"--backend", "reference"});
    folder_ = new fs::path(fs::temp_directory_path() / absl::StrCat("rope-paths-", getpid()));
    fs::create_directories(*folder_);
  }
  static void TearDownTestSuite() {
    fs::remove_all(*folder_);
    delete folder_;
    delete reference_;
  }

  // The file that `ropectl table` writes. `said` gets what it prints.
  static std::string Fetch(const std::string& server, const std::string& positions,
                           std::string* said = nullptr) {
    static std::atomic<int> number{0};
    const fs::path file = *folder_ / absl::StrCat(number++, ".safetensors");
    const ProgramResult result =
        RunProgram({"ropectl", "table", "--server", server, "--config", "preset:gpt-oss-20b",
                    "--positions", positions, "--dtype", "bfloat16", "--out", file.string()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    if (said != nullptr) *said = result.out;
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }

  static std::string Expected(const std::string& positions) {
    return Fetch(reference_->address(), positions);
  }

  static RunningServer* reference_;
  static fs::path* folder_;
};

RunningServer* CachePathsTest::reference_ = nullptr;
fs::path* CachePathsTest::folder_ = nullptr;

TEST_F(CachePathsTest, MissThenHit) {
  const RunningServer server;
  const std::string expected = Expected("100:9000");
  for (const char* outcome : {"cache: miss", "cache: hit"}) {
    std::string said;
    EXPECT_TRUE(Fetch(server.address(), "100:9000", &said) == expected);
    EXPECT_THAT(said, HasSubstr(outcome));
  }
}

TEST_F(CachePathsTest, SmallAndAgain) {
  const RunningServer server;
  const std::string expected = Expected("250:300");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Fetch(server.address(), "250:300") == expected);
}

TEST_F(CachePathsTest, ScatteredAndStepped) {
  const RunningServer server;
  for (const char* positions : {"7,3,131071,3,0,2147483647", "5000:1:-3"}) {
    EXPECT_TRUE(Fetch(server.address(), positions) == Expected(positions));
  }
}

TEST_F(CachePathsTest, Joined) {
  const RunningServer server({"--threads", "1"});
  const std::string expected = Expected("0:12000");
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] { EXPECT_TRUE(Fetch(server.address(), "0:12000") == expected); });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(CachePathsTest, AfterEvictionAndWithoutACache) {
  for (const char* bytes : {"2MiB", "0"}) {
    const RunningServer server({"--cache-bytes", bytes});
    const std::string expected = Expected("0:12000");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Fetch(server.address(), "0:12000") == expected);
  }
}

TEST_F(CachePathsTest, OverAUnixSocket) {
  const std::string socket = absl::StrCat("unix:", (*folder_ / "socket").string());
  const RunningServer server({"--listen", socket});
  EXPECT_TRUE(Fetch(socket, "0:9000") == Expected("0:9000"));
}

TEST_F(CachePathsTest, Resumed) {
  const RunningServer server;
  CuttingProxy proxy(grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
  proxy.cut_after = {3, 2, 4};
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&proxy);
  const std::unique_ptr<grpc::Server> proxy_server = builder.BuildAndStart();
  EXPECT_TRUE(Fetch(absl::StrCat("127.0.0.1:", port), "0:12000") == Expected("0:12000"));
  EXPECT_EQ(proxy.first_rows.size(), 4U);
}

}  // namespace
}  // namespace rope

#include "server/options/server_options.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServerOptionsTest : public ::testing::Test {
 protected:
  CommandLine Parse(std::vector<std::string> words) {
    words.insert(words.begin(), "rope_server");
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    CommandLine line = ParseCommandLine(static_cast<int>(argv.size()), argv.data());
    out_ = ::testing::internal::GetCapturedStdout();
    err_ = ::testing::internal::GetCapturedStderr();
    return line;
  }

  std::string out_;
  std::string err_;
};

TEST_F(ServerOptionsTest, Defaults) {
  const CommandLine line = Parse({});
  EXPECT_FALSE(line.exit_code.has_value());
  EXPECT_THAT(line.options.listen, ElementsAre("127.0.0.1:50051"));
  EXPECT_EQ(line.options.threads, 0);
  EXPECT_EQ(line.options.limits.cache_bytes, int64_t{1} << 30);
  EXPECT_EQ(line.options.drain_timeout_seconds, 30);
  EXPECT_EQ(out_ + err_, "");
}

TEST_F(ServerOptionsTest, EveryOption) {
  const CommandLine line = Parse({"--listen",
                                  "0.0.0.0:0",
                                  "--listen",
                                  "unix:/run/rope.socket",
                                  "--listen=[::1]:80",
                                  "--threads",
                                  "7",
                                  "--backend",
                                  "reference",
                                  "--cache-bytes",
                                  "512MiB",
                                  "--max-answer-bytes",
                                  "4GiB",
                                  "--max-rows",
                                  "1000",
                                  "--max-streams",
                                  "9",
                                  "--drain-timeout",
                                  "5",
                                  "--log-level",
                                  "warning"});
  ASSERT_FALSE(line.exit_code.has_value()) << err_;
  EXPECT_THAT(line.options.listen, ElementsAre("0.0.0.0:0", "unix:/run/rope.socket", "[::1]:80"));
  EXPECT_EQ(line.options.threads, 7);
  EXPECT_EQ(line.options.backend, "reference");
  EXPECT_EQ(line.options.limits.cache_bytes, 512 << 20);
  EXPECT_EQ(line.options.limits.max_answer_bytes, int64_t{4} << 30);
  EXPECT_EQ(line.options.limits.max_rows, 1000);
  EXPECT_EQ(line.options.limits.max_streams, 9);
  EXPECT_EQ(line.options.drain_timeout_seconds, 5);
  EXPECT_EQ(line.options.log_level, "warning");
}

TEST_F(ServerOptionsTest, SizesWithAndWithoutUnits) {
  EXPECT_EQ(Parse({"--cache-bytes", "0"}).options.limits.cache_bytes, 0);
  EXPECT_EQ(Parse({"--cache-bytes", "12345"}).options.limits.cache_bytes, 12345);
  EXPECT_EQ(Parse({"--cache-bytes", "3KiB"}).options.limits.cache_bytes, 3072);
  EXPECT_EQ(Parse({"--cache-bytes", "2TiB"}).options.limits.cache_bytes, int64_t{2} << 40);
}

TEST_F(ServerOptionsTest, HelpNamesEveryOptionAndItsDefault) {
  EXPECT_EQ(Parse({"--help"}).exit_code, 0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_,
              AllOf(HasSubstr("--listen"), HasSubstr("127.0.0.1:50051"), HasSubstr("--threads"),
                    HasSubstr("--backend"), HasSubstr("--cache-bytes"), HasSubstr("1GiB")));
  EXPECT_THAT(out_, AllOf(HasSubstr("--max-answer-bytes"), HasSubstr("--max-rows"),
                          HasSubstr("--max-streams"), HasSubstr("--drain-timeout"),
                          HasSubstr("--log-level"), HasSubstr("Example"), HasSubstr("SIGTERM")));
}

TEST_F(ServerOptionsTest, Version) {
  EXPECT_EQ(Parse({"--version"}).exit_code, 0);
  EXPECT_THAT(out_, ::testing::MatchesRegex("rope_server [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(ServerOptionsTest, MistakesAreReportedWithExitCodeTwo) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"--bogus"}, "--bogus"},
      {{"stray"}, "stray"},
      {{"--listen"}, "--listen"},
      {{"--listen", "localhost"}, "HOST:PORT"},
      {{"--listen", "::1:80"}, "HOST:PORT"},
      {{"--listen", "host:70000"}, "HOST:PORT"},
      {{"--listen", "host:-1"}, "HOST:PORT"},
      {{"--listen", ":80"}, "HOST:PORT"},
      {{"--listen", "unix:"}, "HOST:PORT"},
      {{"--threads", "-1"}, "--threads"},
      {{"--threads", "many"}, "--threads"},
      {{"--backend", "tpu"}, "not a backend of this host; choose one of cpu, "},
      {{"--cache-bytes", "-1"}, "--cache-bytes"},
      {{"--cache-bytes", "1 cow"}, "--cache-bytes"},
      {{"--cache-bytes", "99999999999GiB"}, "--cache-bytes"},
      {{"--max-answer-bytes", "0"}, "--max-answer-bytes"},
      {{"--max-rows", "0"}, "--max-rows"},
      {{"--max-streams", "0"}, "--max-streams"},
      {{"--drain-timeout", "1e9"}, "--drain-timeout"},
      {{"--log-level", "loud"}, "--log-level"},
  };
  for (const auto& [words, said] : mistakes) {
    EXPECT_EQ(Parse(words).exit_code, 2) << words.back();
    EXPECT_THAT(err_, HasSubstr(said));
    EXPECT_EQ(out_, "");
  }
}

}  // namespace
}  // namespace rope::server

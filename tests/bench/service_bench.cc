// How the server behaves under load: latency, memory, whether equal requests share a computation,
// and how costs grow.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/rope_client.h"
#include "client/table_pipeline.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/transport.h"
#include "tests/testing/health_client.h"
#include "tests/testing/subprocess.h"

namespace rope::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kTableRows = 65536;  // 64 MiB, as half_split float32 of 128
constexpr double kMiB = 1 << 20;

v1::StreamEmbeddingsRequest Request(int64_t rows, int64_t theta) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(LlamaConfig(theta));
  request.mutable_position_ids()->mutable_range()->set_count(rows);
  return request;
}

v1::ServerActivity ActivityOf(const client::RopeClient& client) {
  const auto info = client.GetServerInfo();
  if (!info.ok()) Die(info.status());
  return info->activity();
}

void ReadAll(const client::RopeClient& client, const v1::StreamEmbeddingsRequest& request) {
  const auto status = client.StreamTable(request)->ReadInto(
      [](v1::TensorKind, int64_t) -> std::byte* { return nullptr; });
  if (!status.ok()) Die(status);
}

// The time to the first chunk of a table that is not cached, as a share of the time to its end.
double FirstByteShare(const client::RopeClient& client, int64_t* theta) {
  const auto begin = Clock::now();
  const auto reader = client.StreamTable(Request(kTableRows, ++*theta));
  if (!reader->NextView().ok()) Die(absl::InternalError("no first chunk"));
  const double first = SecondsSince(begin);
  const auto status =
      reader->ReadInto([](v1::TensorKind, int64_t) -> std::byte* { return nullptr; });
  if (!status.ok()) Die(status);
  return first / SecondsSince(begin);
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

// The 99th percentile of the seconds of `checks` health checks.
double HealthP99(const std::string& address, int checks) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  std::vector<double> seconds;
  for (int i = 0; i < checks; ++i) {
    const auto begin = Clock::now();
    (void)testing::CheckHealth(channel, "");
    seconds.push_back(SecondsSince(begin));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return Percentile(seconds, 0.99);
}

// While an object of this class exists, a server without a cache computes on all its threads and
// sends nothing. Two ropectl processes for each core have it compute distinct tables. They are
// processes and not threads, so that they do not slow down this process, which measures.
class Computing {
 public:
  explicit Computing(const std::string& address) {
    const int tables = 2 * static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    for (int i = 0; i < tables; ++i) {
      threads_.emplace_back([this, address, i] {
        while (!stop_.load()) Warm(address, int64_t{10000000} * i);
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until the processes run
  }
  ~Computing() {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }
  Computing(const Computing&) = delete;
  Computing& operator=(const Computing&) = delete;

 private:
  static void Warm(const std::string& address, int64_t start) {
    const std::string positions = absl::StrCat(start, ":", start + 100000000);
    (void)testing::RunProgram({"ropectl", "warm", "--server", address, "--config",
                               "preset:llama-3.1-8b", "--positions", positions, "--timeout", "3"});
  }

  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

// The growth of the server's memory for each reader that takes the first chunk and then stops
// reading.
double MiBPerStalledReader(int stalled, bool cached) {
  const testing::RunningServer server({"--threads", "2", "--cache-bytes", cached ? "1GiB" : "0"});
  const auto client = client::RopeClient::Connect(server.address());
  int64_t theta = 500000;
  for (int i = 0; i < 4; ++i) ReadAll(client, Request(kTableRows, theta));
  const int64_t before = ResidentBytes(server.pid());
  std::vector<std::unique_ptr<client::TableReader>> readers;
  for (int i = 0; i < stalled; ++i) {
    readers.push_back(client.StreamTable(Request(kTableRows, cached ? theta : ++theta)));
    if (!readers.back()->NextView().ok()) Die(absl::InternalError("no first chunk"));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  return static_cast<double>(ResidentBytes(server.pid()) - before) / kMiB / stalled;
}

// How often each block is computed if 16 clients request the same uncached table at once.
double ComputationsForSixteen() {
  const testing::RunningServer server({"--threads", "2"});
  const auto client = client::RopeClient::Connect(server.address());
  client::TablePipeline pipeline(client, {});
  for (int i = 0; i < 16; ++i) {
    pipeline.Start(Request(16384, 500000), [](const absl::StatusOr<client::Table>& table) {
      if (!table.ok()) Die(table.status());
    });
  }
  while (pipeline.Step()) {
  }
  const double sixteen = static_cast<double>(ActivityOf(client).blocks_computed());
  ReadAll(client, Request(16384, 600000));
  return sixteen / (static_cast<double>(ActivityOf(client).blocks_computed()) - sixteen);
}

v1::StreamEmbeddingsRequest TinyRequest(int number) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(absl::StrCat(
      R"({"model_type": "llama", "head_dim": 8, "rope_theta": )", 10000 + number, "}"));
  request.mutable_position_ids()->mutable_range()->set_count(64);
  request.set_dtype(v1::D_TYPE_FLOAT16);
  return request;
}

// Requests per second of a server with `entries` cache entries, divided by those of a server with
// one entry.
Result ManyEntries(const std::string& what, int entries, const Options& options) {
  const int calls = options.Amount(64, 4000, 4000);
  const Pinned servers_cpu(0);
  const std::vector<std::string> server_options = {"--threads", "1", "--cache-bytes", "4GiB"};
  const testing::RunningServer full(server_options);
  const testing::RunningServer empty(server_options);
  const Pinned client_cpu(1);
  const auto full_client = client::RopeClient::Connect(full.address());
  const auto empty_client = client::RopeClient::Connect(empty.address());
  CallsPerSecond(full_client, TinyRequest, {}, entries, 16);
  const auto rate = [calls](const client::RopeClient& client) {
    return CallsPerSecond(
        client, [](int) { return TinyRequest(0); }, {}, calls, 16);
  };
  const auto sides =
      Measure({[&] { return rate(full_client); }, [&] { return rate(empty_client); }}, options,
              {full.pid(), empty.pid()});
  return RatioOf("service.entries", what, sides[0], sides[1]);
}

// A figure that is measured once.
Result Once(const std::string& id, const std::string& what, const std::string& unit, double value) {
  Side side;
  side.values.push_back(value);
  return MedianOf(id, what, unit, side);
}

// Streams tables of 2 MiB: as many at a time as a server allows, and one at a time.
std::vector<Result> ManyStreams(const Options& options) {
  const int streams = options.Amount(8, 256, 256);
  const Pinned server_cpu(0);
  const testing::RunningServer server({"--threads", "1"});
  const Pinned client_cpu(1);
  const auto client = client::RopeClient::Connect(server.address());
  const auto rate = [&](int in_flight) {
    return CallsPerSecond(
        client, [](int) { return Request(2048, 500000); }, {}, 2 * streams, in_flight);
  };
  rate(1);
  const int64_t before = ResidentBytes(server.pid());
  const auto sides =
      Measure({[&] { return rate(streams); }, [&] { return rate(1); }}, options, {server.pid()});
  const double grown = static_cast<double>(ResidentBytes(server.pid()) - before) / kMiB;
  return {
      AtLeast(0.9,
              RatioOf("service.streams", "tables per second with 256 streams / with one stream",
                      sides[0], sides[1])),
      AtMost(0.1, Once("service.streams_memory", "memory of the server for each of these streams",
                       "MiB", grown / streams))};
}

// The time per position of a table with rows * times positions, divided by that of a table with
// `rows` positions.
double TimePerPosition(const client::RopeClient& client, int64_t rows, int64_t times) {
  const auto seconds = [&](int64_t count) {
    v1::StreamEmbeddingsRequest request = Request(count, 500000);
    request.set_layout(v1::LAYOUT_COMPACT);
    request.set_dtype(v1::D_TYPE_BFLOAT16);
    const auto begin = Clock::now();
    ReadAll(client, request);
    return SecondsSince(begin) / static_cast<double>(count);
  };
  return seconds(rows * times) / seconds(rows);
}

// Mixes small and large tables, cached and uncached ones, ranges with step 1 and 2, and cancels
// `cancelled` streams.
void MixedLoad(const client::RopeClient& client, int requests, int cancelled) {
  CallsPerSecond(
      client,
      [](int i) {
        v1::StreamEmbeddingsRequest request =
            i % 5000 == 0 ? Request(8192, 500000 + i) : TinyRequest(i % 20000);
        request.mutable_position_ids()->mutable_range()->set_start(int64_t{64} * (i % 100));
        if (i % 7 == 0) request.mutable_position_ids()->mutable_range()->set_step(2);
        return request;
      },
      {}, requests, 32);
  for (int i = 0; i < cancelled; ++i) {
    const auto reader = client.StreamTable(Request(kTableRows, 500000 + i % 50));
    if (i % 2 == 0 && !reader->NextView().ok()) Die(absl::InternalError("no first chunk"));
  }
}

// Memory of a server after much work, less the cache's budget.
double MiBBeyondTheBudget(int requests, int cancelled) {
  const testing::RunningServer server({"--threads", "2", "--cache-bytes", "128MiB"});
  const auto client = client::RopeClient::Connect(server.address());
  ReadAll(client, Request(64, 500000));
  const int64_t before = ResidentBytes(server.pid());
  MixedLoad(client, requests, cancelled);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  return static_cast<double>(ResidentBytes(server.pid()) - before) / kMiB - 128;
}

std::vector<Result> HealthResults(const Options& options) {
  const int rounds = options.Amount(1, 3, 11);
  const int checks = options.Amount(20, 1000, 1000);
  const testing::RunningServer server({"--cache-bytes", "0"});
  Side idle;
  Side busy;
  for (int i = 0; i < rounds; ++i) {
    idle.values.push_back(HealthP99(server.address(), checks) * 1e3);
    const Computing computing(server.address());
    busy.values.push_back(HealthP99(server.address(), checks) * 1e3);
  }
  return {MedianOf("service.health", "p99 of a health check, idle", "ms", idle),
          AtMost(1.5, RatioOf("service.health_busy", "the same while every core computes / idle",
                              busy, idle))};
}

}  // namespace

std::vector<Result> ServiceBenchmark(const Options& options) {
  std::vector<Result> results = HealthResults(options);
  {
    const testing::RunningServer server({"--cache-bytes", "256MiB"});
    const auto client = client::RopeClient::Connect(server.address());
    int64_t theta = 1000000;
    const auto sides =
        Measure({[&] { return FirstByteShare(client, &theta); }}, options, {server.pid()});
    results.push_back(
        AtMost(0.1, MedianOf("service.first_byte", "first chunk of a cold 64 MiB table / its end",
                             "x", sides[0])));
    Options few = options;
    few.samples = few.discarded_max = options.Amount(1, 3, 3);
    const int64_t times = options.Amount(2, 10, 100);
    const auto growth =
        Measure({[&] { return TimePerPosition(client, 100000, times); }}, few, {server.pid()});
    results.push_back(
        AtMost(1.1, MedianOf("service.positions",
                             absl::StrCat("time per position of ", times, " x 10^5 / of 10^5"), "x",
                             growth[0])));
  }
  const int stalled = options.Amount(4, 64, 64);
  results.push_back(AtMost(
      0.1, Once("service.stalled_cached", "memory per stalled reader of a cached table of 64 MiB",
                "MiB", MiBPerStalledReader(stalled, true))));
  results.push_back(AtMost(2, Once("service.stalled_cold", "the same, computed in chunks of 1 MiB",
                                   "MiB", MiBPerStalledReader(stalled, false))));
  results.push_back(
      AtMost(1, Once("service.joined", "computations of a block that 16 clients request at once",
                     "x", ComputationsForSixteen())));
  const int entries = options.Amount(100, 10000, 100000);
  results.push_back(
      AtLeast(0.9, ManyEntries(absl::StrCat("requests per second, ", entries, " cache entries / 1"),
                               entries, options)));
  for (Result& result : ManyStreams(options)) results.push_back(std::move(result));
  const int requests = options.Amount(200, 50000, 1000000);
  const int cancelled = requests / 100;
  results.push_back(AtMost(64, Once("service.memory",
                                    absl::StrCat("memory beyond the cache's after ", requests,
                                                 " requests, ", cancelled, " cancelled"),
                                    "MiB", MiBBeyondTheBudget(requests, cancelled))));
  return results;
}

}  // namespace rope::bench

// How fast tables are streamed, cached and computed, compared with a server that does nothing and
// with a plain socket. All servers run on one core, the client on another.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/rope_client.h"
#include "client/table_pipeline.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/peers/python_peer.h"
#include "tests/bench/transport.h"
#include "tests/testing/subprocess.h"

namespace rope::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kRows = 65536;  // rows of 128 float32 in two tensors: 64 MiB
constexpr int64_t kBytes = kRows * 1024;
constexpr int kInFlight = 16;
// A cache of this size is soon full of answers that nobody requests again, and has to evict.
constexpr char kSmallCache[] = "64MiB";

// Tables in one sample of a stream.
int TablesPerSample(const Options& options) { return options.Amount(1, 8, 8); }
// Calls in one sample of small requests.
int SmallCalls(const Options& options) { return options.Amount(64, 4000, 4000); }

// 64 MiB that the client owns. The pages are touched before they are used.
class Memory {
 public:
  Memory() : bytes_(kBytes, 'x') {}
  std::byte* Place(v1::TensorKind kind, int64_t offset) {
    const int64_t tensor = kind == v1::TENSOR_KIND_SIN ? kBytes / 2 : 0;
    return reinterpret_cast<std::byte*>(bytes_.data() + tensor + offset);
  }
  char* data() { return bytes_.data(); }

 private:
  std::string bytes_;
};

// Fetches `tables` tables, one after the other.
double StreamGbps(const client::RopeClient& client,
                  const std::function<v1::StreamEmbeddingsRequest()>& request, int tables,
                  const client::CallOptions& options, Memory* memory) {
  const auto begin = Clock::now();
  for (int i = 0; i < tables; ++i) {
    const auto reader = client.StreamTable(request(), options);
    const absl::Status status = reader->ReadInto(
        [memory](v1::TensorKind kind, int64_t offset) { return memory->Place(kind, offset); });
    if (!status.ok()) Die(status);
  }
  return static_cast<double>(tables * kBytes) / SecondsSince(begin) / 1e9;
}

// Receives tables from null_server --socket.
class SocketClient {
 public:
  explicit SocketClient(const std::string& address) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    int port = 0;
    (void)absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<uint16_t>(port));
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::abort();
  }
  ~SocketClient() { close(socket_); }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  double Gbps(int tables, Memory* memory) const {
    const auto begin = Clock::now();
    for (int i = 0; i < tables; ++i) ReadTable(memory);
    return static_cast<double>(tables * kBytes) / SecondsSince(begin) / 1e9;
  }

 private:
  void ReadTable(Memory* memory) const {
    if (write(socket_, "x", 1) != 1) std::abort();
    for (int64_t got = 0; got < kBytes;) {
      const ssize_t read_now =
          read(socket_, memory->data() + got,
               static_cast<size_t>(std::min<int64_t>(kBytes - got, int64_t{1} << 20)));
      if (read_now <= 0) std::abort();
      got += read_now;
    }
  }

  const int socket_;
};

v1::StreamEmbeddingsRequest TableRequest(int64_t rows, int64_t theta = 500000) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(LlamaConfig(theta));
  request.mutable_position_ids()->mutable_range()->set_count(rows);
  return request;
}

// One comparison with grpc_torch.py, a Python server with transformers' own code.
struct PythonSides {
  const char* id;
  const char* mode;  // a line of the peer's input
  double goal;
  std::vector<std::string> server_options;
  bool fresh;  // each request has another configuration
};

std::vector<Result> PythonResults(const Options& options) {
  const Pinned servers_cpu(0);
  PythonPeer python(options.torch_python, "grpc_torch.py");
  const double port = python.Ask("cached");
  std::vector<Result> results;
  for (const PythonSides& one :
       {PythonSides{"cached", "cached", 9, {}, false},
        PythonSides{"cold", "cold", 15, {"--cache-bytes", "0"}, false},
        PythonSides{"fresh", "cached", 30, {"--cache-bytes", kSmallCache}, true}}) {
    std::vector<std::string> server_options = {"--threads", "1"};
    server_options.insert(server_options.end(), one.server_options.begin(),
                          one.server_options.end());
    const testing::RunningServer server(server_options);
    const testing::RunningServer null_server({"--rows", "64"}, "null_server");
    (void)python.Ask(one.mode);
    const Pinned client_cpu(1);
    const auto ours = client::RopeClient::Connect(server.address());
    const auto theirs =
        client::RopeClient::Connect(absl::StrCat("127.0.0.1:", static_cast<int>(port)));
    int64_t theta = 500000;
    const auto request = [&](int) { return TableRequest(64, one.fresh ? ++theta : theta); };
    client::CallOptions unverified;  // the Python server sends no XXH3
    unverified.verify = false;
    const auto nothing = client::RopeClient::Connect(null_server.address());
    Side ours_p99;
    Side their_p99;
    const auto sample = [&](const client::RopeClient& client, int calls, Side* p99) {
      std::vector<double> latencies;
      const double rate = CallsPerSecond(client, request, unverified, calls, kInFlight, &latencies);
      std::sort(latencies.begin(), latencies.end());
      p99->values.push_back(latencies[latencies.size() * 99 / 100]);
      return rate;
    };
    const auto sides = Measure({[&] { return sample(ours, SmallCalls(options), &ours_p99); },
                                [&] { return sample(theirs, SmallCalls(options) / 8, &their_p99); },
                                [&] {
                                  return CallsPerSecond(nothing, request, unverified,
                                                        SmallCalls(options), kInFlight);
                                }},
                               options, {server.pid(), python.pid(), null_server.pid()});
    results.push_back(AtLeast(
        one.goal,
        RatioOf(absl::StrCat("small.python_", one.id),
                "requests per second / Python's with torch, the same way", sides[0], sides[1])));
    results.push_back(
        AtMost(0.15, RatioOf(absl::StrCat("small.python_", one.id, "_p99"),
                             "p99 of these requests / Python's", ours_p99, their_p99)));
    results.push_back(RatioOf(absl::StrCat("small.null_python_", one.id),
                              "a server that does nothing / Python's", sides[2], sides[1]));
  }
  return results;
}

// An Arrow Flight server in Python with a client in C++.
class FlightPeer {
 public:
  // `tables`: how many one sample fetches.
  FlightPeer(const std::string& python, int tables)
      : tables_(tables), server_(python, "flight_server.py") {
    const Pinned client_cpu(1);
    client_ = std::make_unique<PythonPeer>(python, "flight_client.py");
    port_ = static_cast<int>(server_.Ask("port"));
    (void)client_->Ask(absl::StrCat(port_, " 0 0 0"));  // waits until the client is compiled
  }
  double CachedGbps() { return Gbps(absl::StrCat(port_, " 500000 0")); }
  double ComputedGbps() {
    theta_ += tables_;
    return Gbps(absl::StrCat(port_, " ", theta_, " 1"));
  }
  std::vector<int> pids() const { return {server_.pid(), client_->pid()}; }

 private:
  // `which` is "PORT THETA STEP" of flight_client.cc.
  double Gbps(const std::string& which) {
    const double seconds = client_->Ask(absl::StrCat(which, " ", tables_));
    return static_cast<double>(tables_ * kBytes) / seconds / 1e9;
  }

  const int tables_;
  PythonPeer server_;
  std::unique_ptr<PythonPeer> client_;
  int port_ = 0;
  int64_t theta_ = 600000;
};

// The servers of the stream benchmark. They run on the core of the thread that makes this object.
struct StreamServers {
  const testing::RunningServer warm{{"--threads", "1"}};
  const testing::RunningServer cold{{"--threads", "1", "--cache-bytes", "256MiB"}};
  const testing::RunningServer null{{}, "null_server"};
  const testing::RunningServer socket{{"--socket"}, "null_server"};
};

std::vector<Result> SmallResults(const Options& options) {
  const Pinned servers_cpu(0);
  const testing::RunningServer server({"--threads", "1"});
  const testing::RunningServer full_server({"--threads", "1", "--cache-bytes", kSmallCache});
  const testing::RunningServer null_server({"--rows", "64"}, "null_server");
  const Pinned client_cpu(1);
  const auto client = client::RopeClient::Connect(server.address());
  const auto full_client = client::RopeClient::Connect(full_server.address());
  const auto null_client = client::RopeClient::Connect(null_server.address());
  v1::StreamEmbeddingsRequest request = TableRequest(64);
  int64_t position = 0;
  const auto same = [&](int) { return request; };
  const auto moving = [&](int) {
    v1::StreamEmbeddingsRequest other = request;
    position = (position + 64) % 8192;
    other.mutable_position_ids()->mutable_range()->set_start(position);
    return other;
  };
  int64_t theta = 500000;
  const auto fresh = [&](int) { return TableRequest(64, ++theta); };
  const int calls = SmallCalls(options);
  const auto sides =
      Measure({[&] { return CallsPerSecond(client, same, {}, calls, kInFlight); },
               [&] { return CallsPerSecond(null_client, same, {}, calls, kInFlight); },
               [&] { return CallsPerSecond(client, moving, {}, calls, kInFlight); },
               [&] { return CallsPerSecond(full_client, fresh, {}, calls, kInFlight); }},
              options, {server.pid(), full_server.pid(), null_server.pid()});
  return {
      MedianOf("small.cached", "64 positions x 128, 16 in flight", "/s", sides[0]),
      AtLeast(0.95, RatioOf("small.cached_null", "the same / a server that does nothing", sides[0],
                            sides[1])),
      RatioOf("small.moving_null", "other positions each time / a server that does nothing",
              sides[2], sides[1]),
      RatioOf("small.fresh_null", "another configuration each time / a server that does nothing",
              sides[3], sides[1]),
  };
}

// A table into memory that FetchTable makes, compared with memory that is used again.
Result FreshMemory(const Options& options) {
  const Pinned servers_cpu(0);
  const testing::RunningServer server({"--threads", "1"});
  const Pinned client_cpu(1);
  const auto client = client::RopeClient::Connect(server.address());
  const auto memory = std::make_unique<Memory>();
  const int tables = TablesPerSample(options);
  const auto request = [] { return TableRequest(kRows); };
  const auto fetch = [&] {
    const auto begin = Clock::now();
    for (int i = 0; i < tables; ++i) {
      const auto table = client.FetchTable(request());
      if (!table.ok()) Die(table.status());
    }
    return static_cast<double>(tables * kBytes) / SecondsSince(begin) / 1e9;
  };
  const auto sides =
      Measure({fetch, [&] { return StreamGbps(client, request, tables, {}, memory.get()); }},
              options, {server.pid()});
  return AtLeast(0.85, RatioOf("stream.fresh_memory",
                               "cached, into memory that FetchTable makes / into used memory",
                               sides[0], sides[1]));
}

}  // namespace

std::vector<Result> StreamBenchmark(const Options& options) {
  const Result fresh_memory = FreshMemory(options);
  const Pinned servers_cpu(0);
  const int tables = TablesPerSample(options);
  std::unique_ptr<FlightPeer> flight;  // before the servers: if it fails, none is left running
  if (!options.torch_python.empty()) {
    flight = std::make_unique<FlightPeer>(options.torch_python, tables);
  }
  const StreamServers servers;
  std::vector<std::string> avx2_options = {"--threads", "1", "--cache-bytes", "256MiB"};
  if (HasAvx512()) avx2_options.insert(avx2_options.end(), {"--backend", "cpu-avx2"});
  const testing::RunningServer avx2_server(avx2_options);
  const Pinned client_cpu(1);
  const auto client = client::RopeClient::Connect(servers.warm.address());
  const auto null_client = client::RopeClient::Connect(servers.null.address());
  const auto cold_client = client::RopeClient::Connect(servers.cold.address());
  const auto avx2_client = client::RopeClient::Connect(avx2_server.address());
  const SocketClient socket(servers.socket.address());
  const auto memory = std::make_unique<Memory>();
  const auto request = [] { return TableRequest(kRows); };
  client::CallOptions unverified;
  unverified.verify = false;
  int64_t theta = 500000;
  const auto other = [&theta] { return TableRequest(kRows, ++theta); };
  std::vector<Sample> samples = {
      [&] { return StreamGbps(client, request, tables, {}, memory.get()); },
      [&] { return StreamGbps(null_client, request, tables, {}, memory.get()); },
      [&] { return socket.Gbps(tables, memory.get()); },
      [&] { return StreamGbps(cold_client, other, tables, {}, memory.get()); },
      [&] { return StreamGbps(client, request, tables, unverified, memory.get()); },
      [&] { return StreamGbps(avx2_client, other, tables, {}, memory.get()); }};
  std::vector<int> helpers = {servers.warm.pid(), servers.cold.pid(), servers.null.pid(),
                              servers.socket.pid(), avx2_server.pid()};
  if (flight != nullptr) {
    samples.emplace_back([&] { return flight->CachedGbps(); });
    samples.emplace_back([&] { return flight->ComputedGbps(); });
    for (int pid : flight->pids()) helpers.push_back(pid);
  }
  const auto sides = Measure(samples, options, helpers);
  std::vector<Result> results = {
      MedianOf("stream.cached", "a cached table of 64 MiB into the client's memory", "GB/s",
               sides[0]),
      MedianOf("stream.socket", "the same bytes over a plain TCP socket", "GB/s", sides[2]),
      AtLeast(0.97, RatioOf("stream.cached_null", "cached / a gRPC server that sends static slices",
                            sides[0], sides[1])),
      AtLeast(0.85,
              RatioOf("stream.cached_socket", "cached / plain TCP socket", sides[0], sides[2])),
      AtLeast(HasAvx512() ? 0.75 : 0.62,
              RatioOf("stream.cold_cached", "computed / cached, one core", sides[3], sides[0])),
      AtLeast(0.62, RatioOf("stream.cold_avx2", "the same, without AVX-512", sides[5], sides[0])),
      RatioOf("stream.unverified", "cached, without checksums / with them", sides[4], sides[0]),
      fresh_memory,
  };
  if (flight != nullptr) {
    results.push_back(AtLeast(
        1.3,
        RatioOf("stream.flight_cached", "cached, without checksums / Arrow Flight, which has none",
                sides[4], sides[6])));
    results.push_back(
        AtLeast(6, RatioOf("stream.flight_cold", "computed / Arrow Flight that computes with torch",
                           sides[3], sides[7])));
    results.push_back(RatioOf("stream.socket_flight", "plain TCP socket / Arrow Flight, cached",
                              sides[2], sides[6]));
  }
  return results;
}

std::vector<Result> SmallBenchmark(const Options& options) {
  std::vector<Result> results = SmallResults(options);
  if (!options.torch_python.empty()) {
    for (Result& result : PythonResults(options)) results.push_back(std::move(result));
  }
  return results;
}

}  // namespace rope::bench

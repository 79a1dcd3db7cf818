// ropectl bench: a simple load generator.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "client/ropectl/table_request.h"
#include "client/table_pipeline.h"

namespace rope::ropectl {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct Load {
  std::vector<double> latencies;  // seconds, of the requests that were answered
  int64_t bytes = 0;
  std::map<std::string, int64_t> failures;  // by status code
  absl::Status last_failure;
};

// Keeps `in_flight` requests under way over one connection until the time is over.
class Generator {
 public:
  Generator(const Options& options, const v1::StreamEmbeddingsRequest& request)
      : request_(request),
        client_(client::RopeClient::Connect(options.server)),
        pipeline_(client_, options.call_options()),
        in_flight_(options.in_flight),
        end_(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                std::chrono::duration<double>(options.duration_seconds))) {}

  Load Run() {
    for (int i = 0; i < in_flight_; ++i) Start();
    while (pipeline_.Step()) {
    }
    return std::move(load_);
  }

 private:
  void Start() {
    const auto begin = Clock::now();
    pipeline_.Start(request_, [this, begin](const absl::StatusOr<client::Table>& table) {
      if (table.ok()) {
        load_.latencies.push_back(SecondsSince(begin));
        load_.bytes += table->footer.bytes();
      } else {
        ++load_.failures[absl::StatusCodeToString(table.status().code())];
        load_.last_failure = table.status();
      }
      if (Clock::now() < end_) Start();
    });
  }

  const v1::StreamEmbeddingsRequest& request_;
  const client::RopeClient client_;
  client::TablePipeline pipeline_;
  const int in_flight_;
  const Clock::time_point end_;
  Load load_;
};

Load RunAll(const Options& options, const v1::StreamEmbeddingsRequest& request) {
  std::vector<Load> loads(static_cast<size_t>(options.connections));
  std::vector<std::thread> threads;
  for (Load& load : loads) {
    threads.emplace_back([&] { load = Generator(options, request).Run(); });
  }
  for (std::thread& thread : threads) thread.join();
  Load all;
  for (const Load& load : loads) {
    all.latencies.insert(all.latencies.end(), load.latencies.begin(), load.latencies.end());
    all.bytes += load.bytes;
    for (const auto& [code, count] : load.failures) all.failures[code] += count;
    if (!load.last_failure.ok()) all.last_failure = load.last_failure;
  }
  std::sort(all.latencies.begin(), all.latencies.end());
  return all;
}

// Of sorted values, which are at least one.
double Percentile(const std::vector<double>& sorted, double share) {
  const auto index = static_cast<size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

constexpr struct {
  const char* name;
  const char* key;
  double share;
} kPercentiles[] = {
    {"p50", "p50", 0.5},       {"p90", "p90", 0.9}, {"p99", "p99", 0.99},
    {"p99.9", "p99_9", 0.999}, {"max", "max", 1.0},
};

void PrintJson(const Options& options, const Load& load, double seconds) {
  JsonOutput output;
  JsonWriter& json = output.writer();
  json.StartObject();
  json.Key("requests");
  json.Uint64(load.latencies.size());
  json.Key("failed");
  json.StartObject();
  for (const auto& [code, count] : load.failures) {
    json.Key(code.c_str());
    json.Int64(count);
  }
  json.EndObject();
  json.Key("seconds");
  json.Double(seconds);
  json.Key("requests_per_second");
  json.Double(static_cast<double>(load.latencies.size()) / seconds);
  json.Key("bytes");
  json.Int64(load.bytes);
  json.Key("gb_per_second");
  json.Double(static_cast<double>(load.bytes) / seconds / 1e9);
  json.Key("connections");
  json.Int(options.connections);
  json.Key("in_flight");
  json.Int(options.in_flight);
  json.Key("latency_ms");
  json.StartObject();
  for (const auto& one : kPercentiles) {
    json.Key(one.key);
    json.Double(Percentile(load.latencies, one.share) * 1e3);
  }
  json.EndObject();
  json.EndObject();
  output.Print();
}

void PrintText(const Options& options, const Load& load, double seconds) {
  absl::PrintF("load              %d connections, %d requests in flight on each\n",
               options.connections, options.in_flight);
  absl::PrintF("requests          %d in %.2f s, %.0f/s\n", load.latencies.size(), seconds,
               static_cast<double>(load.latencies.size()) / seconds);
  absl::PrintF("tables            %d bytes, %.3f GB/s\n", load.bytes,
               static_cast<double>(load.bytes) / seconds / 1e9);
  absl::PrintF("latency          ");
  for (const auto& one : kPercentiles) {
    absl::PrintF(" %s %.3f ms", one.name, Percentile(load.latencies, one.share) * 1e3);
  }
  absl::PrintF("\n");
  for (const auto& [code, count] : load.failures)
    absl::PrintF("failed            %d %s\n", count, code);
}

}  // namespace

int RunBench(const Options& options) {
  const auto request = ReadTableRequest(options);
  if (!request.has_value()) return kUsage;
  // A request that cannot be answered is said once, with its findings, before it is sent often.
  std::vector<Finding> findings;
  const auto table = client::RopeClient::Connect(options.server)
                         .FetchTable(*request, options.call_options(), &findings);
  if (!table.ok()) return ReportStatus(options.json, table.status(), findings);

  const auto begin = Clock::now();
  const Load load = RunAll(options, *request);
  const double seconds = SecondsSince(begin);
  if (load.latencies.empty()) return ReportStatus(options.json, load.last_failure, {});
  if (options.json) {
    PrintJson(options, load, seconds);
  } else {
    PrintText(options, load, seconds);
  }
  return load.failures.empty() ? kFine : kTransport;
}

}  // namespace rope::ropectl

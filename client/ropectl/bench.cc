// ropectl bench: a load generator that requests one table again and again.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/table_request.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/table_pipeline.h"

namespace rope::ropectl {
namespace {

using Clock = std::chrono::steady_clock;

struct BenchOptions {
  ServerOptions server;
  bool json = false;
  TableOptions table;
  int connections = 1;
  int in_flight = 16;           // on each connection
  double duration_seconds = 5;  // no request starts later
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What was measured.
struct Load {
  std::vector<double> latencies;            // seconds, of the requests that were answered
  int64_t bytes = 0;                        // of their tables
  std::map<std::string, int64_t> failures;  // by status code
  absl::Status last_failure;
};

// Keeps `in_flight` requests in flight over one connection until the duration is over.
class Generator {
 public:
  Generator(const BenchOptions& options, const v1::StreamEmbeddingsRequest& request)
      : request_(request),
        client_(options.server.Connect()),
        pipeline_(client_, options.server.call_options()),
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
    const auto start = Clock::now();
    pipeline_.Start(request_, [this, start](const absl::StatusOr<client::Table>& table) {
      if (table.ok()) {
        load_.latencies.push_back(SecondsSince(start));
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

Load RunAll(const BenchOptions& options, const v1::StreamEmbeddingsRequest& request) {
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

// The value below which `share` of the values lie. `sorted` has at least one.
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

void PrintJson(const BenchOptions& options, const Load& load, double seconds) {
  JsonOutput json;
  json.Object([&] {
    json.Member("requests", load.latencies.size());
    json.Object("failed", [&] {
      for (const auto& [code, count] : load.failures) json.Member(code, count);
    });
    json.Member("seconds", seconds);
    json.Member("requests_per_second", static_cast<double>(load.latencies.size()) / seconds);
    json.Member("bytes", load.bytes);
    json.Member("gb_per_second", static_cast<double>(load.bytes) / seconds / 1e9);
    json.Member("connections", options.connections);
    json.Member("in_flight", options.in_flight);
    json.Object("latency_ms", [&] {
      for (const auto& one : kPercentiles) {
        json.Member(one.key, Percentile(load.latencies, one.share) * 1e3);
      }
    });
  });
  json.Print();
}

void PrintText(const BenchOptions& options, const Load& load, double seconds) {
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
  for (const auto& [code, count] : load.failures) {
    absl::PrintF("failed            %d %s\n", count, code);
  }
}

int RunBench(const BenchOptions& options) {
  const auto request = ReadTableRequest(options.table, options.json);
  if (!request.has_value()) return kUsage;
  // The first request is sent alone. If the server refuses it, the user sees the reason and the
  // findings.
  std::vector<Finding> findings;
  const auto table =
      options.server.Connect().FetchTable(*request, options.server.call_options(), &findings);
  if (!table.ok()) return ReportStatus(options.json, table.status(), findings);

  const auto start = Clock::now();
  const Load load = RunAll(options, *request);
  const double seconds = SecondsSince(start);
  if (load.latencies.empty()) return ReportStatus(options.json, load.last_failure, {});
  if (options.json) {
    PrintJson(options, load, seconds);
  } else {
    PrintText(options, load, seconds);
  }
  return load.failures.empty() ? kFine : kTransport;
}

}  // namespace

Command AddBench(CLI::App* app) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App* line =
      app->add_subcommand("bench", "Requests the same table again and again: a load generator");
  AddServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  AddTableOptions(line, &options->table);
  line->add_option("--in-flight", options->in_flight, "Requests in flight on each connection")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  line->add_option("--connections", options->connections, "Connections, each with a thread")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  line->add_option("--duration", options->duration_seconds, "Seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  line->footer(
      "\nExit code 3 if a request failed.\n"
      "Example: ropectl bench --config preset:llama-3.1-8b --positions 0:64 --in-flight 16");
  return {line, [options] { return RunBench(*options); }};
}

}  // namespace rope::ropectl

// The list of benchmarks. Each answers one question with one or more figures.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/measure.h"

namespace rope::bench {

struct Benchmark {
  std::string id;  // the ids of its results start with it
  std::string what;
  std::vector<Result> (*run)(const Options& options);
};

std::vector<Result> ValidateBenchmark(const Options& options);
std::vector<Result> GrowthBenchmark(const Options& options);
std::vector<Result> TableBenchmark(const Options& options);
std::vector<Result> RotateBenchmark(const Options& options);
std::vector<Result> CoresBenchmark(const Options& options);
std::vector<Result> StreamBenchmark(const Options& options);
std::vector<Result> SmallBenchmark(const Options& options);
std::vector<Result> ServiceBenchmark(const Options& options);
std::vector<Result> CacheBenchmark(const Options& options);

inline const std::vector<Benchmark>& AllBenchmarks() {
  static const auto* const benchmarks = new std::vector<Benchmark>{
      {"table", "computing a table", TableBenchmark},
      {"rotate", "rotating queries", RotateBenchmark},
      {"cores", "computing a table with more threads", CoresBenchmark},
      {"stream", "large tables over the wire", StreamBenchmark},
      {"small", "many small requests", SmallBenchmark},
      {"service", "latency, memory and growth", ServiceBenchmark},
      {"cache", "which blocks the cache keeps", CacheBenchmark},
      {"validate", "server CPU of a ValidateConfig call", ValidateBenchmark},
      {"growth", "the time to read large configurations", GrowthBenchmark},
  };
  return *benchmarks;
}

}  // namespace rope::bench

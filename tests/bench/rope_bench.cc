// rope_bench: every benchmark, as a table and as JSON. Started by tools/bench.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <regex>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "rapidjson/prettywriter.h"
#include "rapidjson/stringbuffer.h"
#include "tests/bench/benchmarks.h"

namespace rope::bench {
namespace {

void PrintResult(const Result& result) {
  absl::PrintF("%-28s %9.4g %-5s %-8s %-3s [%.4g..%.4g] n=%d  %s\n", result.id, result.value,
               result.unit, result.goal, result.goal.empty() ? "" : (result.meets ? "yes" : "NO"),
               result.min, result.max, result.samples, result.what);
  std::fflush(stdout);
}

std::string ToJson(const std::vector<Result>& results) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json(buffer);
  json.StartArray();
  for (const Result& result : results) {
    json.StartObject();
    json.Key("id");
    json.String(result.id.c_str());
    json.Key("what");
    json.String(result.what.c_str());
    json.Key("value");
    json.Double(result.value);
    json.Key("unit");
    json.String(result.unit.c_str());
    json.Key("goal");
    json.String(result.goal.c_str());
    json.Key("meets");
    json.Bool(result.meets);
    json.Key("samples");
    json.Int(result.samples);
    json.Key("min");
    json.Double(result.min);
    json.Key("max");
    json.Double(result.max);
    json.EndObject();
  }
  json.EndArray();
  return buffer.GetString();
}

int Run(int argc, char** argv) {
  bool quick = false;
  std::string json_file;
  std::string only;
  CLI::App app{"Measures what this project claims, each against its limit or its peer.",
               "rope_bench"};
  app.add_flag("--quick", quick, "Five samples of each side instead of twenty");
  app.add_option("--json", json_file, "Write the results as JSON to this file");
  app.add_option("--only", only, "Only benchmarks whose id this regular expression finds");
  Options options;
  app.add_option("--torch", options.torch_python,
                 "A Python interpreter with torch and transformers 5: measure against them, too");
  CLI11_PARSE(app, argc, argv);
  if (quick) {
    options.samples = 5;
    options.discarded_max = 5;
  }
  std::vector<Result> results;
  for (const Benchmark& benchmark : AllBenchmarks()) {
    if (!only.empty() && !std::regex_search(benchmark.id, std::regex(only))) continue;
    for (const Result& result : benchmark.run(options)) {
      PrintResult(result);
      results.push_back(result);
    }
  }
  if (!json_file.empty()) {
    std::ofstream stream(json_file);
    stream << ToJson(results) << '\n';
    if (!stream) {
      std::cerr << "rope_bench: cannot write " << json_file << '\n';
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace rope::bench

int main(int argc, char** argv) { return rope::bench::Run(argc, argv); }

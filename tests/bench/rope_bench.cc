// rope_bench: runs the benchmarks and prints their figures as a table and as JSON. tools/bench
// starts it.
#include <cmath>
#include <cstdio>
#include <cstdlib>
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

struct CommandLine {
  bool smoke = false;
  bool quick = false;
  std::string json_file;
  std::string only;
  Options options;
};

void AddOptions(CLI::App* app, CommandLine* line) {
  app->add_flag("--quick", line->quick, "Take five samples of each side instead of twenty");
  app->add_flag("--smoke", line->smoke,
                "Run each benchmark once, with small sizes, and compare no figure with its goal. "
                "Fails if a figure is missing");
  app->add_option("--json", line->json_file, "Write the results as JSON to this file");
  app->add_option("--only", line->only,
                  "Run only the benchmarks whose id matches this regular expression, or print only "
                  "the figures whose id does: rotate, rotate.float16");
  app->add_option("--torch", line->options.torch_python,
                  "A Python interpreter with torch and transformers 5: compare with them, too");
}

void SetEffort(CommandLine* line) {
  if (line->smoke) {
    line->options.effort = Effort::kSmoke;
    line->options.samples = 1;
    line->options.discarded_max = 0;
  } else if (line->quick) {
    line->options.effort = Effort::kQuick;
    line->options.samples = 5;
    line->options.discarded_max = 5;
  }
}

// The figures whose id matches `only`. Exits if the benchmark has none, or one that is not a
// number.
std::vector<Result> RunBenchmark(const Benchmark& benchmark, const std::string& only,
                                 const Options& options) {
  std::vector<Result> results = benchmark.run(options);
  std::erase_if(results, [&](const Result& result) {
    return !std::regex_search(result.id, std::regex(only));
  });
  bool complete = !results.empty();
  for (Result& result : results) {
    if (options.effort == Effort::kSmoke) result.goal = "";
    PrintResult(result);
    complete = complete && std::isfinite(result.value);
  }
  if (complete) return results;
  std::cerr << "rope_bench: benchmark " << benchmark.id << " lacks a figure\n";
  std::exit(1);
}

int Run(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"Measures what this project claims and compares it with limits and peers.",
               "rope_bench"};
  AddOptions(&app, &line);
  CLI11_PARSE(app, argc, argv);
  SetEffort(&line);
  std::vector<Result> results;
  for (const Benchmark& benchmark : AllBenchmarks()) {
    const bool whole = std::regex_search(benchmark.id, std::regex(line.only));
    // The ids of figures start with that of their benchmark.
    if (!whole && line.only.rfind(benchmark.id + std::string("."), 0) != 0) continue;
    for (Result& result : RunBenchmark(benchmark, whole ? "" : line.only, line.options)) {
      results.push_back(std::move(result));
    }
  }
  if (!line.json_file.empty()) {
    std::ofstream stream(line.json_file);
    stream << ToJson(results) << '\n';
    if (!stream) {
      std::cerr << "rope_bench: cannot write " << line.json_file << '\n';
      return 1;
    }
  }
  if (!results.empty()) return 0;
  std::cerr << "rope_bench: no benchmark matches " << line.only << '\n';
  return 1;
}

}  // namespace
}  // namespace rope::bench

int main(int argc, char** argv) { return rope::bench::Run(argc, argv); }

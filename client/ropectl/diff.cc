// ropectl diff: where other programs part from transformers for one configuration.
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "core/dialects/difference.h"
#include "proto/wire/config_json.h"

namespace rope::ropectl {
namespace {

struct DiffOptions {
  bool local = false;  // changes nothing: diff never uses a server
  bool json = false;
  ConfigOptions config;
  std::vector<std::string> dialects;  // empty: all but transformers
};

absl::StatusOr<std::vector<const Dialect*>> DialectsOf(const DiffOptions& options) {
  std::vector<const Dialect*> dialects;
  for (const std::string& name : options.dialects) {
    std::string note;
    const auto dialect = FindDialect(name, &note);
    if (!dialect.ok()) return dialect.status();
    if (!note.empty()) absl::FPrintF(stderr, "%s\n", note);
    dialects.push_back(*dialect);
  }
  if (!dialects.empty()) return dialects;
  for (const Dialect& dialect : AllDialects().subspan(1)) dialects.push_back(&dialect);
  return dialects;
}

absl::StatusOr<std::vector<DialectDifference>> Diff(const DiffOptions& options,
                                                    const v1::ModelConfig& config) {
  const auto dialects = DialectsOf(options);
  if (!dialects.ok()) return dialects.status();
  const auto text = wire::ConfigJsonFromProto(config);
  if (!text.ok()) return text.status();
  return DiffDialects(ReadJson(*text), *dialects);
}

void WritePlan(const PlanDifference& plan, JsonOutput* json) {
  json->Object([&] {
    json->Member("seq_len", plan.length);
    json->Member("same", plan.same());
    json->Member("frequencies", plan.frequencies);
    json->Member("transformers_frequencies", plan.transformers_frequencies);
    json->Member("moved", plan.moved);
    json->Member("largest_ratio", plan.largest_ratio);
    json->Member("radians", plan.angle);
    json->Member("attention_factor", plan.attention_factor);
    json->Member("transformers_attention_factor", plan.transformers_attention_factor);
    json->Member("other_axes", plan.other_axes);
  });
}

void WriteLayer(const LayerDifference& layer, JsonOutput* json) {
  std::optional<std::string> layer_type;
  if (!layer.layer_type.empty()) layer_type = layer.layer_type;
  std::optional<std::string> refusal;
  if (!layer.refusal.empty()) refusal = layer.refusal;
  json->Object([&] {
    json->Member("layer_type", layer_type);
    json->Member("outcome", DialectOutcomeName(layer.outcome));
    json->Member("refusal", refusal);
    json->Member("engine_class", layer.engine_class);
    json->Member("keys", layer.keys);
    json->ArrayOf("plans", layer.plans,
                  [json](const PlanDifference& plan) { WritePlan(plan, json); });
    json->Member("notes", layer.notes);
  });
}

void PrintJson(const std::vector<DialectDifference>& differences) {
  const Dialect& transformers = AllDialects().front();
  JsonOutput json;
  json.Object([&] {
    json.Object("compared_with", [&] {
      json.Member("name", transformers.name);
      json.Member("version", transformers.version);
    });
    json.ArrayOf("dialects", differences, [&json](const DialectDifference& difference) {
      json.Object([&] {
        json.Member("name", difference.dialect->name);
        json.Member("version", difference.dialect->version);
        json.Member("parts", difference.parts());
        json.Member("guess", difference.is_guess);
        json.ArrayOf("layers", difference.layers,
                     [&json](const LayerDifference& layer) { WriteLayer(layer, &json); });
      });
    });
  });
  json.Print();
}

void PrintPlan(const PlanDifference& plan) {
  if (plan.same()) return;
  std::vector<std::string> parts;
  if (plan.frequencies != plan.transformers_frequencies) {
    parts.push_back(absl::StrFormat("%d frequencies instead of %d", plan.frequencies,
                                    plan.transformers_frequencies));
  }
  if (!plan.moved.empty()) {
    parts.push_back(absl::StrFormat(
        "%d of %d frequencies (%d to %d), up to %.6g times, %.6g radians at the model's length",
        plan.moved.size(), plan.frequencies, plan.moved.front(), plan.moved.back(),
        plan.largest_ratio, plan.angle));
  }
  if (plan.attention_factor != plan.transformers_attention_factor) {
    parts.push_back(absl::StrFormat("attention factor %.17g instead of %.17g",
                                    plan.attention_factor, plan.transformers_attention_factor));
  }
  if (plan.other_axes) parts.emplace_back("frequencies read other position axes");
  absl::PrintF("    length %-8d %s\n", plan.length, absl::StrJoin(parts, "; "));
}

void PrintLayer(const LayerDifference& layer) {
  absl::PrintF("  %s%s%s\n", layer.layer_type, layer.layer_type.empty() ? "" : ": ",
               DialectOutcomeName(layer.outcome));
  if (!layer.refusal.empty()) absl::PrintF("    %s\n", layer.refusal);
  for (const PlanDifference& plan : layer.plans) PrintPlan(plan);
  if (!layer.keys.empty()) {
    absl::PrintF("    because of      %s\n", absl::StrJoin(layer.keys, ", "));
  }
  for (const std::string& note : layer.notes) absl::PrintF("    note            %s\n", note);
}

void PrintText(const std::vector<DialectDifference>& differences) {
  const Dialect& transformers = AllDialects().front();
  absl::PrintF("compared with %s %s\n", transformers.name, transformers.version);
  for (const DialectDifference& difference : differences) {
    absl::PrintF("%s %s\n", difference.dialect->name, difference.dialect->version);
    for (const LayerDifference& layer : difference.layers) PrintLayer(layer);
  }
}

int RunDiff(const DiffOptions& options) {
  const auto source = ReadConfig(options.config.config, options.config.strict);
  if (!source.ok()) {
    PrintError(options.json, "IO", source.status().message(), {});
    return kUsage;
  }
  const auto differences = Diff(options, source->config);
  if (!differences.ok()) return ReportStatus(options.json, differences.status(), {});
  options.json ? PrintJson(*differences) : PrintText(*differences);
  for (const DialectDifference& difference : *differences) {
    if (difference.parts()) return kBadConfig;
  }
  return kFine;
}

}  // namespace

Command AddDiff(CLI::App* app) {
  const auto options = std::make_shared<DiffOptions>();
  CLI::App* line = app->add_subcommand(
      "diff", "Where other programs part from transformers for a configuration");
  AddLocalOption(line, &options->local);
  AddJsonOption(line, &options->json);
  AddConfigOptions(line, &options->config);
  line->add_option("--dialects", options->dialects,
                   absl::StrCat("Which programs, separated by commas: of ", DialectNames(),
                                "; without it all"))
      ->delimiter(',');
  line->footer(
      "\nNeeds no server, so --local changes nothing. Exit code 1 if a program parts from\n"
      "transformers: other frequencies, another factor, or one of the two refuses the file. What\n"
      "is not known about a program is no difference.\n"
      "Example: ropectl diff --config config.json --dialects vllm,sglang");
  return {line, [options] { return RunDiff(*options); }};
}

}  // namespace rope::ropectl

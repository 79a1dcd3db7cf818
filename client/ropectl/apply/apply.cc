// ropectl apply: rotates the queries and keys of a file.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/files/safetensors_file.h"
#include "client/ropectl/apply/apply_remotely.h"
#include "client/ropectl/apply/rotate_tensors.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/arguments/override_options.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "core/json/json_reader.h"
#include "proto/wire/config_json.h"

namespace rope::ropectl {
namespace {

struct ApplyOptions {
  ServerOptions server;
  bool json = false;
  ConfigOptions config;
  std::string layer_type;
  OverrideOptions overrides;
  std::string in;
  std::string out;
  bool inverse = false;
};

absl::string_view PairingName(Pairing pairing) {
  switch (pairing) {
    case Pairing::kInterleaved:
      return "interleaved";
    case Pairing::kDeinterleave:
      return "interleaved, written half-split";
    case Pairing::kHalfSplit:
      break;
  }
  return "half-split";
}

absl::string_view ArithmeticName(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::kFloat32:
      return "float32, rounded once";
    case Arithmetic::kComplex:
      return "complex float32, rounded once";
    case Arithmetic::kPromoted:
      break;
  }
  return "as torch promotes dtypes";
}

// What is printed and written.
struct Result {
  std::string family;
  std::string text_model_path;
  std::vector<std::string> warning_codes;  // each once
  RotatedTensors rotated;
};

std::vector<std::string> WarningCodes(const std::vector<Finding>& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) {
    const bool known = std::find(codes.begin(), codes.end(), finding.code) != codes.end();
    if (finding.severity == Severity::kWarning && !known) codes.push_back(finding.code);
  }
  return codes;
}

void PrintJson(const ApplyOptions& options, const Result& result) {
  const RotatedTensors& rotated = result.rotated;
  JsonOutput json;
  json.Object([&] {
    json.Member("file", options.out);
    json.Member("family", result.family);
    json.Member("text_model_path", result.text_model_path);
    json.Member("findings", result.warning_codes);
    json.Member("pairing", PairingName(rotated.rotation.pairing));
    json.Member("arithmetic", ArithmeticName(rotated.rotation.arithmetic));
    json.Member("first_channel", rotated.rotation.offset);
    json.Member("rotated_channels", rotated.rotated_channels);
    json.Member("negative_angle", rotated.rotation.inverse);
    json.Member("tables_given", rotated.tables_given);
    json.Member("q_shape", rotated.file.tensors.at("q").shape);
    json.Member("k_shape", rotated.file.tensors.at("k").shape);
    json.Member("dtype", rotated.file.tensors.at("q").dtype);
  });
  json.Print();
}

void PrintText(const ApplyOptions& options, const Result& result) {
  const RotatedTensors& rotated = result.rotated;
  const std::vector<std::string>& codes = result.warning_codes;
  absl::PrintF("family            %s\n", result.family);
  if (!codes.empty()) absl::PrintF("findings          %s\n", absl::StrJoin(codes, ", "));
  absl::PrintF("pairs             %s%s\n", PairingName(rotated.rotation.pairing),
               rotated.rotation.inverse ? ", by the negative angle" : "");
  absl::PrintF("channels          %d to %d of %d\n", rotated.rotation.offset,
               rotated.rotation.offset + rotated.rotated_channels - 1,
               rotated.file.tensors.at("q").shape.back());
  absl::PrintF("arithmetic        %s\n", ArithmeticName(rotated.rotation.arithmetic));
  absl::PrintF("tables            %s\n", rotated.tables_given ? "given" : "computed");
  absl::PrintF("written           %s\n", options.out);
}

// Reports an error of reading or writing a file, or of what a file holds.
int ReportFileError(bool json, const absl::Status& status) {
  PrintError(json, status.code() == absl::StatusCode::kInvalidArgument ? "INVALID_ARGUMENT" : "IO",
             status.message(), {});
  return kUsage;
}

absl::StatusOr<Result> RotateLocally(const ApplyOptions& options, const v1::ModelConfig& config,
                                     const client::SafetensorsFile& input,
                                     std::vector<Finding>* findings) {
  const auto text = wire::ConfigJsonFromProto(config);
  if (!text.ok()) return text.status();
  const auto report = ValidateLocally(config, findings);
  if (!report.ok()) return report.status();
  const JsonResult document = ReadJson(*text);
  auto rotated = RotateTensors(*report, document->root, options.layer_type, options.inverse, input);
  if (!rotated.ok()) return rotated.status();
  return Result{report->family, report->text_model_path, WarningCodes(report->findings),
                *std::move(rotated)};
}

absl::StatusOr<Result> RotateOnServer(const ApplyOptions& options, const v1::ModelConfig& config,
                                      const client::SafetensorsFile& input,
                                      std::vector<Finding>* findings) {
  v1::Reading reading;
  auto rotated = RotateRemotely(options.server, {config, options.layer_type, options.inverse},
                                input, &reading, findings);
  if (!rotated.ok()) return rotated.status();
  return Result{reading.family(),
                reading.text_model_path(),
                {reading.warning_codes().begin(), reading.warning_codes().end()},
                *std::move(rotated)};
}

int RunApply(const ApplyOptions& options) {
  const auto config =
      ReadConfigWithOverrides(options.config, options.overrides, options.layer_type);
  if (!config.ok()) return ReportFileError(options.json, config.status());
  const auto input = client::ReadSafetensors(options.in);
  if (!input.ok()) return ReportFileError(options.json, input.status());
  std::vector<Finding> findings;
  const auto result = options.server.is_used() ? RotateOnServer(options, *config, *input, &findings)
                                               : RotateLocally(options, *config, *input, &findings);
  if (!result.ok()) return ReportStatus(options.json, result.status(), findings);
  absl::Status status = client::WriteSafetensors(options.out, result->rotated.file);
  if (!status.ok()) return ReportFileError(options.json, status);
  if (options.json) {
    PrintJson(options, *result);
  } else {
    PrintText(options, *result);
  }
  return kFine;
}

}  // namespace

Command AddApply(CLI::App* app) {
  const auto options = std::make_shared<ApplyOptions>();
  CLI::App* line = app->add_subcommand("apply", "Rotates queries and keys as a model would");
  AddOptionalServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  AddConfigOptions(line, &options->config);
  line->add_option("--layer-type", options->layer_type,
                   "Which parameter set, if the configuration has several");
  AddOverrideOptions(line, &options->overrides);
  line->add_option("--in", options->in,
                   "A .safetensors file with q and k, [batch, heads, seq, dim], and either "
                   "position_ids or cos and sin")
      ->required();
  line->add_option("--out", options->out, "The .safetensors file to write: q and k, rotated")
      ->required();
  line->add_flag("--inverse", options->inverse, "Undo the rotation");
  line->footer(
      "\ncos and sin are the tables that the model's own function gets, [seq, width] or\n"
      "[batch, seq, width]. position_ids are int64, [seq] or [batch, seq]; they are not used if\n"
      "there are tables, and neither are --inv-freq and --lane-scale.\n"
      "Example: ropectl apply --config config.json --in qk.safetensors --out rotated.safetensors");
  return {line, [options] { return RunApply(*options); }};
}

}  // namespace rope::ropectl

// ropectl freqs: the inverse frequencies and the attention factor of a configuration.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/arguments/override_options.h"
#include "client/ropectl/arguments/table_request.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/reading_output.h"
#include "client/ropectl/output/same_reading.h"
#include "client/ropectl/output/visible_text.h"
#include "core/table/numeric_profile.h"
#include "proto/wire/convert.h"

namespace rope::ropectl {
namespace {

struct FreqsOptions {
  ServerOptions server;
  bool json = false;
  ConfigOptions config;
  ResolutionOptions resolution;
  OverrideOptions overrides;
  bool of_forward = false;
  std::string query_positions;  // START:STOP[:STEP] or P,P,...; empty: none
};

// `query_scale` belongs to the model, so that all layer types have the same.
void WriteJson(const v1::Frequencies& frequencies,
               const google::protobuf::RepeatedField<float>& query_scale, JsonOutput* json) {
  const v1::Resolution& resolution = frequencies.resolution();
  const auto profile = wire::NumericProfileFromProto(frequencies.numeric_profile());
  std::optional<std::string> layer_type;
  if (!resolution.layer_type().empty()) layer_type = resolution.layer_type();
  std::optional<int64_t> seq_len;
  if (resolution.has_seq_len()) seq_len = resolution.seq_len();
  json->Object([&] {
    json->Member("layer_type", layer_type);
    json->Member("rope_type", resolution.rope_type());
    json->Member("rope_theta", resolution.rope_theta());
    json->Member("head_dim", resolution.head_dim());
    json->Member("rotary_dim", resolution.rotary_dim());
    json->Member("seq_len", seq_len);
    json->Member("numeric_profile", profile.ok() ? NumericProfileName(*profile) : "unknown");
    json->Member("attention_factor", resolution.attention_factor());
    json->Member("attention_factor_bits", Bits(resolution.attention_factor()));
    json->Member("config_id", resolution.config_id());
    json->Member("transformers_version", resolution.transformers_version());
    WriteReading(resolution.reading(), json);
    if (resolution.has_dialect()) WriteDialect(resolution.dialect(), json);
    WriteGiven(resolution, json);
    WriteAttentionScaling(resolution, json);
    if (!query_scale.empty()) json->Member("query_scale", query_scale);
    json->Member("inv_freq", frequencies.inv_freq());
    json->ArrayOf("inv_freq_bits", frequencies.inv_freq(),
                  [json](float inv_freq) { json->Value(Bits(inv_freq)); });
  });
}

void PrintJson(const v1::GetFrequenciesResponse& response) {
  JsonOutput json;
  if (response.frequencies_size() == 1) {
    WriteJson(response.frequencies(0), response.query_scale(), &json);
  } else {
    json.ArrayOf(response.frequencies(), [&](const v1::Frequencies& one) {
      WriteJson(one, response.query_scale(), &json);
    });
  }
  json.Print();
}

void PrintText(const v1::Frequencies& frequencies) {
  const v1::Resolution& resolution = frequencies.resolution();
  if (!resolution.layer_type().empty()) {
    absl::PrintF("layer type        %s\n", resolution.layer_type());
  }
  absl::PrintF("rope type         %s\n", resolution.rope_type());
  absl::PrintF("rope_theta        %.17g\n", resolution.rope_theta());
  absl::PrintF("head_dim          %d\n", resolution.head_dim());
  absl::PrintF("rotary_dim        %d\n", resolution.rotary_dim());
  absl::PrintF("attention_factor  %.17g\n", resolution.attention_factor());
  absl::PrintF("config id         %s\n", resolution.config_id());
  PrintReading(resolution.reading());
  if (resolution.has_dialect()) PrintDialect(resolution.dialect());
  PrintGiven(resolution);
  PrintAttentionScaling(resolution);
  absl::PrintF("\n");
  for (int i = 0; i < frequencies.inv_freq_size(); ++i) {
    absl::PrintF("  inv_freq[%3d]  %.9g\n", i, frequencies.inv_freq(i));
  }
}

absl::StatusOr<v1::GetFrequenciesRequest> MakeFrequenciesRequest(const FreqsOptions& options) {
  auto config =
      ReadConfigWithOverrides(options.config, options.overrides, options.resolution.layer_type);
  if (!config.ok()) return config.status();
  v1::GetFrequenciesRequest request;
  *request.mutable_config() = *std::move(config);
  request.set_layer_type(options.resolution.layer_type);
  if (options.resolution.seq_len.has_value()) request.set_seq_len(*options.resolution.seq_len);
  request.set_numeric_profile(options.resolution.numeric_profile());
  request.set_of_forward(options.of_forward);
  request.mutable_config()->set_dialect(options.resolution.dialect);
  if (options.query_positions.empty()) return request;
  auto positions = ParsePositions("--query-positions", options.query_positions);
  if (!positions.ok()) return positions.status();
  *request.mutable_query_positions() = *std::move(positions);
  return request;
}

// Whether the frequencies are those of the configuration that the command line names.
absl::Status CheckConfiguration(const FreqsOptions& options, v1::GetFrequenciesRequest request,
                                const v1::GetFrequenciesResponse& response) {
  if (options.server.local) return absl::OkStatus();
  request.clear_query_positions();
  for (const v1::Frequencies& one : response.frequencies()) {
    request.set_layer_type(one.resolution().layer_type());
    absl::Status status = CheckSameReading(request, /*factor_is_omitted=*/false, one.resolution());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

int RunFreqs(const FreqsOptions& options) {
  const auto request = MakeFrequenciesRequest(options);
  if (!request.ok()) {
    PrintError(options.json, "IO", request.status().message(), {});
    return kUsage;
  }
  std::vector<Finding> findings;
  const auto response = Visible(
      options.server.Connect().GetFrequencies(*request, options.server.call_options(), &findings));
  if (!response.ok()) {
    const int code = ReportStatus(options.json, response.status(), findings);
    return code == kUsage && IsRefusedByDialect(request->config()) ? kBadConfig : code;
  }
  if (const absl::Status same = CheckConfiguration(options, *request, *response); !same.ok()) {
    return ReportStatus(options.json, same, {});
  }
  if (options.json) {
    PrintJson(*response);
  } else {
    for (const v1::Frequencies& one : response->frequencies()) PrintText(one);
    for (int i = 0; i < response->query_scale_size(); ++i) {
      absl::PrintF("  query_scale[%d]  %.9g\n", i, response->query_scale(i));
    }
  }
  return kFine;
}

}  // namespace

Command AddFreqs(CLI::App* app) {
  const auto options = std::make_shared<FreqsOptions>();
  CLI::App* line =
      app->add_subcommand("freqs", "Inverse frequencies and attention factor of a configuration");
  AddServerOptions(line, &options->server);
  AddLocalOption(line, &options->server.local);
  AddJsonOption(line, &options->json);
  AddConfigOptions(line, &options->config);
  AddResolutionOptions(line, &options->resolution);
  AddOverrideOptions(line, &options->overrides);
  line->add_flag("--of-forward", options->of_forward,
                 "The frequencies of a model's forward at --seq-len, from which tables are made; "
                 "they differ in the last bits for type dynamic");
  line->add_option("--query-positions", options->query_positions,
                   "START:STOP[:STEP] or P,P,...: print the factors of the queries at these "
                   "positions, for a model that scales queries by their position");
  line->footer(
      "\nWithout --seq-len: the frequencies of a model that was just loaded. Without "
      "--layer-type:\n"
      "all layer types.\n"
      "Example: ropectl freqs --config config.json --seq-len 131072 --json");
  return {line, [options] { return RunFreqs(*options); }};
}

}  // namespace rope::ropectl

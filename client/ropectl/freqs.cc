#include <cstdio>

#include "absl/strings/str_format.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/config_source.h"
#include "client/ropectl/report.h"
#include "proto/wire/convert.h"

namespace rope::ropectl {
namespace {

void WriteJson(const v1::Frequencies& frequencies, JsonOutput* output) {
  const v1::Resolution& resolution = frequencies.resolution();
  const auto profile = wire::NumericProfileFromProto(frequencies.numeric_profile());
  JsonWriter& json = output->writer();
  json.StartObject();
  json.Key("layer_type");
  if (resolution.layer_type().empty()) {
    json.Null();
  } else {
    json.String(resolution.layer_type().c_str());
  }
  output->Add("rope_type", resolution.rope_type());
  json.Key("rotary_dim");
  json.Int64(resolution.rotary_dim());
  json.Key("seq_len");
  if (resolution.has_seq_len()) {
    json.Int64(resolution.seq_len());
  } else {
    json.Null();
  }
  output->Add("numeric_profile", profile.ok() ? NumericProfileName(*profile) : "unknown");
  json.Key("attention_factor");
  json.Double(resolution.attention_factor());
  output->Add("attention_factor_bits", Bits(resolution.attention_factor()));
  json.Key("inv_freq");
  json.StartArray();
  for (float w : frequencies.inv_freq()) json.Double(w);
  json.EndArray();
  json.Key("inv_freq_bits");
  json.StartArray();
  for (float w : frequencies.inv_freq()) json.String(Bits(w).c_str());
  json.EndArray();
  json.EndObject();
}

void PrintText(const v1::Frequencies& frequencies) {
  const v1::Resolution& resolution = frequencies.resolution();
  if (!resolution.layer_type().empty())
    absl::PrintF("layer type        %s\n", resolution.layer_type());
  absl::PrintF("rope type         %s\n", resolution.rope_type());
  absl::PrintF("rope_theta        %.17g\n", resolution.rope_theta());
  absl::PrintF("head_dim          %d\n", resolution.head_dim());
  absl::PrintF("rotary_dim        %d\n", resolution.rotary_dim());
  absl::PrintF("attention_factor  %.17g\n", resolution.attention_factor());
  absl::PrintF("config id         %s\n\n", resolution.config_id());
  for (int i = 0; i < frequencies.inv_freq_size(); ++i) {
    absl::PrintF("  inv_freq[%3d]  %.9g\n", i, frequencies.inv_freq(i));
  }
}

}  // namespace

int RunFreqs(const Options& options) {
  const auto source = ReadConfig(options.config, options.strict);
  if (!source.ok()) {
    PrintError(options.json, "IO", source.status().message(), {});
    return kUsage;
  }
  v1::GetFrequenciesRequest request;
  *request.mutable_config() = source->config;
  request.set_layer_type(options.layer_type);
  if (options.seq_len.has_value()) request.set_seq_len(*options.seq_len);
  request.set_numeric_profile(wire::NumericProfileToProto(*FindNumericProfile(options.profile)));
  std::vector<Finding> findings;
  const auto response = client::RopeClient::Connect(options.server)
                            .GetFrequencies(request, options.call_options(), &findings);
  if (!response.ok()) return ReportStatus(options.json, response.status(), findings);
  if (!options.json) {
    for (const v1::Frequencies& one : response->frequencies()) PrintText(one);
    return kFine;
  }
  JsonOutput output;
  const bool several = response->frequencies_size() != 1;
  if (several) output.writer().StartArray();
  for (const v1::Frequencies& one : response->frequencies()) WriteJson(one, &output);
  if (several) output.writer().EndArray();
  output.Print();
  return kFine;
}

}  // namespace rope::ropectl

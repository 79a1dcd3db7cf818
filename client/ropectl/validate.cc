#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "proto/wire/convert.h"
#include "rapidjson/document.h"

namespace rope::ropectl {
namespace {

// JSON has no NaN and no Infinity: they become strings, so that every reader accepts the document.
class FiniteWriter : public JsonWriter {
 public:
  using JsonWriter::JsonWriter;
  bool Double(double value) {
    if (std::isnan(value)) return String("NaN");
    if (std::isinf(value)) return String(value > 0 ? "Infinity" : "-Infinity");
    return JsonWriter::Double(value);
  }
};

std::string StrictJson(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag>(text.data(),
                                                                                      text.size());
  if (document.HasParseError()) return "null";
  rapidjson::StringBuffer buffer;
  FiniteWriter writer(buffer);
  document.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

void PrintJson(const v1::ValidateConfigResponse& response, const std::vector<Finding>& findings) {
  JsonOutput output;
  JsonWriter& json = output.writer();
  json.StartObject();
  json.Key("valid");
  json.Bool(response.valid());
  json.Key("findings");
  WriteFindings(findings, &json);
  json.Key("rope_parameters");
  const std::string parameters = StrictJson(response.rope_parameters_json());
  json.RawValue(parameters.data(), parameters.size(),
                parameters == "null" ? rapidjson::kNullType : rapidjson::kObjectType);
  json.EndObject();
  output.Print();
}

int Count(const std::vector<Finding>& findings, Severity severity) {
  int count = 0;
  for (const Finding& finding : findings) count += finding.severity == severity ? 1 : 0;
  return count;
}

void PrintText(const std::string& file, const std::string& text,
               const v1::ValidateConfigResponse& response, const std::vector<Finding>& findings) {
  absl::PrintF("%s: %s (%d errors, %d warnings, %d notes; as transformers %s reads it)\n", file,
               response.valid() ? "valid" : "NOT valid", Count(findings, Severity::kError),
               Count(findings, Severity::kWarning), Count(findings, Severity::kNote),
               response.transformers_version());
  PrintFindings(file, text, findings);
  if (response.valid()) {
    absl::PrintF("rope_parameters: %s\n", response.rope_parameters_json());
  }
}

}  // namespace

absl::StatusOr<std::string> ReadConfig(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot read ", file));
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

int RunValidate(const Options& options) {
  const auto text = ReadConfig(options.config);
  if (!text.ok()) {
    PrintError(options.json, "IO", text.status().message(), {});
    return kUsage;
  }
  v1::ValidateConfigRequest request;
  request.mutable_config()->set_model_config_json(*text);
  const auto response =
      client::RopeClient::Connect(options.server).ValidateConfig(request, options.call_options());
  if (!response.ok()) return ReportStatus(options.json, response.status(), {});
  std::vector<Finding> findings;
  for (const v1::Finding& finding : response->findings()) {
    findings.push_back(wire::FindingFromProto(finding));
  }
  if (options.json) {
    PrintJson(*response, findings);
  } else {
    PrintText(options.config, *text, *response, findings);
  }
  return response->valid() ? kFine : kBadConfig;
}

}  // namespace rope::ropectl

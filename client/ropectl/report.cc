#include "client/ropectl/report.h"

#include <bit>
#include <cstdint>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/options.h"

namespace rope::ropectl {
Place PlaceOf(absl::string_view text, int64_t offset) {
  Place place;
  for (char c : text.substr(0, static_cast<size_t>(offset))) {
    place.line += c == '\n' ? 1 : 0;
    const bool begins = (c & 0xC0) != 0x80;  // a character of UTF-8
    place.column = c == '\n' ? 1 : place.column + (begins ? 1 : 0);
  }
  return place;
}

void JsonOutput::Add(const char* key, absl::string_view value) {
  writer_.Key(key);
  writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void JsonOutput::Print() {
  std::fwrite(buffer_.GetString(), 1, buffer_.GetSize(), stdout);
  std::fputc('\n', stdout);
}

std::string Bits(double value) {
  return absl::StrFormat("0x%016x", std::bit_cast<uint64_t>(value));
}
std::string Bits(float value) { return absl::StrFormat("0x%08x", std::bit_cast<uint32_t>(value)); }
std::string Bits(uint64_t value) { return absl::StrFormat("0x%016x", value); }

void WriteFindings(const std::vector<Finding>& findings, JsonWriter* json) {
  json->StartArray();
  for (const Finding& finding : findings) {
    json->StartObject();
    json->Key("code");
    json->String(finding.code.c_str());
    json->Key("severity");
    json->String(SeverityName(finding.severity));
    json->Key("path");
    json->String(finding.path.c_str());
    json->Key("message");
    json->String(finding.message.c_str());
    json->EndObject();
  }
  json->EndArray();
}

void PrintError(bool json, absl::string_view code, absl::string_view message,
                const std::vector<Finding>& findings) {
  if (!json) {
    absl::FPrintF(stderr, "ropectl: %s\n", message);
    return;
  }
  JsonOutput output;
  output.writer().StartObject();
  output.writer().Key("error");
  output.writer().StartObject();
  output.Add("code", code);
  output.Add("message", message);
  output.writer().Key("findings");
  WriteFindings(findings, &output.writer());
  output.writer().EndObject();
  output.writer().EndObject();
  output.Print();
}

int ReportStatus(bool json, const absl::Status& status, const std::vector<Finding>& findings) {
  PrintError(json, absl::StatusCodeToString(status.code()), status.message(), findings);
  if (!json) {
    for (const Finding& finding : findings) {
      absl::FPrintF(stderr, "  %s: %s: %s [%s]\n", SeverityName(finding.severity), finding.path,
                    finding.message, finding.code);
    }
  }
  if (!findings.empty()) return kBadConfig;
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsage : kTransport;
}

}  // namespace rope::ropectl

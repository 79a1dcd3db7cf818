// SARIF 2.1.0 (OASIS): what code hosts and CI systems read.
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/report.h"
#include "client/ropectl/validate_report.h"
#include "core/findings/finding_table.h"

namespace rope::ropectl {
namespace {

// A path as a relative reference: RFC 3986 lets these characters stand.
std::string Uri(absl::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool stands = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                        absl::StrContains("-._~/!$&'()*+,;=@", absl::string_view(&c, 1));
    if (stands) {
      uri.push_back(c);
    } else {
      absl::StrAppendFormat(&uri, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

void AddText(const char* key, absl::string_view text, JsonOutput* output) {
  output->writer().Key(key);
  output->writer().StartObject();
  output->Add("text", text);
  output->writer().EndObject();
}

void WriteRule(const FindingInfo& info, JsonOutput* output) {
  JsonWriter& json = output->writer();
  json.StartObject();
  output->Add("id", info.code);
  AddText("shortDescription", info.title, output);
  AddText("fullDescription", info.consequence, output);
  json.Key("defaultConfiguration");
  json.StartObject();
  output->Add("level", SeverityName(info.severity));  // SARIF's levels have our names
  json.EndObject();
  json.EndObject();
}

void WriteDriver(const std::vector<Judged>& judged, JsonOutput* output) {
  JsonWriter& json = output->writer();
  std::set<std::string> used;
  for (const Judged& one : judged) {
    for (const Finding& finding : one.findings) used.insert(finding.code);
  }
  json.Key("tool");
  json.StartObject();
  json.Key("driver");
  json.StartObject();
  output->Add("name", "ropectl");
  output->Add("version", ROPE_VERSION);
  json.Key("rules");
  json.StartArray();
  for (const FindingInfo& info : AllFindings()) {
    if (used.contains(std::string(info.code))) WriteRule(info, output);
  }
  json.EndArray();
  json.EndObject();
  json.EndObject();
}

void WriteLocation(const ConfigSource& source, const Finding& finding, JsonOutput* output) {
  JsonWriter& json = output->writer();
  json.StartObject();
  json.Key("physicalLocation");
  json.StartObject();
  json.Key("artifactLocation");
  json.StartObject();
  output->Add("uri", Uri(source.name));
  json.EndObject();
  if (finding.offset >= 0 && !source.text.empty()) {
    const Place place = PlaceOf(source.text, finding.offset);
    json.Key("region");
    json.StartObject();
    json.Key("startLine");
    json.Int64(place.line);
    json.Key("startColumn");
    json.Int64(place.column);
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
}

void WriteResult(const ConfigSource& source, const Finding& finding, JsonOutput* output) {
  JsonWriter& json = output->writer();
  json.StartObject();
  output->Add("ruleId", finding.code);
  output->Add("level", SeverityName(finding.severity));
  AddText("message", absl::StrCat(finding.path, finding.path.empty() ? "" : ": ", finding.message),
          output);
  json.Key("locations");
  json.StartArray();
  WriteLocation(source, finding, output);
  json.EndArray();
  json.EndObject();
}

}  // namespace

void PrintSarif(const std::vector<Judged>& judged) {
  JsonOutput output;
  JsonWriter& json = output.writer();
  json.StartObject();
  output.Add("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  output.Add("version", "2.1.0");
  json.Key("runs");
  json.StartArray();
  json.StartObject();
  WriteDriver(judged, &output);
  output.Add("columnKind", "unicodeCodePoints");
  json.Key("results");
  json.StartArray();
  for (const Judged& one : judged) {
    for (const Finding& finding : one.findings) WriteResult(one.source, finding, &output);
  }
  json.EndArray();
  json.EndObject();
  json.EndArray();
  json.EndObject();
  output.Print();
}

}  // namespace rope::ropectl

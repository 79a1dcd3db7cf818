// SARIF 2.1.0 (OASIS): what code hosts and CI systems read.
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/output/json_output.h"
#include "client/ropectl/validate/validate_report.h"
#include "core/findings/finding_table.h"

namespace rope::ropectl {
namespace {

// A path as a relative reference. RFC 3986 allows the characters below; others become %XX.
std::string Uri(absl::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool allowed = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                         absl::StrContains("-._~/!$&'()*+,;=@", absl::string_view(&c, 1));
    if (allowed) {
      uri.push_back(c);
    } else {
      absl::StrAppendFormat(&uri, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

void WriteText(const char* key, absl::string_view text, JsonOutput* json) {
  json->Object(key, [&] { json->Member("text", text); });
}

void WriteRule(const FindingInfo& info, JsonOutput* json) {
  json->Object([&] {
    json->Member("id", info.code);
    WriteText("shortDescription", info.title, json);
    WriteText("fullDescription", info.consequence, json);
    json->Object("defaultConfiguration", [&] {
      // SARIF's levels have the same names as our severities.
      json->Member("level", SeverityName(info.severity));
    });
  });
}

// ropectl and the rules that its results refer to.
void WriteTool(const std::vector<ValidatedConfig>& configs, JsonOutput* json) {
  std::set<absl::string_view> used;
  for (const ValidatedConfig& config : configs) {
    for (const Finding& finding : config.findings) used.insert(finding.code);
  }
  json->Object("tool", [&] {
    json->Object("driver", [&] {
      json->Member("name", "ropectl");
      json->Member("version", ROPE_VERSION);
      json->Array("rules", [&] {
        for (const FindingInfo& info : AllFindings()) {
          if (used.contains(info.code)) WriteRule(info, json);
        }
      });
    });
  });
}

void WriteLocation(const ConfigSource& source, const Finding& finding, JsonOutput* json) {
  json->Object([&] {
    json->Object("physicalLocation", [&] {
      json->Object("artifactLocation", [&] { json->Member("uri", Uri(source.name)); });
      if (const auto position = PositionOf(source, finding.offset); position.has_value()) {
        json->Object("region", [&] {
          json->Member("startLine", position->line);
          json->Member("startColumn", position->column);
        });
      }
    });
  });
}

void WriteResult(const ConfigSource& source, const Finding& finding, JsonOutput* json) {
  json->Object([&] {
    json->Member("ruleId", finding.code);
    json->Member("level", SeverityName(finding.severity));
    WriteText("message",
              absl::StrCat(finding.path, finding.path.empty() ? "" : ": ", finding.message), json);
    json->Array("locations", [&] { WriteLocation(source, finding, json); });
  });
}

void WriteRun(const std::vector<ValidatedConfig>& configs, JsonOutput* json) {
  json->Object([&] {
    WriteTool(configs, json);
    json->Member("columnKind", "unicodeCodePoints");
    json->Array("results", [&] {
      for (const ValidatedConfig& config : configs) {
        for (const Finding& finding : config.findings) WriteResult(config.source, finding, json);
      }
    });
  });
}

}  // namespace

void PrintSarif(const std::vector<ValidatedConfig>& configs) {
  JsonOutput json;
  json.Object([&] {
    json.Member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.Member("version", "2.1.0");
    json.Array("runs", [&] { WriteRun(configs, &json); });
  });
  json.Print();
}

}  // namespace rope::ropectl

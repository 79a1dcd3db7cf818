// SARIF 2.1.0 (OASIS): what code hosts and CI systems read.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/output/json_output.h"
#include "client/ropectl/validate/validate_report.h"
#include "core/findings/finding_table.h"
#include "core/json/json_edit.h"
#include "core/json/json_reader.h"

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
    WriteText("help",
              absl::StrCat(info.title, ". If ignored: ", info.consequence, " \"ropectl explain ",
                           info.code, "\" says more."),
              json);
    json->Object("defaultConfiguration", [&] {
      // SARIF's levels have the same names as our severities.
      json->Member("level", SeverityName(info.severity));
    });
  });
}

// The rules that results refer to, in the order of the table of findings.
std::vector<const FindingInfo*> UsedRules(const std::vector<ValidatedConfig>& configs) {
  std::set<absl::string_view> used;
  for (const ValidatedConfig& config : configs) {
    for (const Finding& finding : config.findings) used.insert(finding.code);
  }
  std::vector<const FindingInfo*> rules;
  for (const FindingInfo& info : AllFindings()) {
    if (used.contains(info.code)) rules.push_back(&info);
  }
  return rules;
}

void WriteTool(const std::vector<const FindingInfo*>& rules, JsonOutput* json) {
  json->Object("tool", [&] {
    json->Object("driver", [&] {
      json->Member("name", "ropectl");
      json->Member("version", ROPE_VERSION);
      json->ArrayOf("rules", rules, [&](const FindingInfo* info) { WriteRule(*info, json); });
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

// The length of what `a` and `b` have in common at their start, or at the end if `at_end`, without
// the first half of a character.
size_t CommonLength(absl::string_view a, absl::string_view b, bool at_end) {
  const auto is_inside_character = [](char c) { return (static_cast<unsigned char>(c) >> 6) == 2; };
  size_t length = 0;
  while (length < std::min(a.size(), b.size()) &&
         (at_end ? a[a.size() - 1 - length] == b[b.size() - 1 - length] : a[length] == b[length])) {
    ++length;
  }
  if (at_end) {
    while (length > 0 && is_inside_character(a[a.size() - length])) --length;
  } else {
    while (length > 0 && length < a.size() && is_inside_character(a[length])) --length;
  }
  return length;
}

// The fix as the replacement of the one part of the file that it changes.
void WriteFixes(const ConfigSource& source, const Finding& finding, JsonOutput* json) {
  const JsonResult patch = ReadJson(finding.fix);
  const auto fixed = patch.ok() ? EditJson(source.text, patch->root) : std::nullopt;
  if (!fixed.has_value() || *fixed == source.text) return;
  const size_t start = CommonLength(source.text, *fixed, /*at_end=*/false);
  const size_t rest = CommonLength(absl::string_view(source.text).substr(start),
                                   absl::string_view(*fixed).substr(start), /*at_end=*/true);
  const auto from = PositionOf(source, static_cast<int64_t>(start));
  const auto to = PositionOf(source, static_cast<int64_t>(source.text.size() - rest));
  if (!from.has_value() || !to.has_value()) return;
  const auto write_replacement = [&] {
    json->Object("deletedRegion", [&] {
      json->Member("startLine", from->line);
      json->Member("startColumn", from->column);
      json->Member("endLine", to->line);
      json->Member("endColumn", to->column);
    });
    WriteText("insertedContent", fixed->substr(start, fixed->size() - rest - start), json);
  };
  const auto write_change = [&] {
    json->Object("artifactLocation", [&] { json->Member("uri", Uri(source.name)); });
    json->Array("replacements", [&] { json->Object(write_replacement); });
  };
  const auto write_fix = [&] {
    WriteText("description", finding.fix, json);
    json->Array("artifactChanges", [&] { json->Object(write_change); });
  };
  json->Array("fixes", [&] { json->Object(write_fix); });
}

void WriteResult(const ConfigSource& source, const Finding& finding,
                 const std::vector<const FindingInfo*>& rules, JsonOutput* json) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const FindingInfo* info) {
    return info->code == finding.code;
  });
  json->Object([&] {
    json->Member("ruleId", finding.code);
    if (rule != rules.end()) json->Member("ruleIndex", rule - rules.begin());
    json->Member("level", SeverityName(finding.severity));
    WriteText("message",
              absl::StrCat(finding.path, finding.path.empty() ? "" : ": ", finding.message), json);
    json->Array("locations", [&] { WriteLocation(source, finding, json); });
    if (!finding.fix.empty()) WriteFixes(source, finding, json);
  });
}

// What could not be read, so that nobody takes a file without results for a good one.
void WriteInvocation(const std::vector<UnreadableConfig>& unreadable, JsonOutput* json) {
  json->Object([&] {
    json->Member("executionSuccessful", unreadable.empty());
    json->ArrayOf("toolExecutionNotifications", unreadable, [&](const UnreadableConfig& one) {
      json->Object([&] {
        json->Member("level", "error");
        WriteText("message", one.message, json);
      });
    });
  });
}

void WriteRun(const std::vector<ValidatedConfig>& configs,
              const std::vector<UnreadableConfig>& unreadable, JsonOutput* json) {
  const std::vector<const FindingInfo*> rules = UsedRules(configs);
  json->Object([&] {
    WriteTool(rules, json);
    json->Array("invocations", [&] { WriteInvocation(unreadable, json); });
    json->Member("columnKind", "unicodeCodePoints");
    json->Array("results", [&] {
      for (const ValidatedConfig& config : configs) {
        for (const Finding& finding : config.findings) {
          WriteResult(config.source, finding, rules, json);
        }
      }
    });
  });
}

}  // namespace

void PrintSarif(const std::vector<ValidatedConfig>& configs,
                const std::vector<UnreadableConfig>& unreadable) {
  JsonOutput json;
  json.Object([&] {
    json.Member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.Member("version", "2.1.0");
    json.Array("runs", [&] { WriteRun(configs, unreadable, &json); });
  });
  json.Print();
}

}  // namespace rope::ropectl

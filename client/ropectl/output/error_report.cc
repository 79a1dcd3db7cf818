#include "client/ropectl/output/error_report.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/output/visible_text.h"

namespace rope::ropectl {

void WriteFindings(const std::vector<Finding>& findings, JsonOutput* json) {
  json->ArrayOf("findings", findings, [json](const Finding& finding) {
    json->Object([&] {
      json->Member("code", finding.code);
      json->Member("severity", SeverityName(finding.severity));
      json->Member("path", finding.path);
      json->Member("message", finding.message);
    });
  });
}

void PrintError(bool json, absl::string_view code, absl::string_view message,
                const std::vector<Finding>& findings) {
  if (!json) {
    absl::FPrintF(stderr, "ropectl: %s\n", VisibleText(message));
    return;
  }
  JsonOutput output;
  output.Object([&] {
    output.Object("error", [&] {
      output.Member("code", code);
      output.Member("message", message);
      WriteFindings(findings, &output);
    });
  });
  output.Print();
}

int ReportStatus(bool json, const absl::Status& status, const std::vector<Finding>& findings) {
  std::string message(status.message());
  if (absl::IsDeadlineExceeded(status))
    absl::StrAppend(&message, "; --timeout SECONDS sets a limit");
  PrintError(json, absl::StatusCodeToString(status.code()), message, findings);
  if (!json) {
    for (const Finding& finding : findings) {
      absl::FPrintF(stderr, "  %s: %s: %s [%s]\n", SeverityName(finding.severity),
                    VisibleText(finding.path), VisibleText(finding.message),
                    VisibleText(finding.code));
    }
  }
  if (!findings.empty()) return kBadConfig;
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsage : kTransport;
}

}  // namespace rope::ropectl

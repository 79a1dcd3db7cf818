// Exit codes, and what ropectl prints when a command fails.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/ropectl/output/json_output.h"
#include "core/findings/finding.h"

namespace rope::ropectl {

// Exit codes, as `ropectl --help` documents them.
inline constexpr int kFine = 0;
inline constexpr int kBadConfig = 1;
inline constexpr int kUsage = 2;      // a mistake in the command line or in what it names
inline constexpr int kTransport = 3;  // the server or the connection failed

// The member "findings": [{"code","severity","path","message"}].
void WriteFindings(const std::vector<Finding>& findings, JsonOutput* json);

// {"error":{"code","message","findings"}} on standard output if `json`; otherwise the message
// alone, as a line on standard error. `code` is a gRPC status code, "USAGE" or "IO".
void PrintError(bool json, absl::string_view code, absl::string_view message,
                const std::vector<Finding>& findings);

// Prints a status that is not OK, and its findings, and returns the exit code: kBadConfig if the
// configuration was refused (there are findings), kUsage for INVALID_ARGUMENT, and otherwise
// kTransport.
int ReportStatus(bool json, const absl::Status& status, const std::vector<Finding>& findings);

}  // namespace rope::ropectl

// Fixes: what `ropectl validate --fix` does to a file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/ropectl/arguments/config_source.h"
#include "core/findings/finding.h"
#include "core/validation/computed_changes.h"
#include "rope/v1/validation.pb.h"

namespace rope::ropectl {

// A parameter that has another value after a fix.
struct ChangedValue {
  std::string layer_type;  // "" if all layers use one parameter set
  std::string name;        // "rope_theta", or "layers"
  std::string before;      // as JSON; "" if there was none
  std::string after;
};

struct AppliedFix {
  Finding finding;
  std::vector<ChangedValue> parameters;
  // Empty: everything is computed as before, whatever the parameters are.
  std::vector<ComputedChange> computed;
};

struct LeftFix {
  Finding finding;
  std::string reason;  // why the fix was not applied
};

struct FixReport {
  std::vector<AppliedFix> applied;
  std::vector<LeftFix> left;
  // The fix that would change what is computed although its finding does not say so. The file is
  // then left unchanged, and `applied` is empty.
  std::optional<AppliedFix> refused;
  std::string text_before;  // of the file
};

// One configuration and what its validation found.
struct ValidatedConfig {
  ConfigSource source;
  v1::ValidateConfigResponse response;
  std::vector<Finding> findings;  // those of `response`
  FixReport fixes;                // of --fix, made before this validation
};

using ValidateText = std::function<absl::StatusOr<ValidatedConfig>(ConfigSource)>;

// Applies the fixes of the findings one after another, and validates after each of them. A fix is
// left out if its finding would stay, if there would be more errors, or if a valid configuration
// would get a warning that it did not have.
//
// After each fix, what is computed is compared with what was computed before: here, in this
// program, even if a server validates. A fix that changes something although its finding does not
// declare it (FixMayChangeResults) is a defect of this program; then no fix of the file is applied,
// and the result is `config` with FixReport::refused.
//
// Nothing is written. If a validation fails (no server), its status is returned.
absl::StatusOr<ValidatedConfig> ApplyFixes(ValidatedConfig config, const ValidateText& validate);

// Replaces the text of the file at once, so that no reader sees half of it. Follows symbolic links:
// the file that they lead to is replaced, with the same permissions and, where that is allowed, the
// same owner. UNAVAILABLE or PERMISSION_DENIED if that fails; then the file has its old text.
absl::Status ReplaceText(const std::string& file, const std::string& text);

// The difference of two texts of `file` as `diff -u` prints it. "" if they are equal.
std::string UnifiedDiff(const std::string& file, const std::string& before,
                        const std::string& after);

}  // namespace rope::ropectl

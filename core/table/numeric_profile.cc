#include "core/table/numeric_profile.h"

namespace rope {
namespace {

constexpr NumericProfile kProfiles[] = {NumericProfile::kHf, NumericProfile::kExact};

}  // namespace

absl::Span<const NumericProfile> AllNumericProfiles() { return kProfiles; }

absl::string_view NumericProfileName(NumericProfile profile) {
  switch (profile) {
    case NumericProfile::kHf:
      return "hf";
    case NumericProfile::kExact:
      return "exact";
  }
  return "";
}

std::optional<NumericProfile> FindNumericProfile(absl::string_view name) {
  for (NumericProfile profile : kProfiles) {
    if (NumericProfileName(profile) == name) return profile;
  }
  return std::nullopt;
}

}  // namespace rope

#include "client/ropectl/output/same_reading.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/ropectl/arguments/option_groups.h"

namespace rope::ropectl {
namespace {

template <typename Value>
absl::Status Differs(absl::string_view field, const Value& came, const Value& read) {
  return absl::DataLossError(absl::StrCat("the answer is about another configuration: ", field,
                                          " is ", came, ", but this program reads ", read));
}

// Whether two labels have the same form, so that comparing them tells something.
bool AreAlike(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && a.substr(0, a.find('-')) == b.substr(0, b.find('-'));
}

absl::Status Compare(const v1::Resolution& came, const v1::Resolution& read,
                     bool factor_is_omitted) {
  if (came.rope_type() != read.rope_type()) {
    return Differs("rope_type", came.rope_type(), read.rope_type());
  }
  if (came.rope_theta() != read.rope_theta()) {
    return Differs("rope_theta", came.rope_theta(), read.rope_theta());
  }
  if (came.head_dim() != read.head_dim()) {
    return Differs("head_dim", came.head_dim(), read.head_dim());
  }
  if (came.rotary_dim() != read.rotary_dim()) {
    return Differs("rotary_dim", came.rotary_dim(), read.rotary_dim());
  }
  if (!factor_is_omitted && came.attention_factor() != read.attention_factor()) {
    return Differs("attention_factor", came.attention_factor(), read.attention_factor());
  }
  if (AreAlike(came.config_id(), read.config_id()) && came.config_id() != read.config_id()) {
    return Differs("config_id", came.config_id(), read.config_id());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSameReading(const v1::GetFrequenciesRequest& request, bool factor_is_omitted,
                              const v1::Resolution& came) {
  const auto local = ConnectLocally().GetFrequencies(request);
  if (!local.ok() || local->frequencies_size() != 1) return absl::OkStatus();
  const v1::Resolution& read = local->frequencies(0).resolution();
  if (!came.transformers_version().empty() &&
      came.transformers_version() != read.transformers_version()) {
    return absl::OkStatus();
  }
  return Compare(came, read, factor_is_omitted);
}

}  // namespace rope::ropectl

#include "client/stream/unary_answer_check.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "client/stream/answer_check.h"
#include "proto/wire/convert.h"

namespace rope::client {
namespace {

absl::Status NotTheAnswer(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the answer is not one to this request: ", what));
}

absl::Status CheckFrequencies(const v1::GetFrequenciesRequest& request,
                              const v1::Frequencies& frequencies) {
  const v1::Resolution& resolution = frequencies.resolution();
  if (!request.layer_type().empty() && resolution.layer_type() != request.layer_type()) {
    return NotTheAnswer(absl::StrCat("it is about layer type \"", resolution.layer_type(), "\""));
  }
  const auto asked = wire::NumericProfileFromProto(request.numeric_profile());
  const auto came = wire::NumericProfileFromProto(frequencies.numeric_profile());
  if (asked.ok() && (!came.ok() || *asked != *came)) return NotTheAnswer("it has another profile");
  if (request.has_seq_len() && resolution.seq_len() != request.seq_len()) {
    return NotTheAnswer(absl::StrCat("it is about seq_len ", resolution.seq_len()));
  }
  if (frequencies.inv_freq_size() != (resolution.rotary_dim() + 1) / 2) {
    return NotTheAnswer(absl::StrCat("it has ", frequencies.inv_freq_size(), " frequencies for ",
                                     resolution.rotary_dim(), " channels"));
  }
  const bool finite = std::all_of(frequencies.inv_freq().begin(), frequencies.inv_freq().end(),
                                  [](float value) { return std::isfinite(value); });
  return finite ? absl::OkStatus() : NotTheAnswer("a frequency is not a finite number");
}

}  // namespace

absl::Status CheckAnswer(const v1::GetServerInfoRequest& /*request*/,
                         const v1::GetServerInfoResponse& response) {
  return response.version().empty() ? NotTheAnswer("it names no version") : absl::OkStatus();
}

absl::Status CheckAnswer(const v1::GetFrequenciesRequest& request,
                         const v1::GetFrequenciesResponse& response) {
  if (response.frequencies().empty()) return NotTheAnswer("it has no frequencies");
  if (!request.layer_type().empty() && response.frequencies_size() != 1) {
    return NotTheAnswer("it has several layer types");
  }
  for (const v1::Frequencies& frequencies : response.frequencies()) {
    if (absl::Status status = CheckFrequencies(request, frequencies); !status.ok()) return status;
  }
  const int64_t factors = request.has_query_positions() ? RowsOf(request.query_positions()) : 0;
  if (response.query_scale_size() == factors) return absl::OkStatus();
  return NotTheAnswer(
      absl::StrCat("it has ", response.query_scale_size(), " factors for ", factors, " queries"));
}

absl::Status CheckAnswer(const v1::PlanSequenceRequest& request,
                         const v1::PlanSequenceResponse& response) {
  bool same = request.lengths_size() == response.plans_size();
  for (int i = 0; same && i < request.lengths_size(); ++i) {
    same = request.lengths(i) == response.plans(i).length();
  }
  return same ? absl::OkStatus() : NotTheAnswer("it has other lengths");
}

absl::Status CheckAnswer(const v1::ValidateConfigRequest& /*request*/,
                         const v1::ValidateConfigResponse& response) {
  const bool has_error =
      std::any_of(response.findings().begin(), response.findings().end(), [](const auto& finding) {
        return wire::FindingFromProto(finding).severity == Severity::kError;
      });
  if (response.valid() && has_error) return NotTheAnswer("it says valid and has an error");
  if (!response.valid() && !has_error) return NotTheAnswer("it says not valid and has no error");
  return absl::OkStatus();
}

absl::Status CheckAnswer(const v1::ListPresetsRequest& /*request*/,
                         const v1::ListPresetsResponse& /*response*/) {
  return absl::OkStatus();
}

absl::Status CheckAnswer(const v1::GetPresetRequest& request,
                         const v1::GetPresetResponse& response) {
  if (response.preset().name() == request.name()) return absl::OkStatus();
  return NotTheAnswer(absl::StrCat("it is the preset \"", response.preset().name(), "\""));
}

absl::Status CheckAnswer(const v1::WarmTablesRequest& request,
                         const v1::WarmTablesResponse& response) {
  bool same = request.tables_size() == response.tables_size();
  for (int i = 0; same && i < request.tables_size(); ++i) {
    same = RowsOf(request.tables(i).position_ids()) == response.tables(i).rows();
  }
  return same ? absl::OkStatus() : NotTheAnswer("it is about other tables");
}

absl::Status CheckAnswer(const v1::BuildPositionIdsRequest& /*request*/,
                         const v1::BuildPositionIdsResponse& response) {
  return RowsOf(response.position_ids()) > 0 ? absl::OkStatus()
                                             : NotTheAnswer("it has no positions");
}

}  // namespace rope::client

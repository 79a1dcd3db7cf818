#include "server/rpc/messages/status.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/wire/convert.h"
#include "rope/v1/status.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::server {
namespace {

// See status.h: HTTP/2 trailers above 8 KiB are lost.
constexpr size_t kMaxMessageBytes = 512;
constexpr size_t kMaxDetailsBytes = 4096;
constexpr int kMaxFindings = 16;

// Milliseconds: long enough for a burst of calls to pass, short enough not to be noticed.
constexpr char kRetryPushbackMs[] = "200";

// `text`, cut to at most `limit` (>= 3) bytes. A text that is cut ends with "..."; no UTF-8
// character is divided.
std::string Cut(absl::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

std::string MessageOf(const absl::Status& status, const std::vector<Finding>& findings) {
  const auto errors = std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError;
  });
  const std::string more =
      errors > 1 ? absl::StrCat(" (", errors - 1, errors == 2 ? " more error)" : " more errors)")
                 : "";
  return absl::StrCat(Cut(status.message(), kMaxMessageBytes - more.size()), more);
}

// As many findings as fit into `max_bytes`, errors first; at most kMaxFindings.
v1::ConfigRefusal RefusalOf(const std::vector<Finding>& findings, size_t max_bytes) {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings.size());
  for (const Finding& finding : findings) sorted.push_back(&finding);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
  v1::ConfigRefusal refusal;
  refusal.set_total_findings(static_cast<int>(findings.size()));
  for (const Finding* finding : sorted) {
    v1::Finding message = wire::FindingToProto(*finding);
    message.set_path(Cut(message.path(), kMaxMessageBytes));
    message.set_message(Cut(message.message(), kMaxMessageBytes));
    message.set_hf_message(Cut(message.hf_message(), kMaxMessageBytes));
    *refusal.add_findings() = std::move(message);
    if (refusal.findings_size() > kMaxFindings || refusal.ByteSizeLong() > max_bytes) {
      refusal.mutable_findings()->RemoveLast();
      break;
    }
  }
  return refusal;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, const std::vector<Finding>& findings) {
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message = MessageOf(status, findings);
  if (status.ok() || findings.empty()) return grpc::Status(code, message);
  v1::DetailedStatus detailed;
  detailed.set_code(code);
  detailed.set_message(message);
  detailed.add_details()->PackFrom(v1::ConfigRefusal());
  const size_t frame =
      detailed.ByteSizeLong() + 16;  // the lengths in the frame become longer, by a few bytes
  detailed.mutable_details(0)->PackFrom(RefusalOf(findings, kMaxDetailsBytes - frame));
  return grpc::Status(code, message, detailed.SerializeAsString());
}

grpc::Status RefuseCall(grpc::CallbackServerContext* context, const absl::Status& status,
                        const std::vector<Finding>& findings) {
  if (absl::IsUnavailable(status)) {
    context->AddTrailingMetadata("grpc-retry-pushback-ms", kRetryPushbackMs);
  }
  return ToGrpcStatus(status, findings);
}

}  // namespace rope::server

#include "server/rpc/status.h"

#include <algorithm>
#include <string>

#include "proto/wire/convert.h"
#include "rope/v1/status.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::server {
namespace {

constexpr size_t kMaxMessageBytes = 512;
constexpr int kMaxFindings = 16;
constexpr size_t kMaxDetailBytes = 4096;

// At most `limit` bytes, not cutting a UTF-8 character.
std::string Cut(absl::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

v1::ConfigRefusal RefusalOf(const std::vector<Finding>& findings) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : findings) sorted.push_back(&finding);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
  v1::ConfigRefusal refusal;
  refusal.set_total_findings(static_cast<int>(findings.size()));
  for (const Finding* finding : sorted) {
    if (refusal.findings_size() == kMaxFindings) break;
    v1::Finding message = wire::FindingToProto(*finding);
    message.set_path(Cut(message.path(), kMaxMessageBytes));
    message.set_message(Cut(message.message(), kMaxMessageBytes));
    message.set_hf_message(Cut(message.hf_message(), kMaxMessageBytes));
    if (refusal.ByteSizeLong() + message.ByteSizeLong() > kMaxDetailBytes) break;
    *refusal.add_findings() = std::move(message);
  }
  return refusal;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      Cut(status.message(), kMaxMessageBytes));
}

grpc::Status ToGrpcStatus(const absl::Status& status, const std::vector<Finding>& findings) {
  if (status.ok() || findings.empty()) return ToGrpcStatus(status);
  const grpc::Status plain = ToGrpcStatus(status);
  v1::DetailedStatus detailed;
  detailed.set_code(plain.error_code());
  detailed.set_message(plain.error_message());
  detailed.add_details()->PackFrom(RefusalOf(findings));
  return grpc::Status(plain.error_code(), plain.error_message(), detailed.SerializeAsString());
}

void AskToRetry(grpc::CallbackServerContext* context) {
  context->AddTrailingMetadata("grpc-retry-pushback-ms", "200");
}

}  // namespace rope::server

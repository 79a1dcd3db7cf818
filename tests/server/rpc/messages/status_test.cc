#include "server/rpc/messages/status.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rope/v1/status.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

v1::ConfigRefusal RefusalIn(const grpc::Status& status) {
  v1::DetailedStatus detailed;
  EXPECT_TRUE(detailed.ParseFromString(status.error_details()));
  EXPECT_EQ(detailed.code(), status.error_code());
  EXPECT_EQ(detailed.message(), status.error_message());
  v1::ConfigRefusal refusal;
  EXPECT_EQ(detailed.details_size(), 1);
  EXPECT_TRUE(detailed.details(0).UnpackTo(&refusal));
  return refusal;
}

Finding FindingOf(Severity severity, const std::string& path, const std::string& message) {
  Finding finding;
  finding.code = "ROPE-E006";
  finding.severity = severity;
  finding.path = path;
  finding.message = message;
  return finding;
}

TEST(StatusTest, CodesAreTheSameNumbers) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "text");
    EXPECT_EQ(ToGrpcStatus(status).error_code(), code);
    EXPECT_EQ(ToGrpcStatus(status).error_message(), code == 0 ? "" : "text");
  }
}

TEST(StatusTest, LongMessagesAreCutBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 1000; ++i) text += "\xc3\xa4";  // a umlaut
  const std::string message = ToGrpcStatus(absl::InternalError(text)).error_message();
  EXPECT_LE(message.size(), 512U);
  EXPECT_GE(message.size(), 505U);
  EXPECT_THAT(message, EndsWith("\xa4..."));
  EXPECT_EQ(message.size() % 2, 0U) << "1 + 2 n + 3 bytes: no character is cut";
}

TEST(StatusTest, FindingsGoIntoTheDetailsErrorsFirst) {
  const grpc::Status status = ToGrpcStatus(
      absl::InvalidArgumentError("a is bad"),
      {FindingOf(Severity::kWarning, "w", "odd"), FindingOf(Severity::kError, "a", "is bad"),
       FindingOf(Severity::kNote, "n", "by the way"), FindingOf(Severity::kError, "b", "too")});
  EXPECT_THAT(status.error_message(), HasSubstr("a is bad (1 more error)"));
  const v1::ConfigRefusal refusal = RefusalIn(status);
  EXPECT_EQ(refusal.total_findings(), 4);
  ASSERT_EQ(refusal.findings_size(), 4);
  EXPECT_EQ(refusal.findings(0).path(), "a");
  EXPECT_EQ(refusal.findings(1).path(), "b");
  EXPECT_EQ(refusal.findings(2).path(), "w");
  EXPECT_EQ(refusal.findings(3).path(), "n");
}

TEST(StatusTest, ManyAndLongFindingsStayBelowTheBound) {
  for (const size_t length : {size_t{1}, size_t{100}, size_t{511}, size_t{100000}}) {
    for (const int count : {1, 15, 16, 17, 200}) {
      Finding finding = FindingOf(Severity::kError, std::string(length, 'p'), "");
      finding.message = std::string(length, 'm');
      finding.hf_message = std::string(length, 'h');
      const grpc::Status status = ToGrpcStatus(absl::InvalidArgumentError(std::string(length, 't')),
                                               std::vector<Finding>(count, finding));
      EXPECT_LE(status.error_message().size(), 512U);
      EXPECT_LE(status.error_details().size(), 4096U);
      const v1::ConfigRefusal refusal = RefusalIn(status);
      EXPECT_EQ(refusal.total_findings(), count);
      EXPECT_GE(refusal.findings_size(), std::min(count, 2));
      EXPECT_LE(refusal.findings_size(), 16);
      if (length == 1) {
        EXPECT_EQ(refusal.findings_size(), std::min(count, 16));
      }
    }
  }
}

TEST(StatusTest, WithoutFindingsThereAreNoDetails) {
  EXPECT_EQ(ToGrpcStatus(absl::InternalError("x")).error_details(), "");
}

}  // namespace
}  // namespace rope::server

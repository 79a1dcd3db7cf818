// A client whose streams break: a proxy between it and the real server cuts them off.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/rope_client.h"
#include "client/table_pipeline.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/cutting_proxy.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"

namespace rope::client {
namespace {

using rope::testing::CuttingProxy;
using rope::testing::kSmallHead;
using rope::testing::RangeRequest;
using rope::testing::RpcServer;
using ::testing::ElementsAre;

class ResumeTest : public ::testing::Test {
 protected:
  ResumeTest() : proxy_(server_.channel()) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&proxy_);
    grpc_server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
    options_.retry.first_backoff = std::chrono::milliseconds(1);
    request_ = RangeRequest(kSmallHead, 1000, 9000);
    request_.set_chunk_bytes(100000);
  }

  absl::StatusOr<Table> Fetch() const {
    return RopeClient::Connect(address_).FetchTable(request_, options_);
  }

  void ExpectWhole(const absl::StatusOr<Table>& table) {
    ASSERT_TRUE(table.ok()) << table.status();
    const rope::testing::CollectedStream expected =
        rope::testing::Collect(v1::RopeService::NewStub(server_.channel()).get(), request_);
    for (const Tensor& tensor : table->tensors) {
      EXPECT_TRUE(tensor.bytes() == expected.tensors.at(tensor.kind));
    }
  }

  RpcServer server_;
  CuttingProxy proxy_;
  std::unique_ptr<grpc::Server> grpc_server_;
  std::string address_;
  v1::StreamEmbeddingsRequest request_;
  CallOptions options_;
};

TEST_F(ResumeTest, AStreamContinuesAfterTheLastGoodRow) {
  proxy_.cut_after = {4, 3, 1, 0};
  ExpectWhole(Fetch());
  ASSERT_EQ(proxy_.first_rows.size(), 5U);
  EXPECT_EQ(proxy_.first_rows[0], 0);
  EXPECT_GT(proxy_.first_rows[1], 0);
  EXPECT_GT(proxy_.first_rows[2], proxy_.first_rows[1]);
  EXPECT_EQ(proxy_.first_rows[3], proxy_.first_rows[2]) << "a header alone is no progress";
  EXPECT_EQ(proxy_.first_rows[4], proxy_.first_rows[3]);
}

TEST_F(ResumeTest, ListsContinueToo) {
  request_.mutable_position_ids()->mutable_range()->set_step(3);
  proxy_.cut_after = {4, 6};
  ExpectWhole(Fetch());
  EXPECT_EQ(proxy_.first_rows.size(), 3U);
}

TEST_F(ResumeTest, ChunksHandedOutHaveNoGapAndNoOverlap) {
  proxy_.cut_after = {2, 4, 3, 5};  // cos of some rows without their sin
  const auto reader = RopeClient::Connect(address_).StreamTable(request_, options_);
  int64_t next[3] = {};
  while (true) {
    const auto chunk = reader->Next();
    ASSERT_TRUE(chunk.ok()) << chunk.status();
    if (!chunk->has_value()) break;
    EXPECT_EQ((*chunk)->byte_offset(), next[(*chunk)->kind()]);
    next[(*chunk)->kind()] += static_cast<int64_t>((*chunk)->data().size());
  }
  const auto header = reader->Header();
  ASSERT_TRUE(header.ok());
  for (const v1::TensorSpec& spec : header->tensors()) {
    EXPECT_EQ(next[spec.kind()], spec.byte_size());
  }
  EXPECT_EQ(reader->retries(), 4);
}

TEST_F(ResumeTest, TriesWithoutProgressAreBounded) {
  proxy_.cut_after = std::vector<int>(100, 1);
  EXPECT_EQ(Fetch().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(proxy_.first_rows, ElementsAre(0, 0, 0, 0));
}

TEST_F(ResumeTest, AServerCanForbidFurtherTries) {
  proxy_.cut_after = {3, 3};
  proxy_.pushback = "-1";
  EXPECT_EQ(Fetch().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(proxy_.first_rows.size(), 1U);
}

TEST_F(ResumeTest, AServerCannotAskForALongPause) {
  for (const char* pushback : {"30001", "1000000000000", "9223372036854775807"}) {
    proxy_.cut_after = {0, 0, 0};
    proxy_.first_rows.clear();
    proxy_.pushback = pushback;
    EXPECT_EQ(Fetch().status().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(proxy_.first_rows.size(), 1U) << pushback;
  }
}

TEST_F(ResumeTest, WhatProxiesMakeOfABrokenConnectionIsResumed) {
  for (grpc::StatusCode code :
       {grpc::StatusCode::UNKNOWN, grpc::StatusCode::INTERNAL, grpc::StatusCode::CANCELLED}) {
    proxy_.code = code;
    proxy_.first_rows.clear();
    proxy_.cut_after = {4, 3};
    ExpectWhole(Fetch());
    EXPECT_EQ(proxy_.first_rows.size(), 3U);
    proxy_.first_rows.clear();
    proxy_.cut_after = {0};
    EXPECT_EQ(static_cast<int>(Fetch().status().code()), static_cast<int>(code))
        << "nothing had begun";
    EXPECT_EQ(proxy_.first_rows.size(), 1U);
  }
}

TEST_F(ResumeTest, TheServersPauseIsKept) {
  proxy_.cut_after = {0};
  proxy_.pushback = "80";
  const auto start = std::chrono::steady_clock::now();
  ExpectWhole(Fetch());
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(80));
}

TEST_F(ResumeTest, APauseBeyondTheDeadlineIsNotWaitedFor) {
  proxy_.cut_after = {0};
  proxy_.pushback = "60000";
  options_.timeout = std::chrono::seconds(5);
  EXPECT_EQ(Fetch().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ResumeTest, TwoTablesAreNotJoined) {
  proxy_.cut_after = {4};
  proxy_.other_table = true;
  const auto table = Fetch();
  EXPECT_EQ(table.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(table.status().message()), ::testing::HasSubstr("other tensors"));
}

TEST_F(ResumeTest, RowsBeforeTheFirstOneAreNotSent) {
  const auto whole = Fetch();
  ASSERT_TRUE(whole.ok());
  const size_t row_bytes = whole->tensors[0].bytes().size() / 9000;
  for (int64_t first_row : {1, 255, 4096, 8999}) {
    request_.set_first_row(first_row);
    const auto rest = Fetch();
    ASSERT_TRUE(rest.ok()) << rest.status();
    EXPECT_EQ(rest->footer.rows(), 9000 - first_row);
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_TRUE(rest->tensors[i].bytes().substr(first_row * row_bytes) ==
                  whole->tensors[i].bytes().substr(first_row * row_bytes));
    }
  }
}

TEST_F(ResumeTest, WithoutChecksumsNothingIsVerifiedAndEverythingArrives) {
  options_.verify = false;
  ExpectWhole(Fetch());
}

TEST_F(ResumeTest, APipelineAnswersEveryRequest) {
  const RopeClient client = RopeClient::Connect(address_);
  TablePipeline pipeline(client, {});
  int answered = 0;
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    v1::StreamEmbeddingsRequest request = RangeRequest(i % 4 == 3 ? "{" : kSmallHead, i, 50);
    pipeline.Start(request, [&, i](const absl::StatusOr<Table>& table) {
      if (i % 4 == 3) {
        refused += table.status().code() == absl::StatusCode::kInvalidArgument ? 1 : 0;
      } else {
        answered += table.ok() && table->footer.rows() == 50 ? 1 : 0;
      }
    });
  }
  while (pipeline.Step()) {
  }
  EXPECT_EQ(answered, 30);
  EXPECT_EQ(refused, 10);
  pipeline.Start(request_,
                 [](const absl::StatusOr<Table>&) { FAIL() << "the pipeline is destroyed first"; });
}

}  // namespace
}  // namespace rope::client

// Snapshots: which blocks they restore, and which texts are refused.
#include "server/engine/snapshot.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"

namespace rope::engine {
namespace {

using rope::testing::kSmallHead;
using rope::testing::MakeForwardPlan;
using ::testing::HasSubstr;

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotTest() : engine_(EngineOptions()), other_(EngineOptions()) {}

  void Fill(int64_t start, int64_t count, TableForm form) {
    const auto status = FillCache(&engine_, plan_, *PositionIds::Range(start, count), form);
    ASSERT_TRUE(status.ok()) << status;
  }

  const FrequencyPlan plan_ = MakeForwardPlan(kSmallHead, 100);
  RopeEngine engine_;
  RopeEngine other_;
};

TEST_F(SnapshotTest, RestoringBringsTheSameBlocksBack) {
  Fill(0, 9000, {DType::kFloat16, Layout::kPairs});
  Fill(70000, 10, {DType::kFloat32, Layout::kCompact, true});
  const std::string snapshot = WriteSnapshot(engine_);
  const auto blocks = RestoreSnapshot(snapshot, &other_);
  ASSERT_TRUE(blocks.ok()) << blocks.status();
  EXPECT_EQ(*blocks, engine_.cache_counters().computed);
  EXPECT_EQ(other_.cache_counters().computed, engine_.cache_counters().computed);
  EXPECT_EQ(other_.cache_counters().bytes, engine_.cache_counters().bytes);
  const auto stream =
      other_.OpenTable(plan_, *PositionIds::Range(100, 8900), {DType::kFloat16, Layout::kPairs});
  EXPECT_EQ((*stream)->cache_outcome(), CacheOutcome::kHit);
}

TEST_F(SnapshotTest, OfAnEmptyCacheIsEmpty) {
  EXPECT_EQ(*RestoreSnapshot(WriteSnapshot(engine_), &other_), 0);
}

TEST_F(SnapshotTest, AnythingElseIsRefusedWithItsLine) {
  Fill(0, 60, {});
  const std::string good = WriteSnapshot(engine_);
  const auto without_end = good.substr(0, good.size() - 3);
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"", "line 1"},
           {"rope-snapshot-9\n", "line 1"},
           {good + "x\n", "line 3"},
           {without_end, "line 2"},
           {absl::StrReplaceAll(good, {{"float32", "float33"}}), "line 2"},
           {absl::StrReplaceAll(good, {{"float32", "float64"}}), "line 2"},
           {absl::StrReplaceAll(good, {{" 0 0\n", " 0 99999999999999\n"}}), "line 2"},
           {absl::StrReplaceAll(good, {{" 0 0\n", " 0 7\n"}}), "line 2"},
           {absl::StrReplaceAll(good, {{" 0 0\n", " 13 0\n"}}), "line 2"},
           {absl::StrReplaceAll(good, {{"726f7065", "726f7066"}}), "line 2"},
           {absl::StrReplaceAll(good, {{"726f7065", "72"}}), "line 2"}}) {
    const auto restored = RestoreSnapshot(text, &other_);
    EXPECT_EQ(restored.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(restored.status().message()), HasSubstr(said)) << text;
  }
}

}  // namespace
}  // namespace rope::engine

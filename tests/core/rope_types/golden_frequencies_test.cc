// Compares frequencies and attention factors with every one that was recorded from transformers on
// torch CPU, bit for bit (tests/golden/README.md says how). Each configuration is read by
// ReadModelConfig.
#include <bit>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "core/config/model_config.h"
#include "core/plan/frequency_plan.h"
#include "core/rope_types/rope_types.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

// Vision towers: the first lanes are those of the list that their axes share.
constexpr char kAxial[] = "axial";

struct Tally {
  int records = 0;
  int64_t lanes = 0;
  int64_t different = 0;
};

int64_t DifferentLanes(const std::vector<float>& inv_freq, const std::vector<uint32_t>& bits) {
  if (inv_freq.size() != bits.size()) return static_cast<int64_t>(bits.size());
  int64_t different = 0;
  for (size_t i = 0; i < bits.size(); ++i) {
    different += std::bit_cast<uint32_t>(inv_freq[i]) != bits[i] ? 1 : 0;
  }
  return different;
}

// The plan of a record, read from its raw config.json.
absl::StatusOr<FrequencyPlan> PlanOf(const rapidjson::Value& record, HfCallSite path,
                                     NumericProfile profile = NumericProfile::kHf) {
  const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
  const LayerTypeConfig* layer = report.Find(testing::StringOr(record, "layer_type", ""));
  if (!report.valid() || layer == nullptr || !layer->config.has_value()) {
    return absl::InvalidArgumentError(report.findings.empty() ? "no such layer type"
                                                              : report.findings[0].message);
  }
  return MakeFrequencyPlan(*layer->config, profile, testing::OptionalInt(record, "seq_len"), path);
}

void PrintTable(const std::map<std::string, Tally>& tallies) {
  std::printf("%-14s %8s %8s %8s %10s\n", "type", "records", "lanes", "equal", "different");
  for (const auto& [type, tally] : tallies) {
    std::printf("%-14s %8d %8lld %8lld %10lld\n", type.c_str(), tally.records,
                static_cast<long long>(tally.lanes),
                static_cast<long long>(tally.lanes - tally.different),
                static_cast<long long>(tally.different));
  }
}

TEST(GoldenFrequenciesTest, EveryRecordedBit) {
  std::map<std::string, Tally> tallies;
  testing::ForEachRecord("inv_freq.jsonl", [&](const rapidjson::Value& record) {
    const std::string id = record["id"].GetString();
    const std::string type = record["rope_type"].GetString();
    auto plan = PlanOf(record, HfCallSite::kInitFunction);
    ASSERT_TRUE(plan.ok()) << id << ": " << plan.status();
    const auto bits = testing::Float32Bits(record["inv_freq"]);
    if (type == kAxial) plan->inv_freq.resize(bits.size());
    Tally& tally = tallies[type];
    ++tally.records;
    tally.lanes += static_cast<int64_t>(bits.size());
    const int64_t different = DifferentLanes(plan->inv_freq, bits);
    tally.different += different;
    EXPECT_EQ(different, 0) << id;
    EXPECT_EQ(std::bit_cast<uint64_t>(plan->attention_factor),
              testing::DoubleBits(record["attention_factor_bits"]))
        << id;
  });
  PrintTable(tallies);
}

// The same with the length as a tensor, as inside a model's forward.
TEST(GoldenFrequenciesTest, EveryRecordedBitOfForward) {
  int records = 0;
  testing::ForEachRecord("inv_freq.jsonl", [&](const rapidjson::Value& record) {
    if (!record.HasMember("inv_freq_forward")) return;
    const auto plan = PlanOf(record, HfCallSite::kForward);
    ASSERT_TRUE(plan.ok()) << record["id"].GetString() << ": " << plan.status();
    EXPECT_EQ(DifferentLanes(plan->inv_freq, testing::Float32Bits(record["inv_freq_forward"])), 0)
        << record["id"].GetString();
    ++records;
  });
  EXPECT_GE(records, 100);
}

// Profile exact: the real values of the formulas, which multi-precision arithmetic recorded,
// rounded once.
TEST(GoldenFrequenciesTest, EveryRecordedRealValue) {
  int records = 0;
  testing::ForEachRecord("inv_freq.jsonl", [&](const rapidjson::Value& record) {
    auto plan = PlanOf(record, HfCallSite::kInitFunction, NumericProfile::kExact);
    ASSERT_TRUE(plan.ok()) << record["id"].GetString() << ": " << plan.status();
    const bool axial = record["rope_type"].GetString() == std::string(kAxial);
    if (axial) plan->inv_freq.resize(record["inv_freq_exact"].Size());
    EXPECT_EQ(DifferentLanes(plan->inv_freq, testing::Float32Bits(record["inv_freq_exact"])), 0)
        << record["id"].GetString();
    EXPECT_EQ(std::bit_cast<uint64_t>(plan->attention_factor),
              testing::DoubleBits(record["attention_factor_exact_bits"]))
        << record["id"].GetString();
    ++records;
  });
  EXPECT_GE(records, 515);
}

TEST(GoldenFrequenciesTest, EveryTypeHasARecord) {
  std::set<std::string> recorded;
  testing::ForEachRecord("inv_freq.jsonl", [&](const rapidjson::Value& record) {
    recorded.insert(record["rope_type"].GetString());
  });
  for (const RopeType& type : AllRopeTypes()) {
    EXPECT_EQ(recorded.count(std::string(type.name)), 1U) << type.name;
  }
}

}  // namespace
}  // namespace rope

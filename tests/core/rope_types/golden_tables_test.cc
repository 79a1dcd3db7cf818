// Compares rows of cos and sin with recorded ones: exactly with the correctly rounded values, and
// within 2 ulp with those of torch, which does not round correctly.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/backends/backends.h"
#include "core/config/model_config.h"
#include "core/plan/frequency_plan.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

int64_t UlpDistance(uint32_t a, uint32_t b) {
  const auto ordered = [](uint32_t bits) {
    const auto magnitude = static_cast<int64_t>(bits & 0x7fffffffU);
    return (bits >> 31) != 0 ? -magnitude : magnitude;
  };
  return std::abs(ordered(a) - ordered(b));
}

// Float32 half rows of a record's positions, as a model's forward makes them.
struct HalfRows {
  FrequencyPlan plan;
  std::vector<float> cos;
  std::vector<float> sin;
};

HalfRows Compute(const rapidjson::Value& record, NumericProfile profile) {
  const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
  const LayerTypeConfig* layer = report.Find(testing::StringOr(record, "layer_type", ""));
  EXPECT_TRUE(report.valid() && layer != nullptr) << record["id"].GetString();
  HalfRows rows;
  rows.plan = *MakeFrequencyPlan(*layer->config, profile, testing::OptionalInt(record, "seq_len"),
                                 HfCallSite::kForward);
  std::vector<int64_t> list;
  for (const rapidjson::Value& position : record["positions"].GetArray()) {
    list.push_back(position.GetInt64());
  }
  const PositionIds positions = *PositionIds::List(list);
  rows.cos.resize(list.size() * rows.plan.inv_freq.size());
  rows.sin.resize(rows.cos.size());
  EXPECT_TRUE(BestBackend()
                  .FillRows(rows.plan, positions, 0, positions.size(),
                            {DType::kFloat32, Layout::kCompact}, 1,
                            {reinterpret_cast<std::byte*>(rows.cos.data()),
                             reinterpret_cast<std::byte*>(rows.sin.data())})
                  .ok());
  return rows;
}

void Compare(const rapidjson::Value& record, const HalfRows& computed, const char* key,
             const std::vector<float>& values, int64_t allowed_ulps) {
  for (rapidjson::SizeType row = 0; row < record["positions"].Size(); ++row) {
    const auto expected = testing::Float32Bits(record[key][row]);
    for (rapidjson::SizeType k = 0; k < expected.size(); ++k) {
      const int64_t lane = record["lanes"][k].GetInt64();
      const float value = values[row * computed.plan.inv_freq.size() + lane];
      EXPECT_LE(UlpDistance(std::bit_cast<uint32_t>(value), expected[k]), allowed_ulps)
          << record["id"].GetString() << " " << key << " position "
          << record["positions"][row].GetInt64() << " lane " << lane;
    }
  }
}

TEST(GoldenTablesTest, EveryRecordedEntryIsCorrectlyRounded) {
  int records = 0;
  testing::ForEachRecord("cos_sin.jsonl", [&](const rapidjson::Value& record) {
    const HalfRows computed = Compute(record, NumericProfile::kHf);
    const auto bits = testing::Float32Bits(record["inv_freq"]);
    for (rapidjson::SizeType k = 0; k < bits.size(); ++k) {
      EXPECT_EQ(std::bit_cast<uint32_t>(computed.plan.inv_freq[record["lanes"][k].GetInt64()]),
                bits[k])
          << record["id"].GetString();
    }
    EXPECT_EQ(std::bit_cast<uint64_t>(computed.plan.attention_factor),
              testing::DoubleBits(record["attention_factor_bits"]))
        << record["id"].GetString();
    Compare(record, computed, "cos_cr", computed.cos, 0);
    Compare(record, computed, "sin_cr", computed.sin, 0);
    Compare(record, computed, "cos", computed.cos, 2);
    Compare(record, computed, "sin", computed.sin, 2);
    ++records;
  });
  EXPECT_GE(records, 39);
}

TEST(GoldenTablesTest, EveryRecordedEntryOfProfileExact) {
  int records = 0;
  testing::ForEachRecord("cos_sin.jsonl", [&](const rapidjson::Value& record) {
    const HalfRows computed = Compute(record, NumericProfile::kExact);
    Compare(record, computed, "cos_exact", computed.cos, 0);
    Compare(record, computed, "sin_exact", computed.sin, 0);
    ++records;
  });
  EXPECT_GE(records, 39);
}

}  // namespace
}  // namespace rope

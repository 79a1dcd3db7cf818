// What attention multiplies beside cos and sin, against the attention of transformers
// (tests/golden/attention_scaling.jsonl).
#include "core/rope_types/attention/attention_scaling.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

using rope::testing::ConfigText;
using rope::testing::Float32Bits;
using rope::testing::ForEachRecord;

AttentionScaling AttentionOf(const rapidjson::Value& record) {
  const ModelConfigReport report = ReadModelConfig(ConfigText(record));
  EXPECT_TRUE(report.valid()) << ConfigText(record);
  return report.attention;
}

TEST(AttentionScalingTest, SoftmaxScalesAreThoseOfTheModules) {
  int scaled = 0;
  int unscaled = 0;
  ForEachRecord("attention_scaling.jsonl", [&](const rapidjson::Value& record) {
    if (!record.HasMember("scaling")) return;
    const double factor = AttentionOf(record).softmax_scale_factor;
    const double scaling = record["scaling"].GetDouble();
    // The module multiplies by mscale twice, and rounds twice.
    EXPECT_NEAR(factor * record["unscaled"].GetDouble(), scaling,
                2 * std::numeric_limits<double>::epsilon() * scaling)
        << ConfigText(record);
    ++(factor == 1.0 ? unscaled : scaled);
  });
  std::printf("softmax scale: %d modules with a factor, %d without\n", scaled, unscaled);
  EXPECT_GT(scaled, 0);
  EXPECT_GT(unscaled, 0);
}

// Compares the factors of one record; returns how many differ from torch's by 1 ulp.
int CompareQueries(const rapidjson::Value& record) {
  const AttentionScaling attention = AttentionOf(record);
  const std::vector<uint32_t> expected = Float32Bits(record["query_scale_bits"]);
  int different = 0;
  for (rapidjson::SizeType i = 0; i < expected.size(); ++i) {
    const double position = record["positions"][i].GetDouble();
    const float scale =
        attention.queries.has_value() ? QueryScale(*attention.queries, position) : 1.0F;
    const int ulp = std::abs(static_cast<int>(std::bit_cast<uint32_t>(scale) - expected[i]));
    EXPECT_LE(ulp, 1) << ConfigText(record) << " at " << position;
    different += ulp;
  }
  return different;
}

TEST(AttentionScalingTest, QueriesAreScaledAsTheModelsDo) {
  int records = 0;
  int different = 0;
  ForEachRecord("attention_scaling.jsonl", [&](const rapidjson::Value& record) {
    if (!record.HasMember("query_scale_bits")) return;
    ++records;
    different += CompareQueries(record);
  });
  std::printf("query factors: %d records, %d factors 1 ulp from torch's\n", records, different);
  EXPECT_GT(records, 0);
}

TEST(AttentionScalingTest, OtherModelsScaleNothing) {
  for (const char* config : {R"({"model_type": "llama"})", R"({"model_type": "qwen3"})",
                             R"({"model_type": "llama4_text", "floor_scale": "8192"})"}) {
    const ModelConfigReport report = ReadModelConfig(std::string(config));
    EXPECT_EQ(report.attention.softmax_scale_factor, 1.0) << config;
    EXPECT_FALSE(report.attention.queries.has_value()) << config;
  }
}

}  // namespace
}  // namespace rope

// ReplayModule against the buffers of real transformers modules.
#include "core/sequences/module_frequencies.h"

#include <bit>
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

std::vector<uint32_t> BitsOf(const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

std::vector<int64_t> LengthsOf(const rapidjson::Value& record) {
  std::vector<int64_t> lengths;
  for (const auto& call : record["calls"].GetArray()) lengths.push_back(call["seq_len"].GetInt64());
  return lengths;
}

TEST(ModuleFrequenciesTest, EveryRecordedHistory) {
  int calls = 0;
  testing::ForEachRecord("dynamic_history.jsonl", [&](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
    const LayerTypeConfig* layer = report.Find(testing::StringOr(record, "layer_type", ""));
    ASSERT_NE(layer, nullptr);
    const auto states = ReplayModule(*layer->config, LengthsOf(record));
    ASSERT_TRUE(states.ok()) << states.status();
    for (size_t i = 0; i < states->size(); ++i) {
      const rapidjson::Value& call = record["calls"][static_cast<rapidjson::SizeType>(i)];
      EXPECT_EQ(BitsOf((*states)[i].inv_freq), testing::Float32Bits(call["inv_freq"])) << i;
      EXPECT_EQ((*states)[i].attention_factor, call["attention_scaling"].GetDouble()) << i;
      ++calls;
    }
  });
  EXPECT_GT(calls, 150);
}

TEST(ModuleFrequenciesTest, NamesALengthThatNoCallCanHave) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type": "llama", "head_dim": 64, "rope_theta": 10000.0,
          "max_position_embeddings": 2048})");
  const RopeConfig& config = *report.Find("")->config;
  const auto status = ReplayModule(config, {5, 0}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "lengths[1] must be 1 to 2147483648, not 0");
  EXPECT_FALSE(ReplayModule(config, {}).ok());
}

}  // namespace
}  // namespace rope

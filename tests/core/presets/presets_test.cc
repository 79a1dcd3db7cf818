// Every preset can be read, and computes exactly the frequencies that transformers computed for its
// configuration. tests/golden has the record.
#include "core/presets/presets.h"

#include <bit>
#include <set>
#include <string>

#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/plan/frequency_plan.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

TEST(PresetsTest, NamesAreUniqueAndFound) {
  std::set<std::string> names;
  for (const Preset& preset : AllPresets()) {
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    EXPECT_EQ(preset.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-."),
              std::string::npos)
        << preset.name;
    EXPECT_EQ(FindPreset(preset.name), &preset);
    EXPECT_FALSE(preset.title.empty()) << preset.name;
    EXPECT_FALSE(preset.source.empty()) << preset.name;
  }
  EXPECT_GE(names.size(), 200U);
  EXPECT_EQ(FindPreset("llama-9"), nullptr);
}

TEST(PresetsTest, EveryOneIsValid) {
  for (const Preset& preset : AllPresets()) {
    EXPECT_TRUE(ReadModelConfig(preset.config_json).valid()) << preset.name;
  }
}

// The published files of these models have keys that transformers warns of, or that we do.
TEST(PresetsTest, OnlyTheseHaveWarnings) {
  const std::set<std::string> warned = {"deepseek-r1-0528-qwen3-8b",
                                        "devstral-2-123b",
                                        "hunyuan-a13b",
                                        "laguna-xs.2",
                                        "llama-4-scout",
                                        "olmo-3-32b",
                                        "olmo-3-7b",
                                        "phi-3-mini-128k",
                                        "phi-3.5-mini",
                                        "phi-3.5-moe",
                                        "phi-4-mini"};
  for (const Preset& preset : AllPresets()) {
    for (const Finding& finding : ReadModelConfig(preset.config_json).findings) {
      if (finding.severity == Severity::kNote) continue;
      EXPECT_EQ(warned.count(preset.name), 1U) << preset.name << " " << finding.code;
    }
  }
}

// The configuration without what decides about layers alone: a record may have fewer layers.
std::string WithoutLayers(absl::string_view config) {
  JsonValue patch = EmptyObject();
  patch.Set("num_hidden_layers", JsonValue());
  return WriteJson(ApplyMergePatch(JsonLiteral(config), patch));
}

TEST(PresetsTest, FrequenciesAreTheRecordedOnes) {
  // A configuration has one record for each layer type and sequence length.
  std::set<std::string> covered;
  testing::ForEachRecord("inv_freq.jsonl", [&](const rapidjson::Value& record) {
    const std::string text = WithoutLayers(testing::ConfigText(record));
    for (const Preset& preset : AllPresets()) {
      if (WithoutLayers(preset.config_json) != text) continue;
      const ModelConfigReport report = ReadModelConfig(preset.config_json);
      if (!report.valid()) continue;
      const LayerTypeConfig* layer = report.Find(testing::StringOr(record, "layer_type", ""));
      ASSERT_NE(layer, nullptr) << preset.name;
      const auto plan =
          MakeFrequencyPlan(*layer->config, NumericProfile::kHf,
                            testing::OptionalInt(record, "seq_len"), HfCallSite::kInitFunction);
      ASSERT_TRUE(plan.ok()) << preset.name;
      const auto bits = testing::Float32Bits(record["inv_freq"]);
      ASSERT_EQ(plan->inv_freq.size(), bits.size()) << preset.name;
      for (size_t i = 0; i < bits.size(); ++i) {
        EXPECT_EQ(std::bit_cast<uint32_t>(plan->inv_freq[i]), bits[i]) << preset.name;
      }
      covered.insert(preset.name);
    }
  });
  EXPECT_GE(covered.size(), 90U);
}

}  // namespace
}  // namespace rope

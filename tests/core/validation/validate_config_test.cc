// ValidateConfig keeps its promises: a valid configuration computes, strictness only turns warnings
// into errors, and every value of the answer has a source.
#include "core/validation/validate_config.h"

#include <string>

#include "core/json/json_reader.h"
#include "core/plan/frequency_plan.h"
#include "core/presets/presets.h"
#include "core/table/position_ids.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

ValidateOptions Strict() {
  ValidateOptions options;
  options.strict = true;
  return options;
}

// On every golden configuration: valid means that each parameter set has a plan at any length.
TEST(ValidateConfigTest, WhatIsValidComputes) {
  int valid = 0;
  testing::ForEachRecord("standardize.jsonl", [&](const rapidjson::Value& record) {
    const std::string text = testing::ConfigText(record);
    const ModelConfigReport report = ValidateConfig(text).report;
    EXPECT_EQ(report.layer_types.empty(), !report.valid());
    valid += report.valid() ? 1 : 0;
    for (const LayerTypeConfig& layer : report.layer_types) {
      if (!layer.config.has_value()) continue;
      for (const std::optional<int64_t> length :
           {std::optional<int64_t>(), std::optional<int64_t>(1), std::optional<int64_t>(5000),
            std::optional<int64_t>(kMaxPosition + 1)}) {
        const auto plan =
            MakeFrequencyPlan(*layer.config, NumericProfile::kHf, length, HfCallSite::kForward);
        EXPECT_TRUE(plan.ok()) << text << ' ' << plan.status();
      }
    }
  });
  EXPECT_GE(valid, 300);
}

TEST(ValidateConfigTest, StrictMakesWarningsErrorsAndNothingElse) {
  testing::ForEachRecord("standardize.jsonl", [&](const rapidjson::Value& record) {
    const std::string text = testing::ConfigText(record);
    const ModelConfigReport lenient = ValidateConfig(text).report;
    const ModelConfigReport strict = ValidateConfig(text, Strict()).report;
    ASSERT_EQ(lenient.findings.size(), strict.findings.size());
    bool warned = false;
    for (size_t i = 0; i < lenient.findings.size(); ++i) {
      EXPECT_EQ(lenient.findings[i].code, strict.findings[i].code);
      EXPECT_EQ(strict.findings[i].severity, lenient.findings[i].severity == Severity::kNote
                                                 ? Severity::kNote
                                                 : Severity::kError);
      warned |= lenient.findings[i].severity == Severity::kWarning;
    }
    EXPECT_EQ(strict.valid(), lenient.valid() && !warned) << text;
  });
}

// Each value of the answer stands in the document, or its source says where it comes from.
TEST(ValidateConfigTest, EveryEffectiveValueHasASource) {
  const std::string text =
      R"({"model_type": "llama", "hidden_size": 256, "num_attention_heads": 4,
          "rope_scaling": {"rope_type": "linear", "factor": 2.0}})";
  const ModelConfigReport report = ValidateConfig(text).report;
  ASSERT_TRUE(report.valid());
  std::string said;
  for (const EffectiveValue& value : report.layer_types.front().effective_values) {
    said += value.name + " = " + value.value + " (" + value.source + " " + value.path + ")\n";
  }
  EXPECT_NE(said.find("factor = 2.0 (given rope_scaling.factor)"), std::string::npos) << said;
  EXPECT_NE(
      said.find("rope_theta = 10000.0 (default of model_type \"llama\", not in the configuration"),
      std::string::npos)
      << said;
  EXPECT_NE(said.find("head_dim = 64 (hidden_size / num_attention_heads"), std::string::npos)
      << said;
}

}  // namespace
}  // namespace rope

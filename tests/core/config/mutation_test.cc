// Random edits of the golden configurations, the same ones in every run. Nothing crashes, and every
// valid configuration computes finite numbers that are in range.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "core/rope_types/rope_types.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

constexpr int kIterations = 20000;

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  testing::ForEachRecord("standardize.jsonl", [&](const rapidjson::Value& record) {
    seeds.push_back(testing::ConfigText(record));
  });
  return seeds;
}

const char* const kTokens[] = {"null",
                               "true",
                               "false",
                               "0",
                               "-1",
                               "1e308",
                               "-1e-308",
                               "NaN",
                               "Infinity",
                               "-Infinity",
                               "\"\"",
                               "{}",
                               "[]",
                               "[[]]",
                               "99999999999999999999",
                               "9223372036854775807",
                               "1e-30",
                               "0.5",
                               "2",
                               "\"yarn\"",
                               "\"longrope\"",
                               "\"dynamic\"",
                               "\"llama3\"",
                               "\"proportional\"",
                               "\"default\"",
                               "\"gemma3_text\"",
                               "\"phi3\"",
                               "\"deepseek_v4\"",
                               "\"step3p5\"",
                               "\"qwen3\"",
                               "\"hunyuan_vl_text\"",
                               ",\"rope_theta\":",
                               ",\"rope_scaling\":",
                               ",\"head_dim\":",
                               ",\"partial_rotary_factor\":",
                               ",\"layer_types\":",
                               ",\"original_max_position_embeddings\":",
                               ",\"per_layer_config\":",
                               ",\"num_hidden_layers\":",
                               "\"full_attention\"",
                               "\xff",
                               "\\u0000",
                               "\\"};

class Mutator {
 public:
  std::string Mutate(std::string text) {
    const int edits = 1 + static_cast<int>(Below(4));
    for (int i = 0; i < edits; ++i) Edit(&text);
    return text;
  }
  size_t Below(size_t bound) { return random_() % bound; }

 private:
  void Edit(std::string* text) {
    if (text->empty()) return;
    const size_t at = Below(text->size());
    switch (Below(4)) {
      case 0:
        text->erase(at, 1 + Below(8));
        break;
      case 1:
        text->insert(at, kTokens[Below(std::size(kTokens))]);
        break;
      case 2:
        (*text)[at] = static_cast<char>(Below(256));
        break;
      default:
        ReplaceValue(text, at);
    }
  }

  // Replaces the value of the member after `at`. Most documents stay readable.
  void ReplaceValue(std::string* text, size_t at) {
    const size_t colon = text->find(':', at);
    if (colon == std::string::npos) return;
    const size_t end = text->find_first_of(",}", colon);
    if (end == std::string::npos) return;
    text->replace(colon + 1, end - colon - 1, kTokens[Below(std::size(kTokens))]);
  }

  std::mt19937 random_{20230901};
};

bool Finite(double number) { return std::isfinite(number); }
bool Finite(const std::optional<double>& number) { return !number.has_value() || Finite(*number); }

void ExpectInRange(const RopeConfig& config) {
  EXPECT_GE(config.head_dim, 1);
  EXPECT_LE(config.head_dim, 4096);
  EXPECT_GE(config.rotary_dim, 1);
  EXPECT_LE(config.rotary_dim, config.head_dim);
  EXPECT_TRUE(config.rope_theta > 0 && Finite(config.rope_theta));
  EXPECT_TRUE(config.partial_rotary_factor >= 0 && config.partial_rotary_factor <= 1);
  EXPECT_GE(config.max_position_embeddings.value_or(1), 1);
  EXPECT_GT(config.original_max_position_embeddings.value_or(1.0), 0.0);
  EXPECT_GT(config.factor.value_or(1.0), 0.0);
  for (const auto& number :
       {config.original_max_position_embeddings, config.factor, config.attention_factor,
        config.mscale, config.mscale_all_dim, config.short_mscale, config.long_mscale,
        config.low_freq_factor, config.high_freq_factor, config.alpha}) {
    EXPECT_TRUE(Finite(number));
  }
  EXPECT_TRUE(config.beta_fast > 0 && config.beta_slow > 0);
  for (const double factor : config.short_factor) EXPECT_TRUE(factor > 0 && Finite(factor));
  for (const double factor : config.long_factor) EXPECT_TRUE(factor > 0 && Finite(factor));
}

// A valid configuration computes: at load, and for a short and a long sequence.
void ExpectComputes(const RopeConfig& config) {
  const bool is_known = config.spectrum.has_value() || FindRopeType(config.rope_type) != nullptr;
  ASSERT_TRUE(is_known);
  const RopeType& type = RopeTypeOf(config);
  for (const std::optional<int64_t> seq_len :
       {std::optional<int64_t>(), std::optional<int64_t>(1), std::optional<int64_t>(1 << 20)}) {
    const Frequencies frequencies = type.compute(config, seq_len, HfCallSite::kInitFunction);
    EXPECT_EQ(static_cast<int64_t>(frequencies.inv_freq.size()), (config.rotary_dim + 1) / 2);
    if (seq_len.value_or(1) > 1) continue;  // dynamic may leave float32 far beyond its length
    for (const float w : frequencies.inv_freq) EXPECT_TRUE(std::isfinite(w) && w >= 0.0F);
    EXPECT_TRUE(Finite(frequencies.attention_factor));
  }
}

TEST(MutationTest, WhatIsValidComputes) {
  const std::vector<std::string> seeds = Seeds();
  Mutator mutator;
  int valid = 0;
  for (int i = 0; i < kIterations; ++i) {
    const std::string text = mutator.Mutate(seeds[mutator.Below(seeds.size())]);
    SCOPED_TRACE(text);
    const ModelConfigReport report = ReadModelConfig(text);
    if (!report.valid()) {
      EXPECT_TRUE(report.layer_types.empty());
      continue;
    }
    ++valid;
    for (const LayerTypeConfig& entry : report.layer_types) {
      if (!entry.config.has_value()) continue;
      ExpectInRange(*entry.config);
      ExpectComputes(*entry.config);
    }
    if (::testing::Test::HasFailure()) return;  // one document is enough to look at
  }
  EXPECT_GT(valid, kIterations / 20) << "the edits destroy nearly everything";
}

}  // namespace
}  // namespace rope

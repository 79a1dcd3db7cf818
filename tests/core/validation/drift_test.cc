// There is no drift finding for the preset itself and its recipes. For anything else the drift says
// exactly what differs. The expected numbers follow from the definitions of the rope types, not
// from our code.
#include "core/validation/drift.h"

#include <cmath>
#include <string>

#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

// The preset's configuration with changes, as a merge patch.
std::string Changed(const std::string& preset, const std::string& patch) {
  return WriteJson(
      ApplyMergePatch(JsonLiteral(FindPreset(preset)->config_json), JsonLiteral(patch)));
}

Validation Compare(const std::string& json, const std::string& preset) {
  ValidateOptions options;
  options.preset = preset;
  return ValidateConfig(json, options);
}

bool HasCode(const Validation& validation, const std::string& code) {
  for (const Finding& finding : validation.report.findings) {
    if (finding.code == code) return true;
  }
  return false;
}

bool SaysNothing(const Validation& validation) {
  return !HasCode(validation, "ROPE-W129") && !HasCode(validation, "ROPE-N204") &&
         !HasCode(validation, "ROPE-N205");
}

TEST(DriftTest, NoPresetDriftsFromItself) {
  for (const Preset& preset : AllPresets()) {
    EXPECT_TRUE(SaysNothing(Compare(preset.config_json, preset.name))) << preset.name;
    EXPECT_TRUE(SaysNothing(Compare(preset.config_json, kGuessPreset)) || !preset.recipe_of.empty())
        << preset.name;
  }
}

TEST(DriftTest, RecipesNameAPresetAndAreNotDrift) {
  int recipes = 0;
  for (const Preset& recipe : AllPresets()) {
    if (recipe.recipe_of.empty()) continue;
    ++recipes;
    ASSERT_NE(FindPreset(recipe.recipe_of), nullptr) << recipe.name;
    const Validation validation = Compare(recipe.config_json, recipe.recipe_of);
    EXPECT_TRUE(HasCode(validation, "ROPE-N204")) << recipe.name;
    EXPECT_FALSE(HasCode(validation, "ROPE-W129")) << recipe.name;
    ASSERT_TRUE(validation.drift.has_value());
    EXPECT_EQ(validation.drift->recipe, recipe.name);
  }
  EXPECT_GE(recipes, 2);
}

TEST(DriftTest, ARecipeStretchedLessIsTheRecipeAndMoreIsNot) {
  const char* const scaling =
      R"({"rope_scaling":{"type":"yarn","factor":%s,"original_max_position_embeddings":32768}})";
  const auto with_factor = [&](const std::string& factor) {
    std::string patch = scaling;
    patch.replace(patch.find("%s"), 2, factor);
    return Compare(Changed("qwen2.5-7b", patch), "qwen2.5-7b");
  };
  EXPECT_TRUE(HasCode(with_factor("2.0"), "ROPE-N204"));
  EXPECT_TRUE(HasCode(with_factor("8.0"), "ROPE-W129"));
}

// Linear scaling by 2 halves every frequency. The largest difference is that of frequency 0: 1/2.
TEST(DriftTest, SaysHowFarFrequenciesMove) {
  const Validation validation =
      Compare(Changed("llama-2-7b", R"({"rope_scaling":{"rope_type":"linear","factor":2.0}})"),
              "llama-2-7b");
  ASSERT_TRUE(HasCode(validation, "ROPE-W129"));
  const LayerDrift& layer = validation.drift->layers.front();
  EXPECT_EQ(layer.frequencies, 64);
  EXPECT_EQ(layer.moved.size(), 64U);
  EXPECT_EQ(layer.largest_ratio, 2.0);
  EXPECT_EQ(layer.length, 4096);
  EXPECT_EQ(layer.angle, 0.5 * 4095);
  EXPECT_EQ(layer.attention_factor, layer.preset_attention_factor);
  ASSERT_EQ(layer.values.size(), 2U);
  EXPECT_EQ(layer.values[0].name, "rope_type");
  EXPECT_EQ(layer.values[0].value, "\"linear\"");
  EXPECT_EQ(layer.values[0].preset_value, "\"default\"");
  EXPECT_EQ(layer.values[1].name, "factor");
}

// The preset's theta is 50 times the default: frequency i differs by a factor of 50^(2i/128).
TEST(DriftTest, AThetaThatWasLost) {
  const Validation validation =
      Compare(Changed("llama-3.1-8b", R"({"rope_theta":null})"), "llama-3.1-8b");
  ASSERT_TRUE(HasCode(validation, "ROPE-W129"));
  const LayerDrift& layer = validation.drift->layers.front();
  EXPECT_EQ(layer.frequencies, 64);
  EXPECT_EQ(layer.moved.size(), 63U);
  EXPECT_FALSE(layer.moved.contains(0)) << "theta^0 is 1 for every theta";
  EXPECT_GT(layer.largest_ratio, 40.0);
}

// Only the attention factor differs: it is 0.1 ln 4 + 1 by definition, and was set to 1.
TEST(DriftTest, AnAttentionFactorThatWasSet) {
  const Validation validation =
      Compare(Changed("qwen2.5-7b-yarn", R"({"rope_scaling":{"attention_factor":1.0}})"),
              "qwen2.5-7b-yarn");
  ASSERT_TRUE(HasCode(validation, "ROPE-W129"));
  const LayerDrift& layer = validation.drift->layers.front();
  EXPECT_TRUE(layer.moved.empty());
  EXPECT_EQ(layer.attention_factor, 1.0);
  EXPECT_NEAR(layer.preset_attention_factor, 0.1 * std::log(4.0) + 1.0, 1e-12);
}

TEST(DriftTest, OnlyTheLayersThatDriftAreNamed) {
  const Validation validation =
      Compare(Changed("gemma-3-4b", R"({"rope_local_base_freq":20000.0})"), "gemma-3-4b");
  ASSERT_TRUE(HasCode(validation, "ROPE-W129"));
  for (const Finding& finding : validation.report.findings) {
    if (finding.code == "ROPE-W129") {
      EXPECT_EQ(finding.path, "rope_parameters.sliding_attention");
    }
  }
}

// The path is rope_scaling or rope_parameters, whichever the user wrote; rope_parameters if the
// user wrote neither.
TEST(DriftTest, IsFoundWhereTheParametersStand) {
  const auto path_of = [](const std::string& patch) {
    const Validation validation = Compare(Changed("llama-2-7b", patch), "llama-2-7b");
    for (const Finding& finding : validation.report.findings) {
      if (finding.code == "ROPE-W129") return finding.path;
    }
    return std::string("no such finding");
  };
  const std::string linear = R"({"rope_type":"linear","factor":2.0})";
  EXPECT_EQ(path_of(R"({"rope_scaling":)" + linear + "}"), "rope_scaling");
  EXPECT_EQ(path_of(R"({"rope_parameters":)" + linear + "}"), "rope_parameters");
  EXPECT_EQ(path_of(R"({"rope_theta":20000.0})"), "rope_parameters");
}

TEST(DriftTest, AGuessNeedsTheShapeAndIsANote) {
  const std::string lost = Changed("gpt-oss-20b", R"({"rope_scaling":{"truncate":null}})");
  const Validation guessed = Compare(lost, kGuessPreset);
  EXPECT_TRUE(HasCode(guessed, "ROPE-N205"));
  EXPECT_TRUE(guessed.report.valid());
  EXPECT_TRUE(SaysNothing(
      Compare(R"({"model_type":"llama","head_dim":64,"hidden_size":77,"num_attention_heads":7})",
              kGuessPreset)));
  EXPECT_TRUE(SaysNothing(Compare(R"({"model_type":"llama"})", kGuessPreset)));
}

// Models are published with the shape of a known one: Qwen3-Coder-30B-A3B with that of
// Qwen3-30B-A3B, Mistral-Small-24B with that of Mistral-Nemo-12B, Qwen3-8B with that of a
// distillation of DeepSeek-R1.
TEST(DriftTest, OtherValuesThatTheFileGivesAreAnotherModel) {
  EXPECT_FALSE(HasCode(
      Compare(Changed("qwen3-30b-a3b", R"({"rope_theta":10000000})"), kGuessPreset), "ROPE-N205"));
  EXPECT_FALSE(
      HasCode(Compare(Changed("mistral-nemo-12b", R"({"rope_theta":100000000.0})"), kGuessPreset),
              "ROPE-N205"));
  EXPECT_FALSE(HasCode(
      Compare(Changed("deepseek-r1-0528-qwen3-8b", R"({"rope_scaling":null})"), kGuessPreset),
      "ROPE-N205"));
}

// 10000 is what programs write for a base that they have lost.
TEST(DriftTest, TheUsualDefaultBaseLooksLost) {
  EXPECT_TRUE(HasCode(Compare(Changed("gpt-oss-20b", R"({"rope_theta":10000.0})"), kGuessPreset),
                      "ROPE-N205"));
}

// Published models that share their shape, but not their theta.
TEST(DriftTest, SiblingsThatDifferAreNoReasonForDoubt) {
  for (const char* theta : {"1000000.0", "10000000.0", "20000000.0"}) {
    const std::string patch = std::string(R"({"rope_theta":)") + theta + "}";
    EXPECT_TRUE(SaysNothing(Compare(Changed("qwen2.5-14b", patch), kGuessPreset))) << theta;
    EXPECT_TRUE(SaysNothing(Compare(Changed("qwen3-30b-a3b", patch), kGuessPreset))) << theta;
  }
}

// Values as published. The names of the models are those of the Hugging Face Hub.
TEST(DriftTest, NoPublishedConfigurationDrifts) {
  const char* const published[] = {
      // Qwen/Qwen2.5-14B
      R"({"model_type":"qwen2","hidden_size":5120,"num_attention_heads":40,"num_hidden_layers":48,
          "max_position_embeddings":131072,"rope_theta":1000000.0})",
      // Qwen/Qwen3-8B
      R"({"model_type":"qwen3","hidden_size":4096,"num_attention_heads":32,"num_hidden_layers":36,
          "head_dim":128,"max_position_embeddings":40960,"rope_theta":1000000})",
      // Qwen/Qwen3-Coder-30B-A3B-Instruct
      R"({"model_type":"qwen3_moe","hidden_size":2048,"num_attention_heads":32,
          "num_hidden_layers":48,"head_dim":128,"max_position_embeddings":262144,
          "rope_theta":10000000})",
      // mistralai/Mistral-Small-24B-Instruct-2501
      R"({"model_type":"mistral","hidden_size":5120,"num_attention_heads":32,
          "num_hidden_layers":40,"head_dim":128,"max_position_embeddings":32768,
          "rope_theta":100000000.0})",
      // gradientai/Llama-3-8B-Instruct-Gradient-1048k
      R"({"model_type":"llama","hidden_size":4096,"num_attention_heads":32,"num_hidden_layers":32,
          "max_position_embeddings":1048576,"rope_theta":3580165449.0})",
  };
  for (const char* config : published) {
    EXPECT_TRUE(SaysNothing(Compare(config, kGuessPreset))) << config;
  }
}

// An unverified preset excuses a configuration, but never accuses one.
TEST(DriftTest, AnUnverifiedPresetIsNoReasonForDoubt) {
  ASSERT_FALSE(FindPreset("yi-34b-200k")->verified);
  const std::string changed = Changed("yi-34b-200k", R"({"rope_theta":10000.0})");
  EXPECT_TRUE(SaysNothing(Compare(changed, kGuessPreset)));
}

TEST(DriftTest, AnUnverifiedPresetIsSaidToBeOne) {
  for (const Preset& preset : AllPresets()) {
    EXPECT_EQ(HasCode(ValidateConfig(preset.config_json), "ROPE-N210"), !preset.verified)
        << preset.name;
    EXPECT_EQ(HasCode(Compare(R"({"model_type":"llama","hidden_size":7,"num_attention_heads":1})",
                              preset.name),
                      "ROPE-N210"),
              !preset.verified)
        << preset.name;
  }
}

// A model of another length or number of layers is another model.
TEST(DriftTest, AnotherLengthOrDepthIsAnotherModel) {
  const std::string lost = R"("rope_scaling":{"truncate":null}})";
  EXPECT_TRUE(HasCode(Compare(Changed("gpt-oss-20b", "{" + lost), kGuessPreset), "ROPE-N205"));
  EXPECT_TRUE(SaysNothing(
      Compare(Changed("gpt-oss-20b", R"({"num_hidden_layers":7,)" + lost), kGuessPreset)));
  EXPECT_TRUE(SaysNothing(
      Compare(Changed("gpt-oss-20b", R"({"max_position_embeddings":9999,)" + lost), kGuessPreset)));
}

TEST(DriftTest, AnUnknownPresetAndABadConfigurationAreNotCompared) {
  EXPECT_FALSE(Compare(FindPreset("llama-2-7b")->config_json, "no-such").drift.has_value());
  EXPECT_FALSE(Compare("{", "llama-2-7b").drift.has_value());
  EXPECT_FALSE(Compare(R"({"model_type":"llama","rope_theta":-1})", "auto").drift.has_value());
}

}  // namespace
}  // namespace rope

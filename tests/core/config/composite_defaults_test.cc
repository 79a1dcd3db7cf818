// Composite files whose class has its own text model. That these, and no others, differ from the
// defaults of their text models was found by tools/compare_transformers with transformers 5.24.0.
#include <string>

#include "core/config/model_config.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

// The paths of the errors ROPE-E021, each behind a blank.
std::string Missing(const std::string& json) {
  std::string paths;
  for (const Finding& finding : ReadModelConfig(json).findings) {
    if (finding.code == "ROPE-E021") paths += " " + finding.path;
  }
  return paths;
}

TEST(CompositeDefaultsTest, AFileWithoutItsTextModelIsRefused) {
  for (const char* type : {"got_ocr2", "lighton_ocr", "mistral3", "moss_transcribe_diarize",
                           "omniasr", "pp_chart2table", "voxtral", "voxtral_realtime"}) {
    EXPECT_EQ(Missing(R"({"model_type":")" + std::string(type) + R"("})"), " text_config") << type;
  }
}

TEST(CompositeDefaultsTest, OthersHaveTheDefaultsOfTheirTextModels) {
  for (const char* type : {"gemma3", "llava", "qwen2_5_vl", "glmasr"}) {
    EXPECT_EQ(Missing(R"({"model_type":")" + std::string(type) + R"("})"), "") << type;
  }
}

TEST(CompositeDefaultsTest, AnyTextModelReplacesThatOfTheClass) {
  EXPECT_EQ(Missing(R"({"model_type":"mistral3","text_config":{"model_type":"mistral"}})"), "");
}

TEST(CompositeDefaultsTest, VoxtralPutsItsValuesBelowThoseOfTheFile) {
  EXPECT_EQ(Missing(R"({"model_type":"voxtral","text_config":{"model_type":"llama"}})"),
            " text_config.hidden_size text_config.head_dim text_config.max_position_embeddings"
            " text_config.rope_theta");
  EXPECT_EQ(Missing(R"({"model_type":"voxtral","text_config":{"model_type":"llama",
                        "hidden_size":3072,"head_dim":128,"max_position_embeddings":131072,
                        "rope_parameters":{"rope_type":"default","rope_theta":1e8}}})"),
            "");
}

// Its class gives rope_parameters, in which a rope_theta at the top level comes too late.
TEST(CompositeDefaultsTest, GlmAsrDoesNotReadABaseAtTheTopLevel) {
  const std::string shape =
      R"({"model_type":"glmasr","text_config":{"model_type":"llama","hidden_size":2048,
          "num_attention_heads":16,"max_position_embeddings":8192)";
  EXPECT_EQ(Missing(shape + "}}"), "");
  EXPECT_EQ(Missing(shape + R"(,"rope_theta":1e5}})"), " text_config.rope_parameters");
  EXPECT_EQ(Missing(shape + R"(,"rope_parameters":{"rope_theta":1e5}}})"), "");
}

}  // namespace
}  // namespace rope

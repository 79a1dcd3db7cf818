#include "core/config/text_model.h"

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

std::string FamilyName(const TextModel& model) {
  return model.family != nullptr ? std::string(model.family->model_type) : "";
}

TEST(TextModelTest, APlainConfigurationIsItsOwnTextModel) {
  const JsonValue document = JsonLiteral(R"({"model_type":"llama"})");
  const TextModel model = FindTextModel(document);
  EXPECT_EQ(model.document, &document);
  EXPECT_EQ(model.path, "");
  EXPECT_EQ(FamilyName(model), "llama");
  EXPECT_EQ(model.source, TextModel::Source::kModelType);
}

// A model_type that is no composite does not read such a member.
TEST(TextModelTest, APlainModelTypeHasNoModelInside) {
  const JsonValue document =
      JsonLiteral(R"({"model_type":"llama","text_config":{"model_type":"qwen2"}})");
  EXPECT_EQ(FindTextModel(document).document, &document);
}

TEST(TextModelTest, ACompositeWithoutTextConfigIsReadAsItsTextModel) {
  const JsonValue document = JsonLiteral(R"({"model_type":"gemma3"})");
  EXPECT_EQ(FindTextModel(document).document, &document);
  EXPECT_EQ(FamilyName(FindTextModel(document)), "gemma3_text");
}

struct Case {
  const char* json;
  const char* path;
  const char* family;  // "": unknown
};

constexpr Case kCases[] = {
    {R"({"model_type":"llava","text_config":{"model_type":"qwen2"}})", "text_config", "qwen2"},
    {R"({"model_type":"llava","text_config":{"model_type":"x"}})", "text_config", "llama"},
    {R"({"model_type":"gemma3","text_config":{}})", "text_config", "gemma3_text"},
    {R"({"model_type":"y","text_config":{"model_type":"x"}})", "text_config", ""},
    {R"({"model_type":"internvl_chat","llm_config":{"model_type":"qwen2"}})", "llm_config",
     "qwen2"},
    {R"({"model_type":"deepseek_vl_v2","language_config":{"model_type":"deepseek_v2"}})",
     "language_config", "deepseek_v2"},
    {R"({"model_type":"qwen3_omni_moe","thinker_config":{"model_type":"qwen3_omni_moe_thinker",
         "text_config":{}}})",
     "thinker_config.text_config", "qwen3_omni_moe_text"},
    {R"({"model_type":"t5gemma2","encoder":{},"decoder":{"model_type":"t5gemma2_decoder"}})",
     "decoder", "t5gemma2_decoder"},
    {R"({"model_type":"colpali","vlm_config":{"model_type":"paligemma","text_config":
         {"model_type":"gemma"}}})",
     "vlm_config.text_config", "gemma"},
    {R"({"model_type":"z","llm_config":{"architectures":["Qwen2ForCausalLM"]}})", "llm_config",
     "qwen2"},
    {R"({"model_type":"kimi_k2"})", "", "deepseek_v3"},
    {R"({"text_config":[1]})", "", ""},
};

TEST(TextModelTest, StandsWhereCompositesKeepIt) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.json);
    const JsonValue document = JsonLiteral(one.json);
    const TextModel model = FindTextModel(document);
    EXPECT_EQ(model.path, one.path);
    EXPECT_EQ(FamilyName(model), one.family);
    EXPECT_EQ(model.around.empty(), model.path.empty());
  }
}

TEST(TextModelTest, TheDepthIsBounded) {
  const JsonValue document = JsonLiteral(
      R"({"decoder":{"decoder":{"decoder":{"decoder":{"decoder":{"model_type":"llama"}}}}}})");
  EXPECT_EQ(FindTextModel(document).path, "decoder.decoder.decoder.decoder");
}

// Nemotron-H, GPT-2, and the text model of CLIP.
TEST(TextModelTest, SomeModelsHaveNoRotaryEmbedding) {
  for (const char* json :
       {R"({"model_type":"nemotron_h"})", R"({"model_type":"gpt2"})",
        R"({"architectures":["GPT2LMHeadModel"]})",
        R"({"model_type":"v","text_config":{"model_type":"clip_text_model"}})"}) {
    const JsonValue document = JsonLiteral(json);
    EXPECT_TRUE(FindTextModel(document).has_no_rotary_embedding) << json;
  }
}

}  // namespace
}  // namespace rope

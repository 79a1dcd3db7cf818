#include "core/config/text_model.h"

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(TextModelTest, APlainConfigurationIsItsOwnTextModel) {
  const JsonValue document = JsonLiteral(R"({"model_type":"llama"})");
  const TextModel model = FindTextModel(document);
  EXPECT_EQ(model.document, &document);
  EXPECT_EQ(model.model_type, "llama");
}

TEST(TextModelTest, ACompositeWithoutTextConfigIsReadAsItsTextModel) {
  const JsonValue document = JsonLiteral(R"({"model_type":"gemma3"})");
  EXPECT_EQ(FindTextModel(document).document, &document);
  EXPECT_EQ(FindTextModel(document).model_type, "gemma3_text");
}

TEST(TextModelTest, TextConfigNamesItsOwnModelTypeIfItIsKnown) {
  const JsonValue known =
      JsonLiteral(R"({"model_type":"llava","text_config":{"model_type":"qwen2"}})");
  EXPECT_EQ(FindTextModel(known).document, known.Find("text_config"));
  EXPECT_EQ(FindTextModel(known).model_type, "qwen2");
  const JsonValue unknown =
      JsonLiteral(R"({"model_type":"llava","text_config":{"model_type":"x"}})");
  EXPECT_EQ(FindTextModel(unknown).model_type, "llama");
  const JsonValue neither = JsonLiteral(R"({"model_type":"y","text_config":{"model_type":"x"}})");
  EXPECT_EQ(FindTextModel(neither).model_type, "x");
}

}  // namespace
}  // namespace rope

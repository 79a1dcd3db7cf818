#include "core/config/families/families.h"

#include <string>
#include <vector>

#include "core/config/load/load_model.h"
#include "core/config/load/loading_state.h"
#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

TEST(FamiliesTest, TheTableIsSortedAndWithoutDuplicates) {
  const absl::Span<const Family> families = AllFamilies();
  for (size_t i = 0; i + 1 < families.size(); ++i) {
    EXPECT_LT(families[i].model_type, families[i + 1].model_type);
  }
}

TEST(FamiliesTest, EveryFamilyIsFound) {
  for (const Family& family : AllFamilies()) EXPECT_EQ(FindFamily(family.model_type), &family);
  EXPECT_EQ(FindFamily("no such model"), nullptr);
  EXPECT_EQ(FindFamily(""), nullptr);
}

TEST(FamiliesTest, CompositesLeadToKnownFamilies) {
  for (const char* name : {"gemma3", "qwen2_vl", "llama4", "mistral3", "mllama", "glm4v"}) {
    EXPECT_NE(FindFamily(TextModelType(name)), nullptr) << name;
  }
  EXPECT_EQ(TextModelType("llama"), "");
}

// A document with only a model_type has the defaults of transformers. It is valid, unless this
// service does not compute the family's rope type.
TEST(FamiliesTest, DefaultsAreReadable) {
  for (const Family& family : AllFamilies()) {
    const ModelConfigReport report =
        ReadModelConfig("{\"model_type\": \"" + std::string(family.model_type) + "\"}");
    // Families whose code comes with the model have no default for the width of a head.
    // Cohere-Compass has no default parameters for its layer types, in transformers either.
    // So have some towers, which name the width or the number of heads otherwise.
    const bool has_heads = family.axial == nullptr || (family.shape.num_attention_heads > 0 &&
                                                       family.axial->width == "hidden_size");
    const bool has_width =
        (family.shape.hidden_size > 0 && has_heads) || family.head_dim.default_value.has_value();
    if (!family.not_computed.empty() || !has_width || family.model_type == "cohere_compass_text") {
      EXPECT_FALSE(report.valid()) << family.model_type;
      continue;
    }
    EXPECT_TRUE(report.valid()) << family.model_type << ": "
                                << (report.findings.empty() ? "" : report.findings[0].message);
    EXPECT_FALSE(report.layer_types.empty()) << family.model_type;
  }
}

// The layer types of every family as transformers fills them in.
TEST(FamiliesTest, LayerTypesAreTheRecordedOnes) {
  int lists = 0;
  testing::ForEachRecord("families.jsonl", [&](const rapidjson::Value& record) {
    const Family* family = FindFamily(record["model_type"].GetString());
    if (family == nullptr || !record["error"].IsNull() || record["layer_types"].IsNull()) return;
    if (family->fill_layer_types == nullptr) return;  // layers do not differ in their rotation
    const JsonResult document = ReadJson(testing::ConfigText(record));
    FindingSink findings(&document->root);
    const LoadingState state = LoadModel(*family, document->root, &findings);
    const JsonValue* types = state.Attribute("layer_types");
    ASSERT_NE(types, nullptr) << record["id"].GetString();
    std::vector<std::string> recorded;
    for (const auto& type : record["layer_types"].GetArray()) recorded.push_back(type.GetString());
    std::vector<std::string> ours;
    for (const JsonValue& type : types->as_array()) ours.push_back(type.as_string());
    EXPECT_EQ(ours, recorded) << record["id"].GetString();
    ++lists;
  });
  EXPECT_GT(lists, 0);
}

TEST(FamiliesTest, DefaultParametersAreObjects) {
  for (const Family& family : AllFamilies()) {
    if (family.default_parameters.empty()) continue;
    EXPECT_TRUE(JsonLiteral(family.default_parameters).is_object()) << family.model_type;
  }
}

}  // namespace
}  // namespace rope

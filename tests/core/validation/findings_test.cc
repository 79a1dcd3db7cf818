// One configuration for every code of the table: the code, where it lies, and that nothing else is
// an error. A code without a case here fails the last test.
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/findings/finding_table.h"
#include "core/rope_types/rope_types.h"
#include "core/validation/validate_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/paths.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

struct Case {
  FindingId id;
  const char* path;
  const char* json;
  const char* preset = "";  // to compare with
};

ModelConfigReport Judge(const std::string& json, const std::string& preset = "") {
  ValidateOptions options;
  options.preset = preset;
  return ValidateConfig(json, options).report;
}

// A Llama of head_dim 64 and length 8192 with `members` beside its shape.
std::string Llama(const std::string& members) {
  return absl::StrCat(R"({"model_type":"llama","hidden_size":256,"num_attention_heads":4,)",
                      R"("max_position_embeddings":8192)", members.empty() ? "" : ",", members,
                      "}");
}

// A full document where `json` begins with a brace, members of a Llama otherwise.
std::string Document(absl::string_view json) {
  return json.substr(0, 1) == "{" || json.substr(0, 1) == "[" ? std::string(json)
                                                              : Llama(std::string(json));
}

const Case kCases[] = {
    {FindingId::kSyntax, "", "{\"model_type\": \"llama\""},
    {FindingId::kDocumentLimit, "",
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1"},
    {FindingId::kNotAnObject, "", "[]"},
    {FindingId::kUnknownType, "rope_scaling.type", R"("rope_scaling":{"type":"ntk","factor":2.0})"},
    {FindingId::kTypeNotComputed, "rope_parameters.rope_type",
     R"("rope_parameters":{"rope_type":"axial"})"},
    {FindingId::kMissingKey, "rope_scaling.factor", R"("rope_scaling":{"type":"linear"})"},
    {FindingId::kWrongKind, "rope_scaling.factor",
     R"("rope_scaling":{"type":"linear","factor":"2"})"},
    {FindingId::kBoolean, "rope_scaling.factor",
     R"("rope_scaling":{"type":"linear","factor":true})"},
    {FindingId::kNotFinite, "rope_theta", R"("rope_theta":NaN)"},
    {FindingId::kOutOfRange, "rope_theta", R"("rope_theta":-1.0)"},
    {FindingId::kFieldType, "head_dim", R"("head_dim":64.0)"},
    {FindingId::kHeads, "hidden_size",
     R"({"model_type":"llama","hidden_size":250,"num_attention_heads":4})"},
    {FindingId::kHeadDim, "head_dim", R"("head_dim":8192)"},
    {FindingId::kOddHeadDim, "head_dim", R"("head_dim":65)"},
    {FindingId::kListLength, "rope_parameters.short_factor",
     R"("head_dim":4,"rope_parameters":{"rope_type":"longrope","factor":2.0,"short_factor":[1.0],
        "long_factor":[1.0,2.0],"original_max_position_embeddings":4096})"},
    {FindingId::kNesting, "rope_parameters",
     R"({"model_type":"qwen3","hidden_size":256,"num_attention_heads":4,"num_hidden_layers":1,
         "head_dim":64,"rope_parameters":{"full_attention":{"rope_type":"default"}}})"},
    {FindingId::kLayerTypes, "layer_types",
     R"({"model_type":"qwen3","hidden_size":256,"num_attention_heads":4,"head_dim":64,
         "num_hidden_layers":2,"layer_types":["full_attention"]})"},
    {FindingId::kTypeNotInFamily, "rope_parameters.rope_type",
     R"({"model_type":"phi3","hidden_size":256,"num_attention_heads":4,
         "rope_parameters":{"rope_type":"linear","factor":2.0}})"},
    {FindingId::kDegenerate, "rope_parameters.rope_type",
     R"("head_dim":2,"rope_parameters":{"rope_type":"dynamic","factor":2.0})"},
    {FindingId::kSections, "rope_scaling.xdrope_section",
     R"({"model_type":"hunyuan_vl_text","hidden_size":256,"num_attention_heads":4,"head_dim":64,
         "rope_scaling":{"type":"xdrope","factor":1.0,"alpha":9.0,"xdrope_section":[16,8]}})"},
    {FindingId::kMissingShape, "hidden_size", R"({"num_attention_heads":4})"},

    {FindingId::kUnknownKeys, "rope_scaling.finetuned",
     R"("rope_scaling":{"type":"linear","factor":2.0,"finetuned":true})"},
    {FindingId::kFactorBelowOne, "rope_scaling.factor",
     R"("rope_scaling":{"type":"linear","factor":0.5})"},
    {FindingId::kAttentionFactor, "rope_scaling.attention_factor",
     R"("rope_scaling":{"type":"yarn","factor":2.0,"original_max_position_embeddings":4096,
        "attention_factor":1})"},
    {FindingId::kBetaOrder, "rope_scaling.beta_fast",
     R"("rope_scaling":{"type":"yarn","factor":2.0,"original_max_position_embeddings":4096,
        "beta_fast":1,"beta_slow":32})"},
    {FindingId::kFactorMismatch, "rope_scaling.factor",
     R"("rope_scaling":{"type":"yarn","factor":4.0,"original_max_position_embeddings":4096})"},
    {FindingId::kFactorImplied, "rope_parameters.factor",
     R"("head_dim":4,"rope_parameters":{"rope_type":"longrope","short_factor":[1.0,1.0],
        "long_factor":[1.0,2.0],"original_max_position_embeddings":4096})"},
    {FindingId::kBandOrder, "rope_scaling.high_freq_factor",
     R"("rope_scaling":{"type":"llama3","factor":8.0,"original_max_position_embeddings":4096,
        "low_freq_factor":4.0,"high_freq_factor":1.0})"},
    {FindingId::kOriginalLength, "rope_scaling.original_max_position_embeddings",
     R"("rope_scaling":{"type":"llama3","factor":8.0,"original_max_position_embeddings":8192,
        "low_freq_factor":1.0,"high_freq_factor":4.0})"},
    {FindingId::kNoProportion, "rope_parameters.partial_rotary_factor",
     R"("rope_parameters":{"rope_type":"proportional","rope_theta":1e4})"},
    {FindingId::kDuplicateMember, "rope_theta", R"("rope_theta":1e4,"rope_theta":1e5)"},
    {FindingId::kOriginalLengthReplaced, "original_max_position_embeddings",
     R"("original_max_position_embeddings":2048,
        "rope_scaling":{"type":"yarn","factor":2.0,"original_max_position_embeddings":4096})"},
    {FindingId::kScalingDropped, "rope_scaling.type",
     R"({"model_type":"gemma3_text","head_dim":256,"rope_scaling":{"type":"linear","factor":8.0}})"},
    {FindingId::kThetaUnused, "rope_theta",
     R"({"model_type":"gpt_neox","hidden_size":256,"num_attention_heads":4,"rope_theta":5e5})"},
    {FindingId::kTypeConflict, "rope_scaling.type",
     R"("rope_scaling":{"type":"yarn","rope_type":"linear","factor":2.0})"},
    {FindingId::kMisspelled, "rope_scaling.attn_factor",
     R"("rope_scaling":{"type":"yarn","factor":2.0,"original_max_position_embeddings":4096,
        "attn_factor":1.0})"},
    {FindingId::kPartialIgnored, "partial_rotary_factor", R"("partial_rotary_factor":0.5)"},
    {FindingId::kParametersIgnored, "rope_parameters.factor",
     R"({"model_type":"gemma3_text","head_dim":256,
         "rope_parameters":{"rope_type":"linear","factor":8.0}})"},
    {FindingId::kTruncate, "rope_scaling.truncate",
     R"("rope_scaling":{"type":"yarn","factor":2.0,"original_max_position_embeddings":4096,
        "truncate":"false"})"},
    {FindingId::kShapeDefault, "hidden_size", R"({"model_type":"llama","num_attention_heads":32})"},
    {FindingId::kUnknownModelType, "model_type",
     R"({"model_type":"internlm2","hidden_size":256,"num_attention_heads":4})"},
    {FindingId::kTwoSpellings, "rope_parameters",
     R"("rope_scaling":{"type":"linear","factor":2.0},"rope_parameters":{"rope_type":"default"})"},
    {FindingId::kThetaImplausible, "rope_theta", R"("rope_theta":0.5)"},
    {FindingId::kSectionsImplausible, "rope_scaling.mrope_section",
     R"({"model_type":"qwen2_vl_text","hidden_size":256,"num_attention_heads":4,
         "rope_scaling":{"type":"mrope","mrope_section":[1,2,3]}})"},
    {FindingId::kHeadDimZero, "head_dim", R"("head_dim":0)"},
    {FindingId::kOddRotaryDim, "partial_rotary_factor",
     R"({"model_type":"glm","hidden_size":256,"num_attention_heads":4,"head_dim":128,
         "partial_rotary_factor":0.4})"},
    {FindingId::kOriginalLengthDefault, "rope_scaling.original_max_position_embeddings",
     R"("rope_scaling":{"type":"yarn","factor":2.0})"},
    {FindingId::kLayerTypeReplaced, "layer_types[1]",
     R"({"model_type":"gemma4_text","num_hidden_layers":2,"head_dim":256,
         "layer_types":["full_attention","sliding_attention"]})"},
    {FindingId::kListLengthAtLoad, "rope_parameters.short_factor",
     R"("head_dim":10,"rope_parameters":{"rope_type":"longrope","partial_rotary_factor":0.5,
        "factor":2.0,"short_factor":[1.0,1.0,1.0],"long_factor":[1.0,1.0,1.0],
        "original_max_position_embeddings":4096})"},
    {FindingId::kNoModelType, "model_type", R"({"hidden_size":256,"num_attention_heads":4})"},
    {FindingId::kThetaDefault, "rope_parameters.rope_theta", ""},
    {FindingId::kNestedConfig, "text_config",
     R"({"model_type":"gemma3","text_config":{"head_dim":256}})"},
    {FindingId::kPresetDrift, "rope_parameters", "", "llama-3.1-8b"},
    {FindingId::kPresetRecipe, "",
     R"({"model_type":"qwen2","hidden_size":3584,"num_attention_heads":28,
         "max_position_embeddings":32768,"rope_theta":1000000.0,
         "rope_scaling":{"type":"yarn","factor":4.0,"original_max_position_embeddings":32768}})",
     "qwen2.5-7b"},
    {FindingId::kPresetResembled, "rope_parameters",
     R"({"model_type":"gpt_oss","hidden_size":2880,"num_attention_heads":64,"head_dim":64,
         "rope_theta":10000.0})",
     "auto"},
};

class FindingsTest : public ::testing::TestWithParam<Case> {};

TEST_P(FindingsTest, IsFoundWhereItLies) {
  const FindingInfo& info = FindingInfoOf(GetParam().id);
  const ModelConfigReport report = Judge(Document(GetParam().json), GetParam().preset);
  bool found = false;
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::kError) {
      EXPECT_EQ(finding.code, info.code) << finding.path << ": " << finding.message;
    }
    if (finding.code != info.code || finding.path != GetParam().path) continue;
    found = true;
    EXPECT_EQ(finding.severity, info.severity);
    EXPECT_FALSE(finding.message.empty());
  }
  EXPECT_TRUE(found) << info.code << " at " << GetParam().path << " in "
                     << Document(GetParam().json);
  EXPECT_EQ(report.valid(), info.severity != Severity::kError);
  EXPECT_EQ(report.layer_types.empty(), !report.valid());
}

INSTANTIATE_TEST_SUITE_P(EveryCode, FindingsTest, ::testing::ValuesIn(kCases),
                         [](const ::testing::TestParamInfo<Case>& info) {
                           const std::string code(FindingInfoOf(info.param.id).code);
                           return absl::StrCat("ROPE_", code.substr(code.find('-') + 1));
                         });

TEST(FindingsTableTest, EveryCodeHasACase) {
  std::set<FindingId> covered;
  for (const Case& c : kCases) covered.insert(c.id);
  for (const FindingInfo& info : AllFindings()) EXPECT_TRUE(covered.count(info.id)) << info.code;
}

TEST(FindingsTableTest, IsConsistent) {
  std::string previous;
  for (const FindingInfo& info : AllFindings()) {
    const std::string code(info.code);
    EXPECT_EQ(&FindingInfoOf(info.id), &info) << code;
    const char letter = info.severity == Severity::kError     ? 'E'
                        : info.severity == Severity::kWarning ? 'W'
                                                              : 'N';
    EXPECT_EQ(code.substr(0, 6), std::string("ROPE-") + letter);
    EXPECT_EQ(code.size(), 9U);
    EXPECT_NE(code, previous);
    previous = code;
    EXPECT_FALSE(info.title.empty());
    EXPECT_FALSE(info.consequence.empty());
  }
}

struct Section {
  std::string heading;  // "ROPE-E001: Not readable as JSON"
  std::string text;
  std::string example;
  std::string preset;  // that the example is compared with
};

// docs/findings.md in its sections, one a code.
std::vector<Section> DocumentedFindings() {
  std::ifstream stream(std::string(ROPE_SOURCE_DIR) + "/docs/findings.md");
  std::vector<Section> sections;
  bool in_example = false;
  for (std::string line; std::getline(stream, line);) {
    if (absl::StartsWith(line, "### ")) sections.push_back({line.substr(4), "", "", ""});
    if (sections.empty()) continue;
    if (absl::StartsWith(line, "```")) {
      in_example = line == "```json";
    } else if (absl::StartsWith(line, "Compared with preset ")) {
      sections.back().preset = line.substr(22, line.find('`', 22) - 22);
    } else {
      absl::StrAppend(in_example ? &sections.back().example : &sections.back().text, line);
    }
  }
  return sections;
}

TEST(FindingsPageTest, SaysWhatTheTableSays) {
  const std::vector<Section> sections = DocumentedFindings();
  ASSERT_EQ(sections.size(), AllFindings().size());
  for (size_t i = 0; i < sections.size(); ++i) {
    const FindingInfo& info = AllFindings()[i];
    EXPECT_EQ(sections[i].heading, absl::StrCat(info.code, ": ", info.title));
    EXPECT_THAT(sections[i].text, HasSubstr(std::string(info.consequence)));
    const bool stricter = info.severity == Severity::kError && info.beyond_transformers;
    EXPECT_EQ(absl::StrContains(sections[i].text, "*Stricter.*"), stricter) << info.code;
  }
}

TEST(FindingsPageTest, EveryExampleGivesItsCode) {
  for (const Section& section : DocumentedFindings()) {
    std::set<std::string> codes;
    for (const Finding& finding : Judge(section.example, section.preset).findings) {
      codes.insert(finding.code);
    }
    EXPECT_THAT(codes, Contains(section.heading.substr(0, 9))) << section.example;
  }
}

TEST(FindingsListTest, EverythingIsFoundAtOnce) {
  const ModelConfigReport report =
      Judge(Llama(R"("head_dim":"64","rope_theta":-1,"rope_scaling":{"type":"yarn","factor":"2",
               "beta_fast":[],"mscale":true,"frob":1})"));
  std::set<std::string> paths;
  for (const Finding& finding : report.findings) paths.insert(finding.path);
  for (const char* path : {"head_dim", "rope_theta", "rope_scaling.factor",
                           "rope_scaling.beta_fast", "rope_scaling.mscale", "rope_scaling.frob"}) {
    EXPECT_THAT(paths, Contains(path));
  }
}

// However many there are, the list is bounded, and an error among them still counts.
TEST(FindingsListTest, IsBounded) {
  std::string sets;
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&sets, R"("stray)", i, R"(":1,)");
  const ModelConfigReport report =
      Judge(absl::StrCat(R"({"model_type":"gemma3_text","head_dim":256,"rope_parameters":{)", sets,
                         R"("full_attention":{"rope_type":"linear","factor":0}}})"));
  EXPECT_LE(report.findings.size(), 250U);
  EXPECT_FALSE(report.valid());
}

TEST(FindingsListTest, AnUnknownTypeNamesTheKnownOnes) {
  const ModelConfigReport report = Judge(Llama(R"("rope_scaling":{"type":"YARN"})"));
  ASSERT_FALSE(report.valid());
  for (const RopeType& type : AllRopeTypes()) {
    EXPECT_THAT(report.findings.back().message, HasSubstr(std::string(type.name)));
  }
}

}  // namespace
}  // namespace rope

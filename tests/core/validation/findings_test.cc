// The list of findings as a whole: complete, bounded and helpful. One example for every code is in
// docs/findings.md, and findings_page_test.cc checks it.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/rope_types/rope_types.h"
#include "core/validation/validate_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

ModelConfigReport Validated(const std::string& json) { return ValidateConfig(json).report; }

// A Llama of head_dim 64 and length 8192 with `members` beside its shape.
std::string Llama(const std::string& members) {
  return absl::StrCat(R"({"model_type":"llama","hidden_size":256,"num_attention_heads":4,)",
                      R"("max_position_embeddings":8192,)", members, "}");
}

TEST(FindingsListTest, EverythingIsFoundAtOnce) {
  const ModelConfigReport report =
      Validated(Llama(R"("head_dim":"64","rope_theta":-1,"rope_scaling":{"type":"yarn","factor":"2",
               "beta_fast":[],"mscale":true,"frob":1})"));
  std::set<std::string> paths;
  for (const Finding& finding : report.findings) paths.insert(finding.path);
  for (const char* path : {"head_dim", "rope_theta", "rope_scaling.factor",
                           "rope_scaling.beta_fast", "rope_scaling.mscale", "rope_scaling.frob"}) {
    EXPECT_THAT(paths, Contains(path));
  }
}

// The list is bounded, and an error beyond the bound still counts.
TEST(FindingsListTest, IsBounded) {
  std::string sets;
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&sets, R"("stray)", i, R"(":1,)");
  const ModelConfigReport report =
      Validated(absl::StrCat(R"({"model_type":"gemma3_text","head_dim":256,"rope_parameters":{)",
                             sets, R"("full_attention":{"rope_type":"linear","factor":0}}})"));
  EXPECT_LE(report.findings.size(), 250U);
  EXPECT_FALSE(report.valid());
}

TEST(FindingsListTest, AnUnknownTypeNamesTheKnownOnes) {
  const ModelConfigReport report = Validated(Llama(R"("rope_scaling":{"type":"YARN"})"));
  ASSERT_FALSE(report.valid());
  for (const RopeType& type : AllRopeTypes()) {
    EXPECT_THAT(report.findings.back().message, HasSubstr(std::string(type.name)));
  }
}

}  // namespace
}  // namespace rope

// Compares the two lists of rope types: the formulas in core/rope_types, and the checks in
// core/config/judge/rules.
#include "core/config/judge/rules/rules.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/config/model_config.h"
#include "core/findings/finding_table.h"
#include "core/rope_types/formula_terms.h"
#include "core/rope_types/rope_types.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(RulesTest, EveryRopeTypeHasItsCheckAndEveryCheckItsRopeType) {
  std::vector<absl::string_view> types;
  for (const RopeType& type : AllRopeTypes()) types.push_back(type.name);
  std::vector<absl::string_view> rules;
  for (const TypeRule& rule : AllTypeRules()) {
    rules.push_back(rule.rope_type);
    EXPECT_NE(rule.check, nullptr) << rule.rope_type;
    EXPECT_EQ(FindTypeCheck(rule.rope_type), rule.check) << rule.rope_type;
  }
  EXPECT_EQ(rules, types);
  EXPECT_EQ(FindTypeCheck("axial"), nullptr);
}

ModelConfigReport Read(const std::string& rope_parameters) {
  return ReadModelConfig(
      absl::StrCat(R"({"model_type":"llama","hidden_size":256,"num_attention_heads":4,)",
                   R"("max_position_embeddings":8192,"rope_parameters":{"rope_theta":10000.0,)",
                   rope_parameters, "}}"));
}

bool HasDegenerate(const ModelConfigReport& report) {
  return std::any_of(report.findings.begin(), report.findings.end(), [](const Finding& finding) {
    return finding.code == FindingInfoOf(FindingId::kDegenerate).code;
  });
}

// The divisor 0.1 mscale_all_dim ln(4) + 1 is 0 for one or two doubles. It is not 0 for the doubles
// next to them.
TEST(RulesTest, YarnIsDegenerateExactlyWhereTheFormulaDividesByZero) {
  int zeros = 0;
  double all_dim = -10.0 / std::log(4.0) * (1.0 + 8e-16);
  for (int i = 0; i < 16; ++i, all_dim = std::nextafter(all_dim, 0.0)) {
    const bool divides_by_zero = MagnitudeScale<double>(4.0, all_dim) == 0.0;
    const ModelConfigReport report = Read(absl::StrCat(
        R"("rope_type":"yarn","factor":4.0,"original_max_position_embeddings":2048,"mscale":1.0,)",
        R"("mscale_all_dim":)", PythonFloat(all_dim)));
    EXPECT_EQ(HasDegenerate(report), divides_by_zero) << all_dim;
    zeros += divides_by_zero ? 1 : 0;
    if (!report.valid()) continue;
    const RopeConfig& config = *report.layer_types.front().config;
    const Frequencies result =
        FindRopeType("yarn")->compute(config, std::nullopt, HfCallSite::kInitFunction);
    EXPECT_TRUE(std::isfinite(static_cast<float>(result.attention_factor)));
  }
  EXPECT_GT(zeros, 0);
}

TEST(RulesTest, LongropeIsDegenerateExactlyWhereTheAttentionFactorHasNoValue) {
  const std::string ones = absl::StrCat("[", absl::StrJoin(std::vector<int>(32, 1), ","), "]");
  for (const auto& [original, degenerate] :
       {std::pair(0.1, false), {0.2, true}, {0.5, true}, {1.0, true}, {1.5, false}}) {
    const ModelConfigReport report = Read(absl::StrCat(
        R"("rope_type":"longrope","factor":8.0,"short_factor":)", ones, R"(,"long_factor":)", ones,
        R"(,"original_max_position_embeddings":)", original));
    EXPECT_EQ(HasDegenerate(report), degenerate) << original;
    EXPECT_EQ(std::isfinite(LengthScale<double>(8.0, original)), !degenerate) << original;
  }
}

}  // namespace
}  // namespace rope

// Documents that describe a spectrum: what they mean, and what is refused.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/config/model_config.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::ElementsAre;

Spectrum SpectrumOf(const std::string& members) {
  const ModelConfigReport report = ReadModelConfig(absl::StrCat(R"({"spectrum":{)", members, "}}"));
  EXPECT_TRUE(report.valid()) << (report.findings.empty() ? "" : report.findings[0].message);
  return report.valid() ? *report.Find("")->config->spectrum : Spectrum();
}

// Axis 0 has four lanes, axis 1 has two, and one progression is dealt to both.
constexpr char kUnequal[] = R"("axes":[{"dim":8,"theta":16},{"dim":4,"theta":16}])";

TEST(SpectrumDocumentTest, BlocksAndTurns) {
  const Spectrum blocks = SpectrumOf(kUnequal);
  EXPECT_THAT(AxesOf(blocks).of_frequency, ElementsAre(0, 0, 0, 0, 1, 1));
  // 16^(-2k/8) and 16^(-2k/4).
  EXPECT_THAT(HfLaneFrequencies(blocks), ElementsAre(1, 0.5, 0.25, 0.125, 1, 0.25));
  const Spectrum turns = SpectrumOf(absl::StrCat(kUnequal, R"(,"order":"in_turn")"));
  EXPECT_THAT(AxesOf(turns).of_frequency, ElementsAre(0, 1, 0, 1, 0, 0));
  EXPECT_THAT(HfLaneFrequencies(turns), ElementsAre(1, 1, 0.5, 0.25, 0.25, 0.125));
}

TEST(SpectrumDocumentTest, OneProgressionForAllAxes) {
  const auto near = [](std::vector<double> expected) {
    return ::testing::Pointwise(::testing::DoubleNear(1e-8), std::move(expected));
  };
  // 4096^(-k/6), dealt 0 1 0 1 0 0.
  const std::string axes = R"("axes":[{"dim":8,"theta":4096},{"dim":4,"theta":4096}],)";
  const std::string shared = R"("shared_progression":true)";
  EXPECT_THAT(HfLaneFrequencies(SpectrumOf(axes + shared)),
              near({1, 1.0 / 16, 1.0 / 256, 1.0 / 1024, 0.25, 1.0 / 64}));
  EXPECT_THAT(HfLaneFrequencies(SpectrumOf(axes + shared + R"(,"order":"in_turn")")),
              near({1, 0.25, 1.0 / 16, 1.0 / 64, 1.0 / 256, 1.0 / 1024}));
}

TEST(SpectrumDocumentTest, FactorsAndLanesOfFrequencyZero) {
  const Spectrum spectrum = SpectrumOf(
      R"("axes":[{"dim":4,"theta":4,"ntk_factor":4,"linear_factor":2,"position_axis":2}],
         "zero_lanes_before":1,"zero_lanes_after":2)");
  EXPECT_THAT(HfLaneFrequencies(spectrum), ElementsAre(0, 0.5, 0.125, 0, 0));
  EXPECT_THAT(AxesOf(spectrum).of_frequency, ElementsAre(0, 2, 2, 0, 0));
  EXPECT_EQ(AxesOf(spectrum).count, 3);
}

// Every refusal names the member and what it may be.
TEST(SpectrumDocumentTest, Refusals) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({})", "spectrum.axes must be a list"},
      {R"({"axes":[]})", "spectrum.axes must have 1 to 8 entries, not 0"},
      {R"({"axes":[7]})", "spectrum.axes[0] must be an object"},
      {R"({"axes":[{}]})", "spectrum.axes[0].dim must be an even number from 2 to 4096, not 0"},
      {R"({"axes":[{"dim":3}]})", "spectrum.axes[0].dim must be an even number"},
      {R"({"axes":[{"dim":"8"}]})", "spectrum.axes[0].dim must be an integer, not '8'"},
      {R"({"axes":[{"dim":8,"thetta":3}]})", "spectrum.axes[0].thetta is no member of it"},
      {R"({"axes":[{"dim":8,"theta":0}]})", "spectrum.axes[0].theta must be from 1e-6"},
      {R"({"axes":[{"dim":8,"theta":NaN}]})", "spectrum.axes[0].theta must be from 1e-6"},
      {R"({"axes":[{"dim":8,"linear_factor":0}]})", "spectrum.axes[0].linear_factor must be"},
      {R"({"axes":[{"dim":8,"position_axis":4}]})", "spectrum.axes[0].position_axis must be"},
      {R"({"axes":[{"dim":8}],"order":"rows"})",
       "spectrum.order must be one of \"blocks\", \"in_turn\", not 'rows'"},
      {R"({"axes":[{"dim":8}],"zero_lanes_before":-1})", "spectrum.zero_lanes_before must be"},
      {R"({"axes":[{"dim":4096},{"dim":2}]})", "spectrum.axes must have at most 4096 channels"},
      {R"({"axes":[{"dim":8},{"dim":8,"theta":5}],"shared_progression":true})",
       "spectrum.axes[1] must have the theta"},
      {R"({"axes":[{"dim":8}],"zero_lanes_after":1,"half_split_per_axis":true})",
       "spectrum.half_split_per_axis must be false"},
      {R"({"axes":[{"dim":8}],"formula":"exponential","frequency_arithmetic":"float64"})",
       "spectrum.frequency_arithmetic must be float32"},
      {R"([])", "spectrum must be an object"}};
  for (const auto& [spectrum, expected] : cases) {
    const ModelConfigReport report =
        ReadModelConfig(absl::StrCat(R"({"spectrum":)", spectrum, "}"));
    ASSERT_FALSE(report.findings.empty()) << spectrum;
    const Finding& finding = report.findings.front();
    const std::string said = absl::StrCat(finding.path, " ", finding.message);
    EXPECT_TRUE(absl::StartsWith(said, expected)) << said << "\nexpected: " << expected;
    EXPECT_EQ(finding.code, "ROPE-E030");
    EXPECT_TRUE(report.layer_types.empty());
  }
}

TEST(SpectrumDocumentTest, NothingStandsBesideIt) {
  const ModelConfigReport report =
      ReadModelConfig(R"({"spectrum":{"axes":[{"dim":8}]},"rope_theta":5.0})");
  ASSERT_FALSE(report.valid());
  EXPECT_EQ(report.findings.front().path, "rope_theta");
}

// Files that do not describe their rotary embedding are not answered with that of a text model.
TEST(SpectrumDocumentTest, OtherLibrariesAreRefusedByName) {
  for (const auto& [document, reason] : std::vector<std::pair<std::string, std::string>>{
           {R"({"_class_name":"MochiTransformer3DModel","rope_theta":1e4,"head_dim":64})",
            "learned"},
           {R"({"_class_name":"FluxTransformer2DModel","axes_dims_rope":[16,56,56]})", "spectrum"},
           {R"({"model_type":"musicflamingo","audio_config":{}})", "times in seconds"},
           {R"({"model_type":"vjepa2"})", "no rotation"}}) {
    const ModelConfigReport report = ReadModelConfig(document);
    ASSERT_EQ(report.findings.size(), 1U) << document;
    EXPECT_EQ(report.findings[0].code, "ROPE-E005");
    EXPECT_TRUE(absl::StrContains(report.findings[0].message, reason)) << document;
  }
}

}  // namespace
}  // namespace rope

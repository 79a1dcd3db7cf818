#include "core/config/judge/parameter_set_reader.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Family kFamily = {.model_type = "test"};

class ParameterSetReaderTest : public testing::LoadingTest {
 protected:
  // A reader of rope_parameters, which has one member "x" with this JSON text.
  ParameterSetReader ReaderOf(const std::string& value) {
    LoadingState& state = Start(kFamily, R"({"rope_parameters":{"x":)" + value + "}}");
    return {&state, &state.rope_parameters, "rope_parameters"};
  }
};

TEST_F(ParameterSetReaderTest, NumbersWithinTheRangeAreRead) {
  EXPECT_EQ(ReaderOf("2").Number("x", kFactorRange, Null::kIsWrong), 2.0);
  EXPECT_EQ(ReaderOf("1e-6").Number("x", kFactorRange, Null::kIsWrong), 1e-6);
  EXPECT_EQ(ReaderOf("1e6").Number("x", kFactorRange, Null::kIsWrong), 1e6);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(ParameterSetReaderTest, EveryOtherValueHasItsCode) {
  const struct {
    const char* value;
    const char* code;
  } kCases[] = {{"\"2\"", "ROPE-E007"}, {"[2]", "ROPE-E007"}, {"null", "ROPE-E007"},
                {"true", "ROPE-E008"},  {"NaN", "ROPE-E009"}, {"Infinity", "ROPE-E009"},
                {"-2", "ROPE-E010"},    {"0", "ROPE-E010"},   {"1e7", "ROPE-E010"},
                {"9.9e-7", "ROPE-E010"}};
  for (const auto& [value, code] : kCases) {
    EXPECT_EQ(ReaderOf(value).Number("x", kFactorRange, Null::kIsWrong), std::nullopt) << value;
    EXPECT_THAT(Findings(), ElementsAre(std::string(code) + " rope_parameters.x")) << value;
  }
}

TEST_F(ParameterSetReaderTest, MissingAndAllowedNullsAreAbsentWithoutAFinding) {
  EXPECT_EQ(ReaderOf("1").Number("y", kFactorRange, Null::kIsWrong), std::nullopt);
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(ReaderOf("null").Number("x", kFactorRange, Null::kMeansAbsent), std::nullopt);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(ParameterSetReaderTest, ATextThatSpellsANumberIsFixed) {
  ReaderOf("\" 8 \"").Number("x", kFactorRange, Null::kIsWrong);
  EXPECT_EQ(findings_->Take().front().fix, R"({"rope_parameters":{"x":8.0}})");
}

TEST_F(ParameterSetReaderTest, ListsHaveOneFactorPerFrequency) {
  const ListLengths two{2, std::nullopt};
  EXPECT_THAT(ReaderOf("[1,2.5]").FactorList("x", two), ElementsAre(1.0, 2.5));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_THAT(ReaderOf("[1,2,3]").FactorList("x", two), ElementsAre(1.0, 2.0, 3.0));
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E015 rope_parameters.x"));
  EXPECT_THAT(ReaderOf("[1,-2]").FactorList("x", two), IsEmpty());
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E010 rope_parameters.x[1]"));
  EXPECT_THAT(ReaderOf("7").FactorList("x", two), IsEmpty());
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E007 rope_parameters.x"));
}

TEST_F(ParameterSetReaderTest, ALengthThatOnlyLoadingDislikesIsAWarning) {
  EXPECT_THAT(ReaderOf("[1,2]").FactorList("x", ListLengths{2, 1}), ElementsAre(1.0, 2.0));
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W128 rope_parameters.x"));
}

}  // namespace
}  // namespace rope

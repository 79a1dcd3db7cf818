// What transformers answers for every family (tests/golden/families.jsonl), compared with our
// answer to the same configuration: the defaults of each configuration class, and the spellings it
// reads.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/casts.h"
#include "core/config/families/families.h"
#include "core/findings/finding_table.h"
#include "core/plan/frequency_plan.h"
#include "core/validation/validate_config.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/tower_frequencies.h"

namespace rope {
namespace {

// Layer type -> frequencies and attention factor, as bits.
using Sets = std::map<std::string, std::pair<std::vector<uint32_t>, uint64_t>>;

Sets Recorded(const rapidjson::Value& record) {
  Sets sets;
  for (const rapidjson::Value& set : record["sets"].GetArray()) {
    sets[set["layer_type"].GetString()] = {testing::Float32Bits(set["inv_freq"]),
                                           testing::DoubleBits(set["attention_factor_bits"])};
  }
  return sets;
}

Sets Ours(const ModelConfigReport& report) {
  Sets sets;
  for (const LayerTypeConfig& layer : report.layer_types) {
    if (!layer.config.has_value()) continue;
    const auto plan = MakeFrequencyPlan(*layer.config, NumericProfile::kHf, std::nullopt,
                                        HfCallSite::kInitFunction);
    if (!plan.ok()) continue;
    std::vector<uint32_t> bits;
    for (const float value : testing::OfOneAxis(layer, plan->inv_freq)) {
      bits.push_back(absl::bit_cast<uint32_t>(value));
    }
    sets[layer.layer_type] = {bits, absl::bit_cast<uint64_t>(plan->attention_factor)};
  }
  return sets;
}

// A family whose rotary embedding is refused by name, or an EfficientLoFTR whose type is linear:
// its axes are computed without scaling only.
bool IsNotComputed(const rapidjson::Value& record) {
  const Family* family = FindFamily(record["model_type"].GetString());
  const std::string id = record["id"].GetString();
  return !family->not_computed.empty() ||
         id == "efficientloftr/EfficientLoFTRRotaryEmbedding/linear";
}

// A tower whose class has a default for the width of a head that is not known here, and whose file
// does not say it. (Default widths of such towers: docs/vision.md.)
bool LacksWidth(const rapidjson::Value& record, const ModelConfigReport& report) {
  if (FindFamily(record["model_type"].GetString())->axial == nullptr) return false;
  for (const Finding& finding : report.findings) {
    if (finding.code == FindingInfoOf(FindingId::kMissingShape).code) return true;
  }
  return false;
}

// A configuration whose module can be built, while the model fails on its first input.
bool FailsLater(const ModelConfigReport& report) {
  for (const Finding& finding : report.findings) {
    if (finding.code == FindingInfoOf(FindingId::kFailsLater).code) return true;
  }
  return false;
}

// The class of this tower refuses seven layers. We have no such check, and no frequency depends on
// the number of its layers.
bool IsOnlyRefusedThere(const rapidjson::Value& record) {
  return std::string(record["id"].GetString()) ==
         "dots3_note_vision_encoder/Dots3NoteVisionRotaryEmbedding/seven layers";
}

TEST(FamiliesGoldenTest, EveryFamilyIsAnsweredAsTransformersDoes) {
  int equal = 0;
  testing::ForEachRecord("families.jsonl", [&](const rapidjson::Value& record) {
    const std::string id = record["id"].GetString();
    const ModelConfigReport report = ValidateConfig(testing::ConfigText(record)).report;
    // Two classes have a composite configuration, with which transformers cannot build them.
    if (FindFamily(record["model_type"].GetString()) == nullptr) return;
    if (IsOnlyRefusedThere(record)) return;
    if (record["sets"].IsNull() || IsNotComputed(record)) {
      EXPECT_FALSE(report.valid()) << id;
      return;
    }
    if (FailsLater(report) || LacksWidth(record, report)) return;
    ASSERT_TRUE(report.valid()) << id;
    EXPECT_EQ(Ours(report), Recorded(record)) << id;
    ++equal;
  });
  EXPECT_GT(equal, 0);
}

}  // namespace
}  // namespace rope

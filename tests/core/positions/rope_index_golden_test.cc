// Positions that the models' own get_rope_index returned: tests/golden/rope_index.jsonl.
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "tests/core/positions/build_from_text.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/position_records.h"

namespace rope {
namespace {

using rapidjson::Value;

// All numbers below `value`, in order.
void Flatten(const Value& value, std::vector<double>* out) {
  if (value.IsNumber()) {
    out->push_back(value.GetDouble());
    return;
  }
  for (const Value& element : value.GetArray()) Flatten(element, out);
}

std::vector<double> Numbers(const Value& value) {
  std::vector<double> numbers;
  Flatten(value, &numbers);
  return numbers;
}

std::vector<double> Numbers(const PositionValues& values) {
  return std::visit([](const auto& list) { return std::vector<double>(list.begin(), list.end()); },
                    values);
}

void ExpectRecord(const Value& record, const RopeIndex& index) {
  EXPECT_EQ(index.axes, record["axes"].GetInt64());
  EXPECT_EQ(index.rows, record["position_ids"][0].Size());
  EXPECT_EQ(index.tokens, record["position_ids"][0][0].Size());
  EXPECT_EQ(Numbers(index.position_ids), Numbers(record["position_ids"]));
  EXPECT_EQ(Numbers(index.rope_deltas), Numbers(record["rope_deltas"]));
  const bool is_float = std::string(record["position_dtype"].GetString()) == "float32";
  EXPECT_EQ(std::holds_alternative<std::vector<float>>(index.position_ids), is_float);
  EXPECT_EQ(std::holds_alternative<std::vector<float>>(index.rope_deltas), is_float);
  const bool has_decode =
      record.HasMember("decode_position_ids") && !record["decode_position_ids"].IsNull();
  ASSERT_EQ(index.decode.has_value(), has_decode);
  if (!has_decode) return;
  EXPECT_EQ(index.decode->rows, record["decode_position_ids"].Size());
  EXPECT_EQ(index.decode->tokens, record["decode_position_ids"][0][0].Size());
  EXPECT_EQ(Numbers(PositionValues(index.decode->position_ids)),
            Numbers(record["decode_position_ids"]));
}

TEST(RopeIndexGoldenTest, EveryRecordComesOutTheSame) {
  std::set<std::string> families;
  testing::ForEachRecord("rope_index.jsonl", [&](const Value& record) {
    families.insert(record["model_type"].GetString());
    for (const bool is_nested : {false, true}) {
      SCOPED_TRACE(record["id"].GetString());
      const auto index = testing::BuildFromText(testing::PositionConfigText(record, is_nested),
                                                testing::JsonTextOf(record["inputs"]));
      ASSERT_TRUE(index.ok()) << index.status();
      ExpectRecord(record, *index);
    }
  });
  EXPECT_EQ(families.size(), 11U);
}

// Every rule is compared with a model; families that share a function need no record each.
TEST(RopeIndexGoldenTest, EveryRuleHasARecord) {
  std::set<std::string> recorded;
  testing::ForEachRecord("rope_index.jsonl", [&](const Value& record) {
    recorded.insert(record["model_type"].GetString());
  });
  for (const PositionFamily& family : AllPositionFamilies()) {
    bool has_record = false;
    for (const std::string& name : recorded) {
      const auto other = FindPositionFamily(name);
      ASSERT_TRUE(other.ok());
      has_record |= (*other)->build == family.build &&
                    (*other)->video_frames == family.video_frames &&
                    (*other)->arguments == family.arguments;
    }
    EXPECT_TRUE(has_record) << family.model_type;
  }
}

}  // namespace
}  // namespace rope

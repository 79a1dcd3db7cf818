// Positions that the models' own get_rope_index returned: tests/golden/rope_index.jsonl.
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/core/positions/build_from_text.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

using rapidjson::Value;

std::string TextOf(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

// Sets the member at `path` ("vision_config.spatial_merge_size"), and makes the objects on the way.
void SetAt(rapidjson::Document* document, std::string path, const Value& value) {
  Value* object = document;
  auto& memory = document->GetAllocator();
  for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
    const std::string key = path.substr(0, dot);
    path = path.substr(dot + 1);
    if (!object->HasMember(key.c_str())) {
      object->AddMember(Value(key.c_str(), memory), Value(rapidjson::kObjectType), memory);
    }
    object = &(*object)[key.c_str()];
  }
  object->RemoveMember(path.c_str());
  object->AddMember(Value(path.c_str(), memory), Value(value, memory), memory);
}

// The record's configuration as a config.json: the values beside model_type as the record has them,
// or where the model's own file has them.
std::string Config(const Value& record, bool is_nested) {
  rapidjson::Document config(rapidjson::kObjectType);
  for (const auto& member : record["config"].GetObject()) {
    const std::string key = member.name.GetString();
    const bool is_size = key.find("_merge_size") != std::string::npos || key == "tokens_per_second";
    SetAt(&config, is_nested && is_size ? "vision_config." + key : key, member.value);
  }
  for (const auto& member : record["config_overrides"].GetObject()) {
    const std::string key = member.name.GetString();
    if (is_nested || key.find("vision_config.") != 0) SetAt(&config, key, member.value);
  }
  SetAt(&config, "model_type", record["model_type"]);
  return TextOf(config);
}

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
      const auto index =
          testing::BuildFromText(Config(record, is_nested), TextOf(record["inputs"]));
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

// Every record of tests/golden/apply.jsonl and apply_families.jsonl, which transformers made, is
// rotated by the rule of its family.
#include "core/rotation/family_rotation.h"

#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "gtest/gtest.h"
#include "tests/testing/apply_records.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

using testing::LargestDifference;
using testing::RecordedTensor;
using testing::TensorOf;

FamilyRotation FamilyOf(const rapidjson::Value& record) {
  const JsonResult config = ReadJson(testing::ApplyConfigText(record));
  return RotationOfFamily(record["model_type"].GetString(), config->root);
}

HeadTensor Heads(const RecordedTensor& tensor, const std::byte* data) {
  HeadTensor heads{tensor.dtype,    data,           tensor.shape[0], tensor.shape[1],
                   tensor.shape[2], tensor.shape[3]};
  heads.seq_stride = heads.dim;
  heads.head_stride = heads.seq * heads.dim;
  heads.batch_stride = heads.heads * heads.head_stride;
  return heads;
}

// What the rule of the record's family makes of q or k.
std::vector<std::byte> Rotate(const rapidjson::Value& record, const char* name) {
  const RecordedTensor cos = TensorOf(record, "cos");
  const std::vector<std::byte> cos_bytes = cos.Bytes();
  const std::vector<std::byte> sin_bytes = TensorOf(record, "sin").Bytes();
  const FamilyRotation family = FamilyOf(record);
  const auto table = ViewModelTable(family, cos.dtype, cos_bytes.data(), sin_bytes.data(),
                                    cos.shape.back(), /*batch_rows=*/0);
  const RecordedTensor tensor = TensorOf(record, name);
  std::vector<std::byte> bytes = tensor.Bytes();
  const HeadTensor in = Heads(tensor, bytes.data());
  if (!table.ok()) {
    ADD_FAILURE() << table.status();
    return {};
  }
  const auto rotation = MakeRotation(family, table->half_width, in.dim, /*inverse=*/false);
  if (!rotation.ok()) {
    ADD_FAILURE() << rotation.status();
    return {};
  }
  std::vector<std::byte> result(bytes.size());
  const MutableHeadTensor out{in.dtype, result.data(),   in.batch,       in.heads,     in.seq,
                              in.dim,   in.batch_stride, in.head_stride, in.seq_stride};
  EXPECT_TRUE(ApplyRotary(*rotation, *table, in, out).ok());
  return result;
}

void ExpectAllRecords(const std::string& file) {
  testing::ForEachRecord(file, [](const rapidjson::Value& record) {
    for (const std::string name : {"q", "k"}) {
      const RecordedTensor expected = TensorOf(record, (name + "_out").c_str());
      EXPECT_EQ(LargestDifference(expected, Rotate(record, name.c_str())), 0)
          << record["id"].GetString() << " " << name;
    }
  });
}

TEST(FamilyRotationTest, EveryRecordedCallIsFollowed) { ExpectAllRecords("apply.jsonl"); }

TEST(FamilyRotationTest, EveryFamilyRotatesAsItsModelDoes) {
  ExpectAllRecords("apply_families.jsonl");
}

// The place of the rotated channels is recorded, too.
TEST(FamilyRotationTest, ChannelsOutsideTheWindowAreThoseOfTheRecord) {
  testing::ForEachRecord("apply.jsonl", [](const rapidjson::Value& record) {
    const std::string rotates = testing::StringOr(record, "rotates", "");
    const int64_t dim = TensorOf(record, "q").shape[3];
    const auto rotation = MakeRotation(FamilyOf(record), dim / 2, dim, false);
    ASSERT_TRUE(rotation.ok()) << record["id"].GetString();
    EXPECT_EQ(rotation->offset, 0);
    const bool last = rotates == "last";
    EXPECT_EQ(FamilyOf(record).channels == FamilyRotation::Channels::kLast, last)
        << record["id"].GetString();
  });
}

TEST(FamilyRotationTest, RopeInterleaveChoosesTheFunction) {
  for (const char* text : {R"({"rope_interleave":false})", R"({"rope_interleave":null})"}) {
    EXPECT_EQ(RotationOfFamily("deepseek_v3", ReadJson(text)->root).pairing, Pairing::kHalfSplit)
        << text;
    EXPECT_EQ(RotationOfFamily("deepseek_v32", ReadJson(text)->root).pairing,
              Pairing::kDeinterleave)
        << text;
  }
  for (const char* text : {R"({"rope_interleave":true})", "{}"}) {
    EXPECT_EQ(RotationOfFamily("deepseek_v3", ReadJson(text)->root).pairing, Pairing::kDeinterleave)
        << text;
  }
}

TEST(FamilyRotationTest, AFamilyWithoutARowFollowsMost) {
  const FamilyRotation family = RotationOfFamily("a model of next year", EmptyObject());
  EXPECT_EQ(family.pairing, Pairing::kHalfSplit);
  EXPECT_EQ(family.row, FamilyRotation::Row::kHalfSplit);
  EXPECT_EQ(family.arithmetic, Arithmetic::kPromoted);
  EXPECT_FALSE(family.float32_tables);
}

TEST(FamilyRotationTest, RowsOfTheWrongWidthAreRefused) {
  const float row[8] = {};
  const FamilyRotation llama = RotationOfFamily("llama", EmptyObject());
  EXPECT_FALSE(ViewModelTable(llama, DType::kFloat32, row, row, 7, 0).ok());
  EXPECT_FALSE(ViewModelTable(llama, DType::kFloat32, row, row, 0, 0).ok());
  EXPECT_TRUE(ViewModelTable(llama, DType::kFloat32, row, row, 8, 0).ok());
  const FamilyRotation gpt_oss = RotationOfFamily("gpt_oss", EmptyObject());
  EXPECT_EQ(ViewModelTable(gpt_oss, DType::kFloat32, row, row, 7, 0)->half_width, 7);
}

TEST(FamilyRotationTest, HeadsThatTheModelDoesNotRotateAreRefused) {
  const FamilyRotation latent = RotationOfFamily("deepseek_v3", EmptyObject());
  EXPECT_TRUE(MakeRotation(latent, 32, 64, false).ok());
  const auto whole = MakeRotation(latent, 32, 192, false);
  EXPECT_NE(whole.status().message().find("give only that"), std::string::npos) << whole.status();
  EXPECT_FALSE(MakeRotation(RotationOfFamily("llama", EmptyObject()), 65, 128, false).ok());
  EXPECT_EQ(MakeRotation(RotationOfFamily("deepseek_v4", EmptyObject()), 32, 512, false)->offset,
            448);
}

TEST(FamilyRotationTest, AGivenOffsetReplacesThatOfTheFamily) {
  for (const char* model_type : {"llama", "deepseek_v3", "deepseek_v4"}) {
    const FamilyRotation family = RotationOfFamily(model_type, EmptyObject());
    EXPECT_EQ(MakeRotation(family, 32, 192, false, 128)->offset, 128) << model_type;
    EXPECT_EQ(MakeRotation(family, 32, 192, false, 0)->offset, 0) << model_type;
    EXPECT_EQ(MakeRotation(family, 32, 192, false, 128)->pairing, family.pairing) << model_type;
    for (const int64_t outside : {-1, 129}) {
      EXPECT_FALSE(MakeRotation(family, 32, 192, false, outside).ok()) << model_type;
    }
    EXPECT_EQ(ChannelsOfFamily(model_type), family.channels);
  }
  EXPECT_EQ(ChannelsOfFamily("no_such_family"), FamilyRotation::Channels::kFirst);
}

}  // namespace
}  // namespace rope

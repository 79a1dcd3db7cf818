#include "proto/wire/convert.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::wire {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kMaxRows = 1000;

std::vector<double> All(const PositionIds& ids) {
  std::vector<double> out(ids.size());
  ids.CopyTo(0, absl::MakeSpan(out));
  return out;
}

absl::Status StatusOf(const v1::PositionIds& ids, int64_t max_rows = kMaxRows) {
  return PositionIdsFromProto(ids, max_rows).status();
}

void ExpectRefused(const v1::PositionIds& ids, const std::string& what) {
  const absl::Status status = StatusOf(ids);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(what));
}

v1::PositionIds RangeOf(int64_t start, int64_t count) {
  v1::PositionIds ids;
  ids.mutable_range()->set_start(start);
  ids.mutable_range()->set_count(count);
  return ids;
}

// Every value of the .proto except UNSPECIFIED has a row and comes back unchanged.
TEST(EnumsTest, EveryValueComesBack) {
  for (int value = v1::DType_MIN; value <= v1::DType_MAX; ++value) {
    if (value == 0) continue;
    const auto dtype = static_cast<v1::DType>(value);
    EXPECT_EQ(DTypeToProto(*DTypeFromProto(dtype)), dtype);
  }
  for (int value = v1::Layout_MIN; value <= v1::Layout_MAX; ++value) {
    if (value == 0) continue;
    const auto layout = static_cast<v1::Layout>(value);
    EXPECT_EQ(LayoutToProto(*LayoutFromProto(layout)), layout);
  }
  for (int value = v1::NumericProfile_MIN; value <= v1::NumericProfile_MAX; ++value) {
    if (value == 0) continue;
    const auto profile = static_cast<v1::NumericProfile>(value);
    EXPECT_EQ(NumericProfileToProto(*NumericProfileFromProto(profile)), profile);
  }
}

TEST(EnumsTest, EveryValueOfTheCoreHasAMessageValue) {
  for (DType dtype : AllDTypes()) EXPECT_EQ(*DTypeFromProto(DTypeToProto(dtype)), dtype);
  for (Layout layout : AllLayouts()) EXPECT_EQ(*LayoutFromProto(LayoutToProto(layout)), layout);
  for (NumericProfile profile : AllNumericProfiles()) {
    EXPECT_EQ(*NumericProfileFromProto(NumericProfileToProto(profile)), profile);
  }
}

TEST(EnumsTest, UnspecifiedIsTheDocumentedDefault) {
  EXPECT_EQ(*DTypeFromProto(v1::D_TYPE_UNSPECIFIED), DType::kFloat32);
  EXPECT_EQ(*LayoutFromProto(v1::LAYOUT_UNSPECIFIED), Layout::kHalfSplit);
  EXPECT_EQ(*NumericProfileFromProto(v1::NUMERIC_PROFILE_UNSPECIFIED), NumericProfile::kHf);
}

TEST(EnumsTest, UnknownValuesAreRefusedAndTheKnownOnesListed) {
  const auto dtype = DTypeFromProto(static_cast<v1::DType>(77));
  EXPECT_EQ(dtype.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(dtype.status().message()),
              AllOf(HasSubstr("dtype"), HasSubstr("77"), HasSubstr("D_TYPE_BFLOAT16")));
  EXPECT_THAT(
      std::string(LayoutFromProto(static_cast<v1::Layout>(-1)).status().message()),
      AllOf(HasSubstr("layout"), HasSubstr("LAYOUT_HALF_SPLIT"), HasSubstr("LAYOUT_COMPACT")));
  EXPECT_THAT(
      std::string(NumericProfileFromProto(static_cast<v1::NumericProfile>(9)).status().message()),
      AllOf(HasSubstr("numeric_profile"), HasSubstr("NUMERIC_PROFILE_HF")));
}

TEST(FindingsTest, ComeBackUnchanged) {
  for (Severity severity : {Severity::kNote, Severity::kWarning, Severity::kError}) {
    for (int64_t offset : {int64_t{-1}, int64_t{0}, int64_t{77}}) {
      const Finding finding{.code = "ROPE-E001",
                            .severity = severity,
                            .path = "rope_scaling.factor",
                            .message = "is bad",
                            .hf_message = "HF says",
                            .fix = R"({"rope_scaling":null})",
                            .offset = offset};
      EXPECT_EQ(FindingToProto(finding).consequence(), "The document cannot be loaded.");
      const Finding back = FindingFromProto(FindingToProto(finding));
      EXPECT_EQ(back.fix, finding.fix);
      EXPECT_EQ(back.code, finding.code);
      EXPECT_EQ(back.severity, finding.severity);
      EXPECT_EQ(back.path, finding.path);
      EXPECT_EQ(back.message, finding.message);
      EXPECT_EQ(back.hf_message, finding.hf_message);
      EXPECT_EQ(back.offset, finding.offset);
    }
  }
}

TEST(PositionsTest, AllFormsOfTheSamePositionsAreTheSame) {
  v1::PositionIds range = RangeOf(5, 3);
  range.mutable_range()->set_step(-2);
  v1::PositionIds list;
  for (int64_t position : {5, 3, 1}) list.mutable_list()->add_values(position);
  v1::PositionIds int32_le;
  int32_le.set_int32_le(std::string("\5\0\0\0\3\0\0\0\1\0\0\0", 12));
  v1::PositionIds int64_le;
  int64_le.set_int64_le(std::string("\5\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 24));
  for (const v1::PositionIds& ids : {range, list, int32_le, int64_le}) {
    const auto positions = PositionIdsFromProto(ids, kMaxRows);
    ASSERT_TRUE(positions.ok()) << positions.status();
    EXPECT_THAT(All(*positions), ElementsAre(5, 3, 1));
    EXPECT_FALSE(positions->contiguous());
  }
}

TEST(PositionsTest, ARangeWithoutStepIsContiguousAndAStepOfZeroRepeats) {
  EXPECT_TRUE(PositionIdsFromProto(RangeOf(7, 4), kMaxRows)->contiguous());
  v1::PositionIds repeated = RangeOf(7, 2);
  repeated.mutable_range()->set_step(0);
  EXPECT_THAT(All(*PositionIdsFromProto(repeated, kMaxRows)), ElementsAre(7, 7));
}

TEST(PositionsTest, BytesKeepTheirSignAndTheirOrder) {
  v1::PositionIds large;
  large.set_int32_le(std::string("\xff\xff\xff\x7f", 4));
  EXPECT_EQ(PositionIdsFromProto(large, kMaxRows)->max(), kMaxPosition);
  v1::PositionIds lowest;
  lowest.set_int32_le(std::string("\0\0\0\x80", 4));
  ExpectRefused(lowest, "-2147483648");
  lowest.set_int32_le(std::string("\1\0\0\x80", 4));
  EXPECT_EQ(PositionIdsFromProto(lowest, kMaxRows)->max(), kMinPosition);
  v1::PositionIds fractions;
  fractions.set_float64_le(std::string(12, '\0'));
  ExpectRefused(fractions, "position_ids.float64_le must have a multiple of 8 bytes");
  fractions.set_float64_le(std::string("\0\0\0\0\0\0\xf8\x7f", 8));  // NaN
  ExpectRefused(fractions, "position_ids[0]");
  v1::PositionIds beyond;
  beyond.set_int64_le(std::string("\0\0\0\x80\0\0\0\0", 8));
  ExpectRefused(beyond, "2147483648");
}

TEST(PositionsTest, Refusals) {
  ExpectRefused({}, "position_ids is missing");
  ExpectRefused(RangeOf(0, 0), "position_ids.range.count");
  ExpectRefused(RangeOf(0, -5), "position_ids.range.count");
  ExpectRefused(RangeOf(kMinPosition - 1, 5), "position_ids.range");
  ExpectRefused(RangeOf(kMaxPosition, 2), "position_ids.range");
  v1::PositionIds overflow = RangeOf(1, 900);
  overflow.mutable_range()->set_step(std::numeric_limits<int64_t>::max());
  ExpectRefused(overflow, "position_ids.range");
  v1::PositionIds empty;
  empty.mutable_list();
  ExpectRefused(empty, "position_ids must have at least 1 position");
  v1::PositionIds torn;
  torn.set_int32_le("abc");
  ExpectRefused(torn, "position_ids.int32_le");
  v1::PositionIds torn_long;
  torn_long.set_int64_le(std::string(12, '\0'));
  ExpectRefused(torn_long, "position_ids.int64_le");
  v1::PositionIds no_bytes;
  no_bytes.set_int64_le("");
  ExpectRefused(no_bytes, "position_ids must have at least 1 position");
}

TEST(PositionsTest, TooManyAreRefusedByTheirCountAlone) {
  v1::PositionIds list;
  for (int i = 0; i < 5; ++i) list.mutable_list()->add_values(-7);  // each is invalid, too
  v1::PositionIds bytes;
  bytes.set_int32_le(std::string(20, '\xff'));
  for (const v1::PositionIds& ids :
       {RangeOf(0, std::numeric_limits<int64_t>::max()), RangeOf(0, 5), list, bytes}) {
    const absl::Status status = StatusOf(ids, 4);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("position_ids"), HasSubstr("4")));
  }
  EXPECT_TRUE(StatusOf(RangeOf(0, 4), 4).ok());
}

TEST(PositionsTest, Shapes) {
  const auto with_shape = [](const std::vector<int64_t>& shape) {
    v1::PositionIds ids = RangeOf(0, 12);
    for (int64_t dimension : shape) ids.add_shape(dimension);
    return ids;
  };
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{}, {12}, {3, 4}, {1, 12, 1}, {1, 1, 1, 1, 1, 3, 2, 2}}) {
    EXPECT_TRUE(StatusOf(with_shape(shape)).ok());
  }
  const int64_t huge = int64_t{1} << 62;
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{11},
                                            {0},
                                            {-3, -4},
                                            {3, 5},
                                            {huge, 4},
                                            {huge, huge, huge, huge},
                                            {1, 1, 1, 1, 1, 1, 1, 3, 4},
                                            {12, 0}}) {
    ExpectRefused(with_shape(shape), "position_ids.shape");
  }
}

}  // namespace
}  // namespace rope::wire

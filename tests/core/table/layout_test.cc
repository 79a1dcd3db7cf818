// Expected rows are written out by hand from the definitions in layout.h.
#include "core/table/layout.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using testing::ElementsAre;

template <typename Element>
struct Rows {
  std::vector<Element> cos;  // the one row of a joined layout is here
  std::vector<Element> sin;
};

template <typename Element>
Rows<Element> Arranged(Layout layout, const std::vector<Element>& cos,
                       const std::vector<Element>& sin) {
  const auto half_width = static_cast<int64_t>(cos.size());
  Rows<Element> rows;
  rows.cos.resize(RowWidth(layout, half_width));
  if (!IsJoined(layout)) rows.sin.resize(RowWidth(layout, half_width));
  ArrangeRow(layout, cos.data(), sin.data(), half_width, sizeof(Element), rows.cos.data(),
             rows.sin.data());
  return rows;
}

template <typename Element>
class ArrangeRowTest : public testing::Test {};
using Elements = testing::Types<uint16_t, uint32_t>;
TYPED_TEST_SUITE(ArrangeRowTest, Elements);

TYPED_TEST(ArrangeRowTest, TwoTensors) {
  const std::vector<TypeParam> cos = {7, 8, 9};
  const std::vector<TypeParam> sin = {1, 2, 3};
  const auto half_split = Arranged(Layout::kHalfSplit, cos, sin);
  EXPECT_THAT(half_split.cos, ElementsAre(7, 8, 9, 7, 8, 9));
  EXPECT_THAT(half_split.sin, ElementsAre(1, 2, 3, 1, 2, 3));
  const auto interleaved = Arranged(Layout::kInterleaved, cos, sin);
  EXPECT_THAT(interleaved.cos, ElementsAre(7, 7, 8, 8, 9, 9));
  EXPECT_THAT(interleaved.sin, ElementsAre(1, 1, 2, 2, 3, 3));
  const auto compact = Arranged(Layout::kCompact, cos, sin);
  EXPECT_THAT(compact.cos, ElementsAre(7, 8, 9));
  EXPECT_THAT(compact.sin, ElementsAre(1, 2, 3));
}

TYPED_TEST(ArrangeRowTest, OneTensor) {
  const std::vector<TypeParam> cos = {7, 8, 9};
  const std::vector<TypeParam> sin = {1, 2, 3};
  EXPECT_THAT(Arranged(Layout::kPacked, cos, sin).cos, ElementsAre(7, 8, 9, 1, 2, 3));
  EXPECT_THAT(Arranged(Layout::kPairs, cos, sin).cos, ElementsAre(7, 1, 8, 2, 9, 3));
  EXPECT_THAT(Arranged(Layout::kComplex, cos, sin).cos, ElementsAre(7, 1, 8, 2, 9, 3));
}

// A rotation matrix has -sin in its upper right corner. The sign is the highest bit of an element.
TYPED_TEST(ArrangeRowTest, Matrices) {
  constexpr auto kMinus = static_cast<TypeParam>(TypeParam{1} << (8 * sizeof(TypeParam) - 1));
  const std::vector<TypeParam> cos = {7, 8};
  const std::vector<TypeParam> sin = {1, kMinus | 2};
  EXPECT_THAT(Arranged(Layout::kMatrices, cos, sin).cos,
              ElementsAre(7, kMinus | 1, 1, 7, 8, 2, kMinus | 2, 8));
}

TYPED_TEST(ArrangeRowTest, OneFrequency) {
  const std::vector<TypeParam> cos = {5};
  const std::vector<TypeParam> sin = {6};
  EXPECT_THAT(Arranged(Layout::kHalfSplit, cos, sin).cos, ElementsAre(5, 5));
  EXPECT_THAT(Arranged(Layout::kInterleaved, cos, sin).sin, ElementsAre(6, 6));
  EXPECT_THAT(Arranged(Layout::kCompact, cos, sin).cos, ElementsAre(5));
  EXPECT_THAT(Arranged(Layout::kPacked, cos, sin).cos, ElementsAre(5, 6));
}

TEST(LayoutTest, NamesAreFoundAndUnknownOnesAreNot) {
  for (Layout layout : AllLayouts()) EXPECT_EQ(FindLayout(LayoutName(layout)), layout);
  EXPECT_FALSE(FindLayout("neox").has_value());
}

}  // namespace
}  // namespace rope

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
std::vector<Element> Arranged(Layout layout, const std::vector<Element>& half) {
  const auto half_width = static_cast<int64_t>(half.size());
  std::vector<Element> row(RowWidth(layout, half_width));
  ArrangeRow(layout, half.data(), half_width, sizeof(Element), row.data());
  return row;
}

template <typename Element>
class ArrangeRowTest : public testing::Test {};
using Elements = testing::Types<uint16_t, uint32_t>;
TYPED_TEST_SUITE(ArrangeRowTest, Elements);

TYPED_TEST(ArrangeRowTest, Rows) {
  const std::vector<TypeParam> half = {7, 8, 9};
  EXPECT_THAT(Arranged(Layout::kHalfSplit, half), ElementsAre(7, 8, 9, 7, 8, 9));
  EXPECT_THAT(Arranged(Layout::kInterleaved, half), ElementsAre(7, 7, 8, 8, 9, 9));
  EXPECT_THAT(Arranged(Layout::kCompact, half), ElementsAre(7, 8, 9));
}

TYPED_TEST(ArrangeRowTest, OneFrequency) {
  const std::vector<TypeParam> half = {5};
  EXPECT_THAT(Arranged(Layout::kHalfSplit, half), ElementsAre(5, 5));
  EXPECT_THAT(Arranged(Layout::kInterleaved, half), ElementsAre(5, 5));
  EXPECT_THAT(Arranged(Layout::kCompact, half), ElementsAre(5));
}

TEST(LayoutTest, NamesAreFoundAndUnknownOnesAreNot) {
  for (Layout layout : AllLayouts()) EXPECT_EQ(FindLayout(LayoutName(layout)), layout);
  EXPECT_FALSE(FindLayout("neox").has_value());
}

}  // namespace
}  // namespace rope

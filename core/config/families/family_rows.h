// What the tables of families are written with; for the files that hold them.
#pragma once

#include "absl/types/span.h"
#include "core/config/load/family.h"

namespace rope {

// Text models, and everything else that rotates: towers for images and sound, codecs. Each sorted
// by model_type.
absl::Span<const Family> TextFamilies();
absl::Span<const Family> EncoderFamilies();

// Rules for head_dim.
constexpr HeadDimRule Field(int64_t value) { return {HeadDimRule::Source::kInt, value, false}; }
constexpr HeadDimRule Nullable() { return {HeadDimRule::Source::kNullable, std::nullopt, false}; }
constexpr HeadDimRule Nullable(int64_t value) {
  return {HeadDimRule::Source::kNullable, value, false};
}
constexpr HeadDimRule DerivedIfNull() {
  return {HeadDimRule::Source::kDerivedIfNull, std::nullopt, false};
}
constexpr HeadDimRule DerivedIfNull(int64_t value) {
  return {HeadDimRule::Source::kDerivedIfNull, value, false};
}
constexpr HeadDimRule kDerived = {HeadDimRule::Source::kDerived, std::nullopt, false};
constexpr HeadDimRule kDerivedField = {HeadDimRule::Source::kDerived, std::nullopt, true};
constexpr HeadDimRule RopeHeadDim(int64_t value) {
  return {HeadDimRule::Source::kRopeHeadDim, value, false};
}
constexpr HeadDimRule RopeHeadDimField(int64_t value) {
  return {HeadDimRule::Source::kRopeHeadDim, value, true, false};
}
constexpr HeadDimRule RopeHeadDimNullable(int64_t value) {
  return {HeadDimRule::Source::kRopeHeadDim, value, true, true};
}

}  // namespace rope

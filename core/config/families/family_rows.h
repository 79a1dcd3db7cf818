// The parts of the table of families, and the functions that write the head_dim of a row. Only the
// files of this folder include this header.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/config/load/family.h"

namespace rope {

// The parts of the table, each sorted by model_type: text models, text models with layers of
// several kinds, mostly other models that rotate (towers for images and sound, codecs), and
// families whose code comes with the model.
absl::Span<const Family> TextFamilies();
absl::Span<const Family> HybridFamilies();
absl::Span<const Family> EncoderFamilies();
absl::Span<const Family> RemoteFamilies();

// The model types that have no rotary embedding, sorted.
absl::Span<const absl::string_view> TypesWithoutRope();

// Values of Family::default_mrope_section that families of more than one part have.
inline constexpr int64_t kQwen3Sections[] = {24, 20, 20};
inline constexpr int64_t kQwen35Sections[] = {11, 11, 10};

// The rules for head_dim that occur in classes of transformers. "Derived" is hidden_size /
// num_attention_heads.
//
// | .head_dim =          | declared as | head_dim is                    | the document's head_dim |
// |----------------------|-------------|--------------------------------|-------------------------|
// | (not written)        | -           | that of the document           | is used                 |
// | Field(n)             | int         | the field, by default n        | is used                 |
// | NullableField()      | int or null | the field, by default null     | is used                 |
// | NullableField(n)     | int or null | the field, by default n        | is used                 |
// | FieldOrDerived()     | int or null | the field; if null, derived    | is used                 |
// | FieldOrDerived(n)    | int or null | the same, by default n         | is used                 |
// | Derived()            | -           | derived                        | is used                 |
// | Derived(kIgnored..)  | as it says  | derived                        | is checked and ignored  |
// | RopeHeadDim(n)       | -           | qk_rope_head_dim, by default n | is used                 |
// | RopeHeadDim(n, k..)  | as it says  | qk_rope_head_dim, by default n | is checked and ignored  |
//
// A rotary module that needs a head_dim and finds none, or null, derives it (judge/model_shape.h).

constexpr HeadDimRule Field(int64_t n) {
  return {HeadDimRule::Field::kInt, HeadDimRule::Source::kField, n};
}

constexpr HeadDimRule NullableField(std::optional<int64_t> n = std::nullopt) {
  return {HeadDimRule::Field::kIntOrNull, HeadDimRule::Source::kField, n};
}

constexpr HeadDimRule FieldOrDerived(std::optional<int64_t> n = std::nullopt) {
  return {HeadDimRule::Field::kIntOrNull, HeadDimRule::Source::kFieldOrDerived, n};
}

// What the ignored field head_dim is declared as.
inline constexpr HeadDimRule::Field kNoField = HeadDimRule::Field::kNone;
inline constexpr HeadDimRule::Field kIgnoredInt = HeadDimRule::Field::kInt;
inline constexpr HeadDimRule::Field kIgnoredIntOrNull = HeadDimRule::Field::kIntOrNull;

constexpr HeadDimRule Derived(HeadDimRule::Field ignored = kNoField) {
  return {ignored, HeadDimRule::Source::kDerived, std::nullopt};
}

constexpr HeadDimRule RopeHeadDim(int64_t n, HeadDimRule::Field ignored = kNoField) {
  return {ignored, HeadDimRule::Source::kRopeHeadDim, n};
}

}  // namespace rope

#include "core/rotation/family_rotation.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/table/table_rows.h"

namespace rope {
namespace {

using Channels = FamilyRotation::Channels;
using Row = FamilyRotation::Row;

constexpr FamilyRotation kMostFamilies;

constexpr FamilyRotation Deinterleaving(absl::string_view model_type,
                                        bool has_rope_interleave = false) {
  return {.model_type = model_type,
          .pairing = Pairing::kDeinterleave,
          .channels = Channels::kAll,
          .row = Row::kHalfSplitFirst,
          .has_rope_interleave = has_rope_interleave};
}

constexpr FamilyRotation Interleaved(absl::string_view model_type, Row row, Channels channels) {
  return {
      .model_type = model_type, .pairing = Pairing::kInterleaved, .channels = channels, .row = row};
}

// Converts queries and keys to float32 first.
constexpr FamilyRotation InFloat32(FamilyRotation family) {
  family.arithmetic = Arithmetic::kFloat32;
  return family;
}

// Leaves its tables in float32.
constexpr FamilyRotation Float32Tables(FamilyRotation family) {
  family.float32_tables = true;
  return family;
}

constexpr FamilyRotation HalfSplit(absl::string_view model_type) {
  return {.model_type = model_type};
}

// Half-split, and the model takes the rotated part out of a wider head (latent attention).
constexpr FamilyRotation HalfSplitPart(absl::string_view model_type) {
  return {.model_type = model_type, .channels = Channels::kAll};
}

constexpr FamilyRotation Complex(absl::string_view model_type) {
  return {.model_type = model_type,
          .pairing = Pairing::kInterleaved,
          .arithmetic = Arithmetic::kComplex,
          .channels = Channels::kAll,
          .row = Row::kCompact,
          .float32_tables = true};
}

constexpr FamilyRotation Opposite(absl::string_view model_type) {
  return {.model_type = model_type, .opposite = true};
}

// THE table: the families that differ from most.
constexpr FamilyRotation kFamilies[] = {
    Deinterleaving("axk1", /*has_rope_interleave=*/true),
    Deinterleaving("axk2"),
    Deinterleaving("bailing_hybrid"),
    Float32Tables(HalfSplit("beam")),
    Interleaved("blt_global_transformer", Row::kInterleaved, Channels::kFirst),
    Interleaved("blt_local_decoder", Row::kInterleaved, Channels::kFirst),
    Interleaved("blt_local_encoder", Row::kInterleaved, Channels::kFirst),
    Interleaved("blt_patcher", Row::kInterleaved, Channels::kFirst),
    Interleaved("chatglm", Row::kCompact, Channels::kFirst),
    Float32Tables(Interleaved("codegen", Row::kCompact, Channels::kFirst)),
    InFloat32(Interleaved("cohere", Row::kInterleaved, Channels::kFirst)),
    InFloat32(Interleaved("cohere2", Row::kInterleaved, Channels::kFirst)),
    InFloat32(Interleaved("cohere2_moe", Row::kInterleaved, Channels::kFirst)),
    Complex("deepseek_v2"),
    Deinterleaving("deepseek_v3", /*has_rope_interleave=*/true),
    Deinterleaving("deepseek_v32"),
    InFloat32(Interleaved("deepseek_v4", Row::kCompact, Channels::kLast)),
    Deinterleaving("dots3_note_text"),
    Float32Tables(InFloat32(Interleaved("ernie4_5", Row::kHalfSplitFirst, Channels::kFirst))),
    Float32Tables(InFloat32(Interleaved("ernie4_5_moe", Row::kHalfSplitFirst, Channels::kFirst))),
    Float32Tables(
        InFloat32(Interleaved("ernie4_5_vl_moe_text", Row::kInterleaved, Channels::kFirst))),
    InFloat32(HalfSplit("esm")),
    InFloat32(HalfSplit("evolla")),
    Float32Tables(HalfSplit("flex_olmo")),
    Interleaved("glm", Row::kHalfSplitFirst, Channels::kFirst),
    Interleaved("glm4", Row::kHalfSplitFirst, Channels::kFirst),
    Deinterleaving("glm4_moe_lite", /*has_rope_interleave=*/true),
    Interleaved("glm4v_text", Row::kInterleaved, Channels::kFirst),
    Deinterleaving("glm_moe_dsa"),
    Interleaved("glm_ocr_text", Row::kInterleaved, Channels::kFirst),
    {.model_type = "gpt_oss", .row = Row::kCompact},
    Interleaved("gptj", Row::kCompact, Channels::kFirst),
    Interleaved("helium", Row::kHalfSplitFirst, Channels::kFirst),
    InFloat32(HalfSplit("hunyuan_vl_text")),
    HalfSplitPart("hy_v4"),
    InFloat32(Interleaved("hy_v4_vl_text", Row::kHalfSplitFirst, Channels::kAll)),
    Float32Tables(HalfSplit("lfm3")),
    Complex("llama4_text"),
    Deinterleaving("longcat_flash"),
    HalfSplitPart("minicpm3"),
    Deinterleaving("mistral4", /*has_rope_interleave=*/true),
    Deinterleaving("mistral_large4_text"),
    InFloat32(HalfSplit("modernbert")),
    InFloat32(HalfSplit("modernbert-decoder")),
    Interleaved("moonshine", Row::kHalfSplitFirst, Channels::kFirst),
    Interleaved("moonshine_streaming", Row::kHalfSplitFirst, Channels::kFirst),
    Opposite("nanochat"),
    Float32Tables(HalfSplit("olmo")),
    Float32Tables(HalfSplit("olmo2")),
    Float32Tables(HalfSplit("olmo3")),
    Float32Tables(HalfSplit("olmo_hybrid")),
    Interleaved("openai_privacy_filter", Row::kCompact, Channels::kFirst),
    Deinterleaving("sarvam_mla", /*has_rope_interleave=*/true),
    Deinterleaving("youtu", /*has_rope_interleave=*/true),
};

// Python's truth of a member that is true by default.
bool IsTrueByDefault(const JsonValue& object, absl::string_view key) {
  const JsonValue* const value = object.Find(key);
  return value == nullptr || !(value->is_null() || (value->is_bool() && !value->as_bool()));
}

}  // namespace

FamilyRotation RotationOfFamily(absl::string_view model_type, const JsonValue& text_model) {
  for (const FamilyRotation& family : kFamilies) {
    if (family.model_type != model_type) continue;
    if (family.has_rope_interleave && !IsTrueByDefault(text_model, "rope_interleave")) {
      return HalfSplitPart(family.model_type);
    }
    return family;
  }
  return kMostFamilies;
}

Channels ChannelsOfFamily(absl::string_view model_type) {
  for (const FamilyRotation& family : kFamilies) {
    if (family.model_type == model_type) return family.channels;
  }
  return kMostFamilies.channels;
}

FamilyRotation RotationOfFamily(absl::string_view model_type, absl::string_view text_model_path,
                                const JsonValue& document) {
  const JsonValue* model = &document;
  for (absl::string_view key : absl::StrSplit(text_model_path, '.', absl::SkipEmpty())) {
    const JsonValue* const inner = model->Find(key);
    if (inner == nullptr) break;
    model = inner;
  }
  return RotationOfFamily(model_type, *model);
}

int64_t RowWidth(const FamilyRotation& family, int64_t half_width) {
  return family.row == Row::kCompact ? half_width : 2 * half_width;
}

absl::StatusOr<RotaryTable> ViewModelTable(const FamilyRotation& family, DType dtype,
                                           const void* cos, const void* sin, int64_t width,
                                           int64_t batch_rows) {
  RotaryTable table;
  table.dtype = dtype;
  table.cos = cos;
  table.sin = sin;
  table.half_width = family.row == Row::kCompact ? width : width / 2;
  if (table.half_width < 1 || table.half_width > kMaxHalfWidth ||
      RowWidth(family, table.half_width) != width) {
    return absl::InvalidArgumentError(
        absl::StrCat("rows of ", width, " elements are no table of this family: the width must be ",
                     family.row == Row::kCompact ? absl::StrCat("1 to ", kMaxHalfWidth)
                                                 : absl::StrCat("even, 2 to ", 2 * kMaxHalfWidth)));
  }
  // The first half of a half-split row is a compact row.
  const bool half_split = family.row == Row::kHalfSplit;
  table.layout = half_split                        ? Layout::kHalfSplit
                 : family.row == Row::kInterleaved ? Layout::kInterleaved
                                                   : Layout::kCompact;
  table.row_stride = width;
  table.batch_stride = batch_rows * width;
  return table;
}

absl::StatusOr<Rotation> MakeRotation(const FamilyRotation& family, int64_t half_width, int64_t dim,
                                      bool inverse, std::optional<int64_t> offset) {
  const int64_t width = 2 * half_width;
  if (offset.has_value() && (*offset < 0 || width > dim || *offset > dim - width)) {
    return absl::InvalidArgumentError(absl::StrCat("a head has ", dim,
                                                   " channels, which do not hold a window of ",
                                                   width, " from channel ", *offset, " on"));
  }
  const bool needs_all = family.channels == Channels::kAll && !offset.has_value();
  if (width > dim || (needs_all && width != dim)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a head has ", dim, " channels, but the table turns ", width,
        needs_all
            ? "; models of this family rotate the rotary part of a head by itself: give only that"
            : ""));
  }
  Rotation rotation;
  rotation.pairing = family.pairing;
  rotation.arithmetic = family.arithmetic;
  rotation.inverse = family.opposite != inverse;
  const int64_t own_offset = family.channels == Channels::kLast ? dim - width : 0;
  rotation.offset = offset.value_or(own_offset);
  return rotation;
}

}  // namespace rope

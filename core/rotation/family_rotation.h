// FamilyRotation: how the models of one family rotate queries and keys, and how they arrange the
// tables that they do it with.
//
// The source is the function apply_rotary_pos_emb (or apply_rotary_emb) of each model in
// transformers 5.24, its rotary module, and the code in its attention that calls the two.
// docs/rotation.md has the table in words.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/json/json_value.h"
#include "core/rotation/apply_rotary.h"
#include "core/rotation/rotation.h"

namespace rope {

// Plain data.
struct FamilyRotation {
  // Which channels of a head are rotated.
  enum class Channels {
    kFirst,  // the first ones; all, if the table is as wide as the head
    kLast,   // the last ones
    kAll     // always the whole head: the model itself takes the rotated part out of a wider one
  };
  // What a row of the model's cos and sin holds for h frequencies.
  enum class Row {
    kHalfSplit,       // [2h]: all frequencies, then all again
    kHalfSplitFirst,  // the same, but the model reads the first half only
    kInterleaved,     // [2h]: each frequency twice
    kCompact          // [h]: each frequency once; the parts of a complex number, too
  };

  absl::string_view model_type;  // "" for the rule of all families without a row
  Pairing pairing = Pairing::kHalfSplit;
  Arithmetic arithmetic = Arithmetic::kPromoted;
  Channels channels = Channels::kFirst;
  Row row = Row::kHalfSplit;
  bool float32_tables = false;  // whatever the model's dtype is; otherwise tables have that dtype
  bool opposite = false;        // turns by the negative angle
  // The member rope_interleave of the configuration chooses between kDeinterleave and kHalfSplit.
  bool has_rope_interleave = false;
};

// The rule of the family `model_type`, as ModelConfigReport::family names it. A family without a
// row follows most families: half-split pairs, the first channels, tables [2h] in the model's
// dtype, and every step rounded to it. `text_model` is the object that describes the text model;
// members that change the rule are read from it. Pure and thread-safe.
FamilyRotation RotationOfFamily(absl::string_view model_type, const JsonValue& text_model);

// RotationOfFamily(...).channels, which no member of a configuration changes. Pure and thread-safe.
FamilyRotation::Channels ChannelsOfFamily(absl::string_view model_type);

// The same with the whole document, in which `text_model_path` names the object that describes the
// text model: "text_config"; "" is the document itself.
FamilyRotation RotationOfFamily(absl::string_view model_type, absl::string_view text_model_path,
                                const JsonValue& document);

// Elements of a row of the model's table for `half_width` frequencies.
int64_t RowWidth(const FamilyRotation& family, int64_t half_width);

// A view of the model's own tables, rows of `width` elements that follow one another. `batch_rows`
// is the number of rows of one sequence, or 0 if all sequences share them. INVALID_ARGUMENT if the
// family has no rows of that width.
absl::StatusOr<RotaryTable> ViewModelTable(const FamilyRotation& family, DType dtype,
                                           const void* cos, const void* sin, int64_t width,
                                           int64_t batch_rows);

// The rotation of heads with `dim` channels by tables of `half_width` frequencies. `inverse` undoes
// what the model does. The window starts at channel `offset`; absent: where the family has it.
// INVALID_ARGUMENT if the window leaves the head, or if the family does not rotate such heads and
// no offset is given.
absl::StatusOr<Rotation> MakeRotation(const FamilyRotation& family, int64_t half_width, int64_t dim,
                                      bool inverse, std::optional<int64_t> offset = std::nullopt);

}  // namespace rope

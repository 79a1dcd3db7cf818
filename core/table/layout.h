// Layout: how the cos and sin of one position are arranged in the rows of a table.
//
// A half row holds one value per frequency: h = ceil(rotary_dim/2) values. A layout says which
// tensors a table has, how wide their rows are, and where each value of a half row goes. A layout
// moves elements, and kMatrices also changes signs, so any dtype goes with any layout (but see
// CheckForm for kComplex).
//
// All functions are pure and thread-safe, and none can fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

enum class Layout {
  kHalfSplit,    // cos, sin [rows, 2h]: x_0 .. x_{h-1}, x_0 .. x_{h-1}  (Llama, GPT-NeoX)
  kInterleaved,  // cos, sin [rows, 2h]: x_0, x_0, x_1, x_1, ...         (GPT-J, Cohere)
  kCompact,      // cos, sin [rows, h]:  x_0 .. x_{h-1}                  (gpt-oss, kernels)
  // Joined layouts: one tensor holds both cos (c) and sin (s).
  kPacked,    // [rows, 2h]:   c_0 .. c_{h-1}, s_0 .. s_{h-1}      (vLLM, SGLang, FlashInfer)
  kPairs,     // [rows, h, 2]: c_0, s_0, c_1, s_1, ...              (torchtune, TensorRT-LLM)
  kComplex,   // [rows, h] complex numbers c_k + i s_k: the same bytes as kPairs (Llama's freqs_cis)
  kMatrices,  // [rows, h, 2, 2]: c_0, -s_0, s_0, c_0, c_1, ...    (HiDream, Kandinsky)
};

// All layouts, in the order in which they are shown to users.
absl::Span<const Layout> AllLayouts();

// "half_split", "interleaved", "compact", "packed", "pairs", "complex" or "matrices" or "matrices".
absl::string_view LayoutName(Layout layout);

// One line for people: the order of the elements in a row.
absl::string_view LayoutDescription(Layout layout);

// The layout with that name; nullopt if there is none.
std::optional<Layout> FindLayout(absl::string_view name);

// True if one tensor holds both cos and sin.
bool IsJoined(Layout layout);

// Elements in one row of each tensor: h, 2h or 4h. A complex number counts as two elements.
int64_t RowWidth(Layout layout, int64_t half_width);

// Arranges the half rows of one position, `half_width` elements of `element_size` bytes each, into
// rows of RowWidth elements. A joined layout writes to `cos_row` only, and `sin_row` may be null.
// REQUIRES element_size 2, 4 or 8; all pointers aligned to the element; no overlap.
void ArrangeRow(Layout layout, const void* cos_half, const void* sin_half, int64_t half_width,
                size_t element_size, void* cos_row, void* sin_row);

}  // namespace rope

// Layout: how the cos and sin of one position's frequencies are arranged in output rows.
//
// A half row holds one value per frequency: h = ceil(rotary_dim/2) of them. A layout says which
// tensors there are, how wide their rows are, and where each half-row value goes. It moves
// elements; it never looks at their values, so that dtype and layout stay apart.
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
  // Joined: one tensor holds both.
  kPacked,   // [rows, 2h]:   c_0 .. c_{h-1}, s_0 .. s_{h-1}      (vLLM, SGLang, FlashInfer)
  kPairs,    // [rows, h, 2]: c_0, s_0, c_1, s_1, ...              (torchtune, TensorRT-LLM)
  kComplex,  // [rows, h] of complex numbers c_i + i s_i, the bytes of kPairs (Llama's freqs_cis)
};

// In the order in which they are shown.
absl::Span<const Layout> AllLayouts();
absl::string_view LayoutName(Layout layout);  // "half_split", "interleaved", "compact", ...
absl::string_view LayoutDescription(Layout layout);
std::optional<Layout> FindLayout(absl::string_view name);

// True where one tensor holds cos and sin.
bool IsJoined(Layout layout);

// Real numbers in one row of each tensor.
int64_t RowWidth(Layout layout, int64_t half_width);

// Arranges the half rows of one position, `half_width` elements of `element_size` (2, 4 or 8) bytes
// each, into output rows of RowWidth elements. A joined layout writes to `cos_row` alone. All are
// aligned to the element and do not overlap.
void ArrangeRow(Layout layout, const void* cos_half, const void* sin_half, int64_t half_width,
                size_t element_size, void* cos_row, void* sin_row);

}  // namespace rope

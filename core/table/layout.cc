#include "core/table/layout.h"

#include <cstring>

namespace rope {
namespace {

void ArrangeHalfSplit(const void* half_row, int64_t half_width, size_t element_size, void* row) {
  const size_t half_bytes = static_cast<size_t>(half_width) * element_size;
  std::memcpy(row, half_row, half_bytes);
  std::memcpy(static_cast<std::byte*>(row) + half_bytes, half_row, half_bytes);
}

template <typename Element>
void Repeat(const void* half_row, int64_t half_width, void* row) {
  const auto* in = static_cast<const Element*>(half_row);
  auto* out = static_cast<Element*>(row);
  for (int64_t i = 0; i < half_width; ++i) {
    out[2 * i] = in[i];
    out[2 * i + 1] = in[i];
  }
}

void ArrangeInterleaved(const void* half_row, int64_t half_width, size_t element_size, void* row) {
  if (element_size == sizeof(uint32_t)) {
    Repeat<uint32_t>(half_row, half_width, row);
  } else {
    Repeat<uint16_t>(half_row, half_width, row);
  }
}

void ArrangeCompact(const void* half_row, int64_t half_width, size_t element_size, void* row) {
  std::memcpy(row, half_row, static_cast<size_t>(half_width) * element_size);
}

struct LayoutEntry {
  Layout layout;
  absl::string_view name;
  absl::string_view description;
  int64_t width_per_frequency;
  void (*arrange)(const void* half_row, int64_t half_width, size_t element_size, void* row);
};

// THE list, in the order of the enum.
constexpr LayoutEntry kEntries[] = {
    {Layout::kHalfSplit, "half_split", "x_0 .. x_{h-1}, x_0 .. x_{h-1}", 2, ArrangeHalfSplit},
    {Layout::kInterleaved, "interleaved", "x_0, x_0, x_1, x_1, ...", 2, ArrangeInterleaved},
    {Layout::kCompact, "compact", "x_0 .. x_{h-1}", 1, ArrangeCompact},
};

constexpr Layout kLayouts[] = {Layout::kHalfSplit, Layout::kInterleaved, Layout::kCompact};

const LayoutEntry& Entry(Layout layout) { return kEntries[static_cast<size_t>(layout)]; }

}  // namespace

absl::Span<const Layout> AllLayouts() { return kLayouts; }

absl::string_view LayoutName(Layout layout) { return Entry(layout).name; }

absl::string_view LayoutDescription(Layout layout) { return Entry(layout).description; }

std::optional<Layout> FindLayout(absl::string_view name) {
  for (const LayoutEntry& entry : kEntries) {
    if (entry.name == name) return entry.layout;
  }
  return std::nullopt;
}

int64_t RowWidth(Layout layout, int64_t half_width) {
  return Entry(layout).width_per_frequency * half_width;
}

void ArrangeRow(Layout layout, const void* half_row, int64_t half_width, size_t element_size,
                void* row) {
  Entry(layout).arrange(half_row, half_width, element_size, row);
}

}  // namespace rope

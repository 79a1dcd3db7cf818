#include "core/table/layout.h"

#include "core/table/element.h"

namespace rope {
namespace {

template <Layout layout, typename Element>
void ArrangeElements(const void* cos_half, const void* sin_half, int64_t half_width, void* cos_row,
                     void* sin_row) {
  const auto* cos = static_cast<const Element*>(cos_half);
  const auto* sin = static_cast<const Element*>(sin_half);
  for (int64_t i = 0; i < half_width; ++i) {
    Place<layout>(cos[i], sin[i], i, half_width, static_cast<Element*>(cos_row),
                  static_cast<Element*>(sin_row));
  }
}

using ArrangeFunction = void (*)(const void* cos_half, const void* sin_half, int64_t half_width,
                                 size_t element_size, void* cos_row, void* sin_row);

// Elements are moved, and their sign is the highest bit, so an integer type of the same size stands
// for every dtype.
template <Layout layout>
void Arrange(const void* cos_half, const void* sin_half, int64_t half_width, size_t element_size,
             void* cos_row, void* sin_row) {
  if (element_size == sizeof(uint64_t)) {
    ArrangeElements<layout, uint64_t>(cos_half, sin_half, half_width, cos_row, sin_row);
  } else if (element_size == sizeof(uint32_t)) {
    ArrangeElements<layout, uint32_t>(cos_half, sin_half, half_width, cos_row, sin_row);
  } else {
    ArrangeElements<layout, uint16_t>(cos_half, sin_half, half_width, cos_row, sin_row);
  }
}

struct LayoutEntry {
  Layout layout;
  absl::string_view name;
  absl::string_view description;
  bool joined;
  int64_t (*width)(int64_t half_width);
  ArrangeFunction arrange;
};

template <Layout layout>
constexpr LayoutEntry EntryOf(absl::string_view name, absl::string_view description, bool joined) {
  return {layout, name, description, joined, RowWidth<layout>, Arrange<layout>};
}

// THE list of layouts, in the order of the enum.
constexpr LayoutEntry kLayoutEntries[] = {
    EntryOf<Layout::kHalfSplit>("half_split", "x_0 .. x_{h-1}, x_0 .. x_{h-1}", false),
    EntryOf<Layout::kInterleaved>("interleaved", "x_0, x_0, x_1, x_1, ...", false),
    EntryOf<Layout::kCompact>("compact", "x_0 .. x_{h-1}", false),
    EntryOf<Layout::kPacked>("packed", "cos_0 .. cos_{h-1}, sin_0 .. sin_{h-1}", true),
    EntryOf<Layout::kPairs>("pairs", "cos_0, sin_0, cos_1, sin_1, ...", true),
    EntryOf<Layout::kComplex>("complex", "cos_0 + i sin_0, cos_1 + i sin_1, ...", true),
    EntryOf<Layout::kMatrices>("matrices", "cos_0, -sin_0, sin_0, cos_0, cos_1, ...", true),
};

constexpr Layout kLayouts[] = {Layout::kHalfSplit, Layout::kInterleaved, Layout::kCompact,
                               Layout::kPacked,    Layout::kPairs,       Layout::kComplex,
                               Layout::kMatrices};

const LayoutEntry& Entry(Layout layout) { return kLayoutEntries[static_cast<size_t>(layout)]; }

}  // namespace

absl::Span<const Layout> AllLayouts() { return kLayouts; }

absl::string_view LayoutName(Layout layout) { return Entry(layout).name; }

absl::string_view LayoutDescription(Layout layout) { return Entry(layout).description; }

std::optional<Layout> FindLayout(absl::string_view name) {
  for (const LayoutEntry& entry : kLayoutEntries) {
    if (entry.name == name) return entry.layout;
  }
  return std::nullopt;
}

int64_t RowWidth(Layout layout, int64_t half_width) { return Entry(layout).width(half_width); }

bool IsJoined(Layout layout) { return Entry(layout).joined; }

void ArrangeRow(Layout layout, const void* cos_half, const void* sin_half, int64_t half_width,
                size_t element_size, void* cos_row, void* sin_row) {
  Entry(layout).arrange(cos_half, sin_half, half_width, element_size, cos_row, sin_row);
}

}  // namespace rope

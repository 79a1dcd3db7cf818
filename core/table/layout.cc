#include "core/table/layout.h"

#include "core/table/element.h"

namespace rope {
namespace {

template <Layout layout, typename Element>
void ArrangeElements(const void* half_row, int64_t half_width, void* row) {
  const auto* in = static_cast<const Element*>(half_row);
  auto* out = static_cast<Element*>(row);
  for (int64_t i = 0; i < half_width; ++i) Place<layout>(in[i], i, half_width, out);
}

template <Layout layout>
void Arrange(const void* half_row, int64_t half_width, size_t element_size, void* row) {
  if (element_size == sizeof(uint32_t)) {
    ArrangeElements<layout, uint32_t>(half_row, half_width, row);
  } else {
    ArrangeElements<layout, uint16_t>(half_row, half_width, row);
  }
}

struct LayoutEntry {
  Layout layout;
  absl::string_view name;
  absl::string_view description;
  int64_t (*width)(int64_t half_width);
  void (*arrange)(const void* half_row, int64_t half_width, size_t element_size, void* row);
};

// THE list, in the order of the enum.
constexpr LayoutEntry kEntries[] = {
    {Layout::kHalfSplit, "half_split", "x_0 .. x_{h-1}, x_0 .. x_{h-1}",
     RowWidth<Layout::kHalfSplit>, Arrange<Layout::kHalfSplit>},
    {Layout::kInterleaved, "interleaved", "x_0, x_0, x_1, x_1, ...", RowWidth<Layout::kInterleaved>,
     Arrange<Layout::kInterleaved>},
    {Layout::kCompact, "compact", "x_0 .. x_{h-1}", RowWidth<Layout::kCompact>,
     Arrange<Layout::kCompact>},
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

int64_t RowWidth(Layout layout, int64_t half_width) { return Entry(layout).width(half_width); }

void ArrangeRow(Layout layout, const void* half_row, int64_t half_width, size_t element_size,
                void* row) {
  Entry(layout).arrange(half_row, half_width, element_size, row);
}

}  // namespace rope

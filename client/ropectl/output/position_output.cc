#include "client/ropectl/output/position_output.h"

#include <cstdint>
#include <variant>

#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "client/ropectl/output/json_output.h"

namespace rope::ropectl {
namespace {

// Writes the numbers of `values` as nested arrays: those of the first dimension, each with those of
// the next. REQUIRES as many numbers as the product of the dimensions.
template <typename T>
void WriteNested(absl::Span<const T> values, absl::Span<const int64_t> dimensions,
                 JsonOutput* json) {
  json->Array([&] {
    if (dimensions.size() == 1) {
      for (const T& value : values) json->Value(value);
      return;
    }
    const size_t size = values.size() / static_cast<size_t>(dimensions[0]);
    for (size_t i = 0; i < values.size(); i += size) {
      WriteNested(values.subspan(i, size), dimensions.subspan(1), json);
    }
  });
}

void WriteMember(const char* key, const PositionValues& values,
                 absl::Span<const int64_t> dimensions, JsonOutput* json) {
  // Array writes the outer brackets, and WriteNested the parts between them.
  std::visit(
      [&](const auto& numbers) {
        const auto all = absl::MakeConstSpan(numbers);
        const size_t size = all.size() / static_cast<size_t>(dimensions[0]);
        json->Array(key, [&] {
          for (size_t i = 0; i < all.size(); i += size) {
            WriteNested(all.subspan(i, size), dimensions.subspan(1), json);
          }
        });
      },
      values);
}

// A position as text; fractions keep all digits of a float32.
std::string Shown(const PositionValues& values, int64_t i) {
  return std::visit(
      [i](const auto& numbers) {
        return absl::StrFormat("%.9g", static_cast<double>(numbers[static_cast<size_t>(i)]));
      },
      values);
}

}  // namespace

void PrintPositionIdsJson(const RopeIndex& index) {
  JsonOutput json;
  json.Object([&] {
    WriteMember("position_ids", index.position_ids, {index.axes, index.rows, index.tokens}, &json);
    WriteMember("rope_deltas", index.rope_deltas, {index.rows, 1}, &json);
    if (index.decode.has_value()) {
      const DecodePositions& decode = *index.decode;
      WriteMember("decode_position_ids", decode.position_ids, {decode.rows, 3, decode.tokens},
                  &json);
    }
  });
  json.Print();
}

void PrintPositionIdsText(absl::string_view family, const RopeIndex& index) {
  absl::PrintF("family  %s\naxes    %d\n", family, index.axes);
  for (int64_t row = 0; row < index.rows; ++row) {
    absl::PrintF("\nrow %d, rope_delta %s\n", row, Shown(index.rope_deltas, row));
    for (int64_t token = 0; token < index.tokens; ++token) {
      absl::PrintF("  token %5d ", token);
      for (int64_t axis = 0; axis < index.axes; ++axis) {
        const int64_t i = (axis * index.rows + row) * index.tokens + token;
        absl::PrintF(" %8s", Shown(index.position_ids, i));
      }
      absl::PrintF("\n");
    }
  }
  if (index.decode.has_value()) {
    absl::PrintF("\n%d positions for tokens to generate; --json prints them\n",
                 index.decode->tokens);
  }
}

void PrintPositionIdsJson(const VisionPositions& positions) {
  const auto patches = static_cast<int64_t>(positions.position_ids.size()) / positions.axes;
  JsonOutput json;
  json.Object([&] {
    WriteMember("position_ids", positions.position_ids, {patches, positions.axes}, &json);
    if (!positions.window_index.empty()) {
      json.Member("window_index", positions.window_index);
      json.Member("cu_window_seqlens", positions.cu_window_seqlens);
    }
  });
  json.Print();
}

void PrintPositionIdsText(absl::string_view family, const VisionPositions& positions) {
  absl::PrintF("family  %s (vision)\naxes    %d\n\n", family, positions.axes);
  const auto axes = static_cast<size_t>(positions.axes);
  for (size_t i = 0; i < positions.position_ids.size(); i += axes) {
    absl::PrintF("  patch %5d ", i / axes);
    for (size_t axis = 0; axis < axes; ++axis) {
      absl::PrintF(" %5d", positions.position_ids[i + axis]);
    }
    absl::PrintF("\n");
  }
  if (!positions.window_index.empty()) {
    absl::PrintF("\n%d windows; --json prints their order\n",
                 positions.cu_window_seqlens.size() - 1);
  }
}

}  // namespace rope::ropectl

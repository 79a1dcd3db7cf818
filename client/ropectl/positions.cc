// ropectl positions: position ids for models with several position axes.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "core/json/json_reader.h"
#include "core/positions/rope_index.h"
#include "core/positions/vision/vision_positions.h"

namespace rope::ropectl {
namespace {

// A batch is long: a token takes two to ten bytes in each of its lists.
constexpr int64_t kMaxInputBytes = int64_t{64} << 20;

struct Options {
  bool json = false;
  bool vision = false;
  std::string config;
  std::string input;
};

absl::StatusOr<JsonValue> ReadDocument(const std::string& name, int64_t max_bytes) {
  const auto text = ReadText(name);
  if (!text.ok()) return text.status();
  JsonLimits limits;
  limits.max_bytes = max_bytes;
  JsonResult document = ReadJson(*text, limits);
  if (document.ok()) return (*std::move(document)).root;
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": ", document.error().message, " (byte ", document.error().offset, ")"));
}

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

void PrintJson(const RopeIndex& index) {
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

// A position as text; fractions keep all digits of a float32.
std::string Shown(const PositionValues& values, int64_t i) {
  return std::visit(
      [i](const auto& numbers) {
        return absl::StrFormat("%.9g", static_cast<double>(numbers[static_cast<size_t>(i)]));
      },
      values);
}

// One line for each token, with its positions on all axes.
void PrintText(const PositionSettings& settings, const RopeIndex& index) {
  absl::PrintF("family  %s\naxes    %d\n", settings.family->model_type, index.axes);
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

absl::Status RunText(const Options& options, const JsonValue& config, const JsonValue& input) {
  const auto settings = ReadPositionSettings(config);
  if (!settings.ok()) return settings.status();
  const auto arguments = ReadRopeIndexArguments(input, *settings->family);
  if (!arguments.ok()) return arguments.status();
  const auto index = BuildRopeIndex(*settings, *arguments);
  if (!index.ok()) return index.status();
  if (options.json) {
    PrintJson(*index);
  } else {
    PrintText(*settings, *index);
  }
  return absl::OkStatus();
}

void PrintJson(const VisionPositions& positions) {
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

// One line for each patch.
void PrintText(const VisionSettings& settings, const VisionPositions& positions) {
  absl::PrintF("family  %s (vision)\naxes    %d\n\n", settings.family->model_type, positions.axes);
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

absl::Status RunVision(const Options& options, const JsonValue& config, const JsonValue& input) {
  const auto settings = ReadVisionSettings(config);
  if (!settings.ok()) return settings.status();
  const auto pictures = ReadVisionPictures(input, *settings);
  if (!pictures.ok()) return pictures.status();
  const auto positions = BuildVisionPositions(*settings, *pictures);
  if (!positions.ok()) return positions.status();
  if (options.json) {
    PrintJson(*positions);
  } else {
    PrintText(*settings, *positions);
  }
  return absl::OkStatus();
}

int Run(const Options& options) {
  const auto config = ReadDocument(options.config, JsonLimits().max_bytes);
  const auto input = config.ok() ? ReadDocument(options.input, kMaxInputBytes) : config;
  if (!input.ok()) {
    if (!absl::IsNotFound(input.status())) return ReportStatus(options.json, input.status(), {});
    PrintError(options.json, "IO", input.status().message(), {});
    return kUsage;
  }
  const absl::Status status =
      options.vision ? RunVision(options, *config, *input) : RunText(options, *config, *input);
  return status.ok() ? kFine : ReportStatus(options.json, status, {});
}

}  // namespace

Command AddPositions(CLI::App* app) {
  const auto options = std::make_shared<Options>();
  CLI::App* line = app->add_subcommand(
      "positions", "Position ids for text with images and videos; needs no server");
  line->add_option("--config", options->config,
                   "config.json of the whole model; - is standard input")
      ->required();
  line->add_option("--input", options->input,
                   "JSON object with the arguments of the model's get_rope_index; - is standard "
                   "input")
      ->required();
  line->add_flag("--vision", options->vision,
                 "The patches of the vision tower; --input says how large the pictures are");
  AddJsonOption(line, &options->json);
  line->footer(
      "\ndocs/positions.md lists the families and their arguments.\n"
      "Example: ropectl positions --config config.json --input batch.json --json");
  return {line, [options] { return Run(*options); }};
}

}  // namespace rope::ropectl

// ropectl positions: position ids for models with several position axes.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/files/position_file.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/position_output.h"
#include "client/ropectl/output/visible_text.h"
#include "core/json/json_reader.h"
#include "core/positions/rope_index.h"
#include "core/positions/vision/vision_positions.h"
#include "proto/wire/built_positions.h"
#include "proto/wire/config_json.h"

namespace rope::ropectl {
namespace {

// A batch is long: a token takes two to ten bytes in each of its lists.
constexpr int64_t kMaxInputBytes = int64_t{64} << 20;

struct PositionsOptions {
  ServerOptions server;
  bool json = false;
  bool vision = false;
  std::string config;
  std::string input;
  std::string out;  // empty: the positions are printed
};

// What the command line names, read.
struct Inputs {
  v1::ModelConfig config;
  JsonValue document;  // the same configuration
  JsonValue input;
};

absl::StatusOr<JsonValue> ParseDocument(const std::string& name, const std::string& text,
                                        int64_t max_bytes) {
  JsonLimits limits;
  limits.max_bytes = max_bytes;
  JsonResult document = ReadJson(text, limits);
  if (document.ok()) return (*std::move(document)).root;
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": ", document.error().message, " (byte ", document.error().offset, ")"));
}

// NOT_FOUND if a file cannot be read.
absl::StatusOr<Inputs> ReadInputs(const PositionsOptions& options) {
  Inputs inputs;
  const auto source = ReadConfig(options.config, /*strict=*/false);
  if (!source.ok()) return source.status();
  inputs.config = source->config;
  const auto config_text = wire::ConfigJsonFromProto(inputs.config);
  if (!config_text.ok()) return config_text.status();
  auto document = ParseDocument(options.config, *config_text, JsonLimits().max_bytes);
  if (!document.ok()) return document.status();
  inputs.document = *std::move(document);
  const auto input_text = ReadText(options.input);
  if (!input_text.ok()) return input_text.status();
  auto input = ParseDocument(options.input, *input_text, kMaxInputBytes);
  if (!input.ok()) return input.status();
  inputs.input = *std::move(input);
  return inputs;
}

absl::StatusOr<v1::BuildPositionIdsResponse> Ask(const PositionsOptions& options,
                                                 const v1::BuildPositionIdsRequest& request) {
  return Visible(options.server.Connect().BuildPositionIds(request, options.server.call_options()));
}

absl::StatusOr<RopeIndex> IndexOf(const PositionsOptions& options, const Inputs& inputs,
                                  const PositionSettings& settings) {
  const auto arguments = ReadRopeIndexArguments(inputs.input, *settings.family);
  if (!arguments.ok()) return arguments.status();
  if (!options.server.is_used()) return BuildRopeIndex(settings, *arguments);
  absl::Status status = CheckArguments(*settings.family, settings.axes, *arguments);
  if (!status.ok()) return status;
  v1::BuildPositionIdsRequest request;
  *request.mutable_config() = inputs.config;
  *request.mutable_tokens() = wire::TokensToProto(*arguments, *settings.family);
  const auto response = Ask(options, request);
  if (!response.ok()) return response.status();
  return wire::RopeIndexFromProto(*response);
}

absl::StatusOr<VisionPositions> PatchesOf(const PositionsOptions& options, const Inputs& inputs,
                                          const VisionSettings& settings) {
  if (!options.server.is_used()) {
    const auto pictures = ReadVisionPictures(inputs.input, settings);
    if (!pictures.ok()) return pictures.status();
    return BuildVisionPositions(settings, *pictures);
  }
  auto pictures = wire::PicturesFromJson(inputs.input);
  if (!pictures.ok()) return pictures.status();
  v1::BuildPositionIdsRequest request;
  *request.mutable_config() = inputs.config;
  *request.mutable_pictures() = *std::move(pictures);
  const auto response = Ask(options, request);
  if (!response.ok()) return response.status();
  return wire::VisionPositionsFromProto(*response);
}

// Writes the file that --out names, and says so.
absl::Status WriteOut(const PositionsOptions& options,
                      const v1::BuildPositionIdsResponse& positions) {
  const v1::PositionIds& ids = positions.position_ids();
  absl::Status status = client::WritePositionFile(options.out, ids);
  if (!status.ok()) return status;
  std::vector<int64_t> shape = {ids.axes()};
  shape.insert(shape.end(), ids.shape().begin(), ids.shape().end());
  if (options.json) {
    JsonOutput json;
    json.Object([&] {
      json.Member("file", options.out);
      json.Member("shape", shape);
      json.Member("rope_deltas", positions.rope_deltas());
    });
    json.Print();
  } else {
    absl::PrintF("written  %s [%s]\n", options.out, absl::StrJoin(shape, ", "));
  }
  return absl::OkStatus();
}

absl::Status RunText(const PositionsOptions& options, const Inputs& inputs) {
  const auto settings = ReadPositionSettings(inputs.document);
  if (!settings.ok()) return settings.status();
  const auto index = IndexOf(options, inputs, *settings);
  if (!index.ok()) return index.status();
  if (!options.out.empty()) return WriteOut(options, wire::RopeIndexToProto(*index));
  if (options.json) {
    PrintPositionIdsJson(*index);
  } else {
    PrintPositionIdsText(settings->family->model_type, *index);
  }
  return absl::OkStatus();
}

absl::Status RunVision(const PositionsOptions& options, const Inputs& inputs) {
  const auto settings = ReadVisionSettings(inputs.document);
  if (!settings.ok()) return settings.status();
  const auto positions = PatchesOf(options, inputs, *settings);
  if (!positions.ok()) return positions.status();
  if (!options.out.empty()) return WriteOut(options, wire::VisionPositionsToProto(*positions));
  if (options.json) {
    PrintPositionIdsJson(*positions);
  } else {
    PrintPositionIdsText(settings->family->model_type, *positions);
  }
  return absl::OkStatus();
}

int RunPositions(const PositionsOptions& options) {
  const auto inputs = ReadInputs(options);
  if (!inputs.ok()) {
    if (!absl::IsNotFound(inputs.status())) return ReportStatus(options.json, inputs.status(), {});
    PrintError(options.json, "IO", inputs.status().message(), {});
    return kUsage;
  }
  const absl::Status status =
      options.vision ? RunVision(options, *inputs) : RunText(options, *inputs);
  return status.ok() ? kFine : ReportStatus(options.json, status, {});
}

}  // namespace

Command AddPositions(CLI::App* app) {
  const auto options = std::make_shared<PositionsOptions>();
  CLI::App* line = app->add_subcommand("positions", "Position ids for text with images and videos");
  AddOptionalServerOptions(line, &options->server);
  line->add_option("--config", options->config,
                   "config.json of the whole model; - is standard input")
      ->required();
  line->add_option("--input", options->input,
                   "JSON object with the arguments of the model's get_rope_index; - is standard "
                   "input")
      ->required();
  line->add_flag("--vision", options->vision,
                 "The patches of the vision tower; --input says how large the pictures are");
  line->add_option(
      "--out", options->out,
      "An .npy file [axes, rows, tokens] to write, for ropectl table --positions-file. "
      "Without it the positions are printed");
  AddJsonOption(line, &options->json);
  line->footer(
      "\ndocs/positions.md lists the families and their arguments.\n"
      "Example: ropectl positions --config config.json --input batch.json --out positions.npy\n"
      "         ropectl table --config config.json --positions-file positions.npy --out table.npz");
  return {line, [options] { return RunPositions(*options); }};
}

}  // namespace rope::ropectl

#include "client/ropectl/arguments/table_request.h"

#include <bit>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/files/position_file.h"
#include "client/ropectl/arguments/batch_file.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/output/error_report.h"
#include "core/json/json_reader.h"
#include "core/positions/vision/grid_positions.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"

namespace rope::ropectl {
namespace {

// Python's range(START, STOP, STEP); absent if it is empty or if there are more than three numbers.
std::optional<v1::PositionRange> MakeRange(const std::vector<int64_t>& numbers) {
  const int64_t step = numbers.size() == 3 ? numbers[2] : 1;
  int64_t distance = 0;
  if (numbers.size() > 3 || step == 0 ||
      __builtin_sub_overflow(numbers[1], numbers[0], &distance) || (distance > 0) != (step > 0) ||
      distance == 0) {
    return std::nullopt;
  }
  v1::PositionRange range;
  range.set_start(numbers[0]);
  range.set_count((distance - (step > 0 ? 1 : -1)) / step + 1);
  range.set_step(step);
  return range;
}

v1::TensorKind KindOf(const std::string& name) {
  if (name == "cos_sin") return v1::TENSOR_KIND_COS_SIN;
  return name == "sin" ? v1::TENSOR_KIND_SIN : v1::TENSOR_KIND_COS;
}

// The position axes of the model; 1 if the configuration is refused.
int64_t AxesOf(const v1::ModelConfig& config, const std::string& layer_type) {
  const auto reading = ReadByDialect(config);
  if (!reading.ok()) return 1;
  const DialectLayer* layer = reading->Find(layer_type);
  return layer != nullptr && layer->rope.ok() ? layer->rope->axes.count : 1;
}

// If the first dimension of a file is the number of axes of the model, the file has the positions
// of all axes. A configuration that is refused here is refused by the server, too, which says why.
void TakeAxes(const v1::ModelConfig& config, const std::string& layer_type, v1::PositionIds* ids) {
  if (ids->shape_size() < 2) return;
  const int64_t axes = AxesOf(config, layer_type);
  if (axes == 1 || axes != ids->shape(0)) return;
  ids->set_axes(static_cast<int32_t>(axes));
  ids->mutable_shape()->erase(ids->shape().begin());
}

// The positions of one picture, as the tower of the configuration has them.
absl::StatusOr<v1::PositionIds> GridPositionIds(const v1::ModelConfig& config,
                                                const std::vector<int64_t>& grid) {
  const auto text = wire::ConfigJsonFromProto(config);
  if (!text.ok()) return text.status();
  const JsonResult document = ReadJson(*text);
  if (!document.ok() || !document->root.is_object()) {
    return absl::InvalidArgumentError("--grid needs a configuration that is a JSON object");
  }
  const auto positions = BuildGridPositions(document->root, {grid[0], grid[1], grid[2]});
  if (!positions.ok()) return positions.status();
  v1::PositionIds ids;
  ids.set_axes(static_cast<int32_t>(positions->axes));
  static_assert(std::endian::native == std::endian::little);
  ids.set_float64_le(positions->values.data(), positions->values.size() * sizeof(double));
  return ids;
}

absl::StatusOr<v1::PositionIds> MakePositionIds(const TableOptions& options,
                                                const v1::ModelConfig& config) {
  if (!options.grid.empty()) return GridPositionIds(config, options.grid);
  auto ids = options.positions_file.empty() ? ParsePositions("--positions", options.positions)
                                            : client::ReadPositionFile(options.positions_file);
  if (ids.ok()) TakeAxes(config, options.resolution.layer_type, &*ids);
  return ids;
}

// Sets the positions, and the sequences of a batch.
absl::Status SetPositions(const TableOptions& options, v1::StreamEmbeddingsRequest* request) {
  const int given = (options.positions.empty() ? 0 : 1) + (options.positions_file.empty() ? 0 : 1) +
                    (options.grid.empty() ? 0 : 1) + (options.batch.empty() ? 0 : 1);
  if (given != 1) {
    return absl::InvalidArgumentError(
        "give one of --positions, --positions-file, --grid and --batch");
  }
  if (!options.batch.empty()) return ReadBatchFile(options.batch, request);
  auto ids = MakePositionIds(options, request->config());
  if (!ids.ok()) return ids.status();
  *request->mutable_position_ids() = *std::move(ids);
  return absl::OkStatus();
}

absl::StatusOr<v1::StreamEmbeddingsRequest> MakeRequest(const TableOptions& options,
                                                        const v1::ModelConfig& config) {
  v1::StreamEmbeddingsRequest request;
  *request.mutable_config() = config;
  request.mutable_config()->set_dialect(options.resolution.dialect);
  absl::Status status = SetPositions(options, &request);
  if (!status.ok()) return status;
  const Layout layout = *FindLayout(options.layout);
  request.set_layer_type(options.resolution.layer_type);
  if (options.resolution.seq_len.has_value()) request.set_seq_len(*options.resolution.seq_len);
  request.set_dtype(wire::DTypeToProto(*FindDType(options.dtype)));
  request.set_layout(wire::LayoutToProto(layout));
  request.set_numeric_profile(options.resolution.numeric_profile());
  for (const std::string& tensor : options.tensors) request.add_tensors(KindOf(tensor));
  if (options.tensors.empty()) {
    for (v1::TensorKind kind : wire::TensorsOf(layout)) request.add_tensors(kind);
  }
  request.set_negate_sin(options.negate_sin);
  request.set_omit_attention_factor(options.omit_attention_factor);
  request.set_chunk_bytes(options.chunk_bytes);
  return request;
}

// The configuration, or the spectrum as one.
absl::StatusOr<ConfigSource> ReadSource(const TableOptions& options) {
  if (options.spectrum.empty() && options.config.config.empty()) {
    return absl::InvalidArgumentError("give --config or --spectrum");
  }
  if (options.spectrum.empty()) return ReadConfig(options.config.config, options.config.strict);
  auto source = ReadConfig(options.spectrum, options.config.strict);
  if (!source.ok()) return source.status();
  return WithText(*source, absl::StrCat("{\"spectrum\":", source->text, "}"));
}

// --config, or --spectrum instead.
void AddSourceOptions(CLI::App* command, TableOptions* options) {
  AddConfigOptions(command, &options->config);
  options->config.config.clear();  // ReadSource reports that neither is given
  CLI::Option* config = command->get_option("--config");
  config->required(false);
  command
      ->add_option("--spectrum", options->spectrum,
                   "A file with a spectrum, the frequencies of several axes, instead of --config")
      ->excludes(config);
}

void AddPositionOptions(CLI::App* command, TableOptions* options) {
  auto* positions = command->add_option("--positions", options->positions,
                                        "START:STOP[:STEP] like Python's range, or P,P,...");
  command
      ->add_option("--positions-file", options->positions_file,
                   "An .npy file of int32, int64 or float64; its shape becomes the batch shape. "
                   "A model with several position axes takes [axes, ...]")
      ->excludes(positions);
  command
      ->add_option("--grid", options->grid,
                   "T,H,W: the positions of one picture of T frames with H rows and W columns of "
                   "patches, as the tower of the configuration has them")
      ->delimiter(',')
      ->expected(3)
      ->excludes(positions);
}

}  // namespace

absl::StatusOr<v1::PositionIds> ParsePositions(absl::string_view flag, const std::string& text) {
  const absl::Status bad = absl::InvalidArgumentError(absl::StrCat(
      flag, " must be START:STOP[:STEP] with at least one position, or P,P,..., not ", text));
  const bool is_range = text.find(':') != std::string::npos;
  std::vector<int64_t> numbers;
  for (absl::string_view part : absl::StrSplit(text, is_range ? ':' : ',')) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(part, &number)) return bad;
    numbers.push_back(number);
  }
  v1::PositionIds ids;
  if (is_range) {
    const auto range = MakeRange(numbers);
    if (!range.has_value()) return bad;
    *ids.mutable_range() = *range;
  } else {
    for (int64_t number : numbers) ids.mutable_list()->add_values(number);
  }
  return ids;
}

void AddTableOptions(CLI::App* command, TableOptions* options) {
  AddSourceOptions(command, options);
  AddResolutionOptions(command, &options->resolution);
  AddOverrideOptions(command, &options->overrides);
  AddPositionOptions(command, options);
  command->add_option("--dtype", options->dtype, "Number format")
      ->check(CLI::IsMember(Names(AllDTypes(), DTypeName)))
      ->capture_default_str();
  command->add_option("--layout", options->layout, "Arrangement of a row")
      ->check(CLI::IsMember(Names(AllLayouts(), LayoutName)))
      ->capture_default_str();
  command
      ->add_option("--tensors", options->tensors,
                   "Which tensors, separated by commas; without it all tensors of the layout")
      ->delimiter(',')
      ->check(CLI::IsMember({"cos", "sin", "cos_sin"}));
  command->add_flag("--negate-sin", options->negate_sin,
                    "Negate sin: the table of the inverse rotation");
  command->add_flag("--omit-attention-factor", options->omit_attention_factor,
                    "Do not multiply cos and sin by the attention factor");
  command->add_option("--chunk-bytes", options->chunk_bytes, "Bytes of one chunk; 0: 1 MiB")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

std::optional<v1::StreamEmbeddingsRequest> ReadTableRequest(const TableOptions& options,
                                                            bool json) {
  auto source = ReadSource(options);
  if (source.ok()) {
    absl::Status added =
        AddOverrides(options.overrides, options.resolution.layer_type, &source->config);
    if (!added.ok()) source = std::move(added);
  }
  if (!source.ok()) {
    const bool is_usage = absl::IsInvalidArgument(source.status());
    PrintError(json, is_usage ? "USAGE" : "IO", source.status().message(), {});
    return std::nullopt;
  }
  auto request = MakeRequest(options, source->config);
  if (!request.ok()) {
    PrintError(json, "USAGE", request.status().message(), {});
    return std::nullopt;
  }
  return *std::move(request);
}

}  // namespace rope::ropectl

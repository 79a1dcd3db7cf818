#include "client/ropectl/arguments/table_request.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/files/position_file.h"
#include "client/ropectl/arguments/batch_file.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/output/error_report.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
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

absl::StatusOr<v1::PositionIds> ParsePositions(const std::string& text) {
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("--positions must be START:STOP[:STEP] with at least one position, or P,P,..., "
                   "not ",
                   text));
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

v1::TensorKind KindOf(const std::string& name) {
  if (name == "cos_sin") return v1::TENSOR_KIND_COS_SIN;
  return name == "sin" ? v1::TENSOR_KIND_SIN : v1::TENSOR_KIND_COS;
}

// If the first dimension of a file is the number of axes of the model, the file has the positions
// of all axes. A configuration that is refused here is refused by the server, too, which says why.
void TakeAxes(const v1::ModelConfig& config, const std::string& layer_type, v1::PositionIds* ids) {
  if (ids->shape_size() < 2) return;
  std::vector<Finding> ignored;
  const auto report = ValidateLocally(config, &ignored);
  if (!report.ok()) return;
  const auto layer = LayerOf(*report, layer_type);
  if (!layer.ok() || layer->axes.count == 1 || layer->axes.count != ids->shape(0)) return;
  ids->set_axes(static_cast<int32_t>(layer->axes.count));
  ids->mutable_shape()->erase(ids->shape().begin());
}

// Sets the positions, and the sequences of a batch.
absl::Status SetPositions(const TableOptions& options, const v1::ModelConfig& config,
                          v1::StreamEmbeddingsRequest* request) {
  if (!options.batch.empty()) return ReadBatchFile(options.batch, request);
  if (options.positions.empty() == options.positions_file.empty()) {
    return absl::InvalidArgumentError("give either --positions or --positions-file");
  }
  auto ids = options.positions_file.empty() ? ParsePositions(options.positions)
                                            : client::ReadPositionFile(options.positions_file);
  if (!ids.ok()) return ids.status();
  TakeAxes(config, options.resolution.layer_type, &*ids);
  *request->mutable_position_ids() = *std::move(ids);
  return absl::OkStatus();
}

absl::StatusOr<v1::StreamEmbeddingsRequest> MakeRequest(const TableOptions& options,
                                                        const v1::ModelConfig& config) {
  v1::StreamEmbeddingsRequest request;
  absl::Status status = SetPositions(options, config, &request);
  if (!status.ok()) return status;
  const Layout layout = *FindLayout(options.layout);
  *request.mutable_config() = config;
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

}  // namespace

void AddTableOptions(CLI::App* command, TableOptions* options) {
  AddConfigOptions(command, &options->config);
  AddResolutionOptions(command, &options->resolution);
  auto* positions = command->add_option("--positions", options->positions,
                                        "START:STOP[:STEP] like Python's range, or P,P,...");
  command
      ->add_option("--positions-file", options->positions_file,
                   "An .npy file of int32, int64 or float64; its shape becomes the batch shape. "
                   "A model with several position axes takes [axes, ...]")
      ->excludes(positions);
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
  const auto source = ReadConfig(options.config.config, options.config.strict);
  if (!source.ok()) {
    PrintError(json, "IO", source.status().message(), {});
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

#include "client/ropectl/table_request.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/files/position_file.h"
#include "client/ropectl/config_source.h"
#include "client/ropectl/report.h"
#include "proto/wire/convert.h"

namespace rope::ropectl {
namespace {

// START:STOP[:STEP] or a comma-separated list.
absl::StatusOr<v1::PositionIds> ParsePositions(const std::string& text) {
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("--positions ", text,
                   ": START:STOP[:STEP] with at least one position, or P,P,... is needed"));
  const bool is_range = text.find(':') != std::string::npos;
  std::vector<int64_t> numbers;
  for (absl::string_view part : absl::StrSplit(text, is_range ? ':' : ',')) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(part, &number)) return bad;
    numbers.push_back(number);
  }
  v1::PositionIds ids;
  if (!is_range) {
    for (int64_t number : numbers) ids.mutable_list()->add_values(number);
    return ids;
  }
  const int64_t step = numbers.size() == 3 ? numbers[2] : 1;
  int64_t distance = 0;
  if (numbers.size() > 3 || step == 0 ||
      __builtin_sub_overflow(numbers[1], numbers[0], &distance) || (distance > 0) != (step > 0) ||
      distance == 0) {
    return bad;
  }
  ids.mutable_range()->set_start(numbers[0]);
  ids.mutable_range()->set_count((distance - (step > 0 ? 1 : -1)) / step + 1);
  ids.mutable_range()->set_step(step);
  return ids;
}

v1::TensorKind KindOf(const std::string& name) {
  if (name == "cos_sin") return v1::TENSOR_KIND_COS_SIN;
  return name == "sin" ? v1::TENSOR_KIND_SIN : v1::TENSOR_KIND_COS;
}

absl::StatusOr<v1::StreamEmbeddingsRequest> MakeRequest(const Options& options,
                                                        const v1::ModelConfig& config) {
  if (options.positions.empty() == options.positions_file.empty()) {
    return absl::InvalidArgumentError("one of --positions and --positions-file is needed");
  }
  auto ids = options.positions_file.empty() ? ParsePositions(options.positions)
                                            : client::ReadPositionFile(options.positions_file);
  if (!ids.ok()) return ids.status();
  v1::StreamEmbeddingsRequest request;
  *request.mutable_config() = config;
  request.set_layer_type(options.layer_type);
  *request.mutable_position_ids() = *std::move(ids);
  if (options.seq_len.has_value()) request.set_seq_len(*options.seq_len);
  request.set_dtype(wire::DTypeToProto(*FindDType(options.dtype)));
  request.set_layout(wire::LayoutToProto(*FindLayout(options.layout)));
  request.set_numeric_profile(wire::NumericProfileToProto(*FindNumericProfile(options.profile)));
  for (const std::string& tensor : options.tensors) request.add_tensors(KindOf(tensor));
  if (options.tensors.empty()) {
    if (IsJoined(*FindLayout(options.layout))) {
      request.add_tensors(v1::TENSOR_KIND_COS_SIN);
    } else {
      request.add_tensors(v1::TENSOR_KIND_COS);
      request.add_tensors(v1::TENSOR_KIND_SIN);
    }
  }
  request.set_negate_sin(options.negate_sin);
  request.set_omit_attention_factor(options.omit_attention_factor);
  request.set_chunk_bytes(options.chunk_bytes);
  return request;
}

}  // namespace

std::optional<v1::StreamEmbeddingsRequest> ReadTableRequest(const Options& options) {
  const auto source = ReadConfig(options.config, options.strict);
  if (!source.ok()) {
    PrintError(options.json, "IO", source.status().message(), {});
    return std::nullopt;
  }
  auto request = MakeRequest(options, source->config);
  if (!request.ok()) {
    PrintError(options.json, "USAGE", request.status().message(), {});
    return std::nullopt;
  }
  return *std::move(request);
}

}  // namespace rope::ropectl

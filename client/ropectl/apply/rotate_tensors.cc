#include "client/ropectl/apply/rotate_tensors.h"

#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/ropectl/arguments/local_config.h"
#include "core/plan/frequency_plan.h"
#include "core/rotation/apply_rotary.h"
#include "core/rotation/computed_table.h"
#include "core/table/position_ids.h"

namespace rope::ropectl {
namespace {

using client::SafetensorsFile;
using client::StoredTensor;

absl::Status Invalid(absl::string_view tensor, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("tensor \"", tensor, "\": ", problem));
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

const StoredTensor* Find(const SafetensorsFile& file, const std::string& name) {
  const auto found = file.tensors.find(name);
  return found == file.tensors.end() ? nullptr : &found->second;
}

absl::StatusOr<DType> DTypeOf(const std::string& name, const StoredTensor& tensor) {
  if (tensor.dtype == "F32") return DType::kFloat32;
  if (tensor.dtype == "F16") return DType::kFloat16;
  if (tensor.dtype == "BF16") return DType::kBFloat16;
  return Invalid(name, absl::StrCat("the dtype must be F32, F16 or BF16, not ", tensor.dtype));
}

// q or k, as a view of its data.
absl::StatusOr<HeadTensor> HeadsOf(const SafetensorsFile& file, const std::string& name) {
  const StoredTensor* const tensor = Find(file, name);
  if (tensor == nullptr) return Invalid(name, "is not in the file");
  const auto dtype = DTypeOf(name, *tensor);
  if (!dtype.ok()) return dtype.status();
  const std::vector<int64_t>& shape = tensor->shape;
  if (shape.size() != 4 || tensor->data.empty()) {
    return Invalid(name,
                   absl::StrCat("the shape must be [batch, heads, seq, dim] without a 0, not ",
                                ShapeText(shape)));
  }
  HeadTensor heads{*dtype, tensor->data.data(), shape[0], shape[1], shape[2], shape[3]};
  heads.seq_stride = heads.dim;
  heads.head_stride = heads.seq * heads.dim;
  heads.batch_stride = heads.heads * heads.head_stride;
  return heads;
}

// What q and k have in common.
struct Sizes {
  int64_t batch = 0;
  int64_t seq = 0;
};

// The rows of a tensor [seq, ...] or [batch, seq, ...], whose last `rest` dimensions are not rows:
// seq if each sequence has its own rows, 0 if they share them.
absl::StatusOr<int64_t> BatchRows(absl::string_view name, const std::vector<int64_t>& shape,
                                  size_t rest, const Sizes& sizes) {
  const size_t dimensions = shape.size() - rest;
  const bool has_batch = dimensions == 2;
  if (shape.size() >= rest && (dimensions == 1 || has_batch) &&
      shape[dimensions - 1] == sizes.seq &&
      (!has_batch || shape[0] == 1 || shape[0] == sizes.batch)) {
    return has_batch && shape[0] > 1 ? sizes.seq : 0;
  }
  const char* const width = rest == 0 ? "" : ", width";
  return Invalid(name,
                 absl::StrCat("the shape must be [", sizes.seq, width, "] or [", sizes.batch, ", ",
                              sizes.seq, width, "], as q and k have it, not ", ShapeText(shape)));
}

// The tables of the file; absent if it has neither cos nor sin.
absl::StatusOr<std::optional<RotaryTable>> GivenTable(const SafetensorsFile& file,
                                                      const FamilyRotation& family,
                                                      const Sizes& sizes) {
  const StoredTensor* const cos = Find(file, "cos");
  const StoredTensor* const sin = Find(file, "sin");
  if (cos == nullptr && sin == nullptr) return std::nullopt;
  if (cos == nullptr) return Invalid("cos", "is not in the file, but \"sin\" is");
  if (sin == nullptr) return Invalid("sin", "is not in the file, but \"cos\" is");
  const auto dtype = DTypeOf("cos", *cos);
  if (!dtype.ok()) return dtype.status();
  if (sin->dtype != cos->dtype || sin->shape != cos->shape) {
    return Invalid("sin", absl::StrCat("must have the dtype and the shape of \"cos\", ", cos->dtype,
                                       " ", ShapeText(cos->shape)));
  }
  const auto batch_rows = BatchRows("cos", cos->shape, 1, sizes);
  if (!batch_rows.ok()) return batch_rows.status();
  const auto table = ViewModelTable(family, *dtype, cos->data.data(), sin->data.data(),
                                    cos->shape.back(), *batch_rows);
  if (!table.ok()) return Invalid("cos", table.status().message());
  return *table;
}

// The positions in the file's order.
absl::StatusOr<PositionIds> ReadPositions(const StoredTensor& tensor, const Sizes& sizes,
                                          int64_t* batch_rows) {
  constexpr char kName[] = "position_ids";
  if (tensor.dtype != "I64") {
    return Invalid(kName, absl::StrCat("the dtype must be I64, not ", tensor.dtype));
  }
  std::vector<int64_t> positions(tensor.data.size() / sizeof(int64_t));
  if (!positions.empty()) std::memcpy(positions.data(), tensor.data.data(), tensor.data.size());
  std::vector<int64_t> shape = tensor.shape;
  const bool has_axes = shape.size() == 3;
  const int64_t axes = has_axes ? shape[0] : 1;
  if (has_axes) shape.erase(shape.begin());
  const auto rows = BatchRows(kName, shape, 0, sizes);
  if (!rows.ok()) return rows.status();
  if (positions.empty()) return Invalid(kName, "is empty");
  *batch_rows = *rows;
  // Equal axes are those of text, which every model takes.
  const size_t size = positions.size() / static_cast<size_t>(axes);
  bool equal = true;
  for (size_t i = size; i < positions.size(); ++i) equal &= positions[i] == positions[i % size];
  const std::vector<double> all(positions.begin(), positions.end());
  positions.resize(size);
  auto ids = equal ? PositionIds::List(std::move(positions)) : PositionIds::Axes(axes, all);
  if (!ids.ok()) return Invalid(kName, ids.status().message());
  return ids;
}

struct PositionTable {
  ComputedTable table;
  int64_t batch_rows = 0;
};

absl::StatusOr<PositionTable> ComputeTable(const SafetensorsFile& file,
                                           const LayerTypeConfig& layer, const Sizes& sizes,
                                           DType dtype) {
  const StoredTensor* const tensor = Find(file, "position_ids");
  if (tensor == nullptr) {
    return absl::InvalidArgumentError(
        "the file has neither \"cos\" and \"sin\" nor "
        "\"position_ids\"");
  }
  int64_t batch_rows = 0;
  const auto positions = ReadPositions(*tensor, sizes, &batch_rows);
  if (!positions.ok()) return positions.status();
  auto plan = MakeFrequencyPlan(*layer.config, NumericProfile::kHf, positions->seq_len(),
                                HfCallSite::kForward);
  if (!plan.ok()) return plan.status();
  if (layer.axes.count > 1) plan->axes = std::make_shared<const PositionAxes>(layer.axes);
  auto table = ComputedTable::Make(*plan, *positions, dtype);
  if (!table.ok()) return table.status();
  return PositionTable{*std::move(table), batch_rows};
}

// The first channel that rotates; absent if no request says so.
std::optional<int64_t> WindowOffset(const ModelConfigReport& report,
                                    const std::string& layer_type) {
  const LayerTypeConfig* const layer = report.Find(layer_type);
  return layer != nullptr ? layer->window_offset : std::nullopt;
}

// OK if the tables are as wide as the configuration says. Says nothing about a configuration of
// several layer types if none is named.
absl::Status CheckWidth(const ModelConfigReport& report, const std::string& layer_type,
                        const RotaryTable& table) {
  if (layer_type.empty() && report.layer_types.size() > 1) return absl::OkStatus();
  const auto layer = LayerOf(report, layer_type);
  if (!layer.ok()) return layer.status();
  const int64_t rotary_dim = layer->config->rotary_dim;
  if (rotary_dim == 2 * table.half_width) return absl::OkStatus();
  return Invalid("cos", absl::StrCat("has rows for ", 2 * table.half_width,
                                     " channels, but the configuration rotates ", rotary_dim));
}

// Adds the rotated tensor to the result.
absl::Status RotateOne(const std::string& name, const SafetensorsFile& input, bool inverse,
                       std::optional<int64_t> offset, const RotaryTable& table,
                       RotatedTensors* result) {
  const auto in = HeadsOf(input, name);
  if (!in.ok()) return in.status();
  const auto rotation = MakeRotation(result->family, table.half_width, in->dim, inverse, offset);
  if (!rotation.ok()) return Invalid(name, rotation.status().message());
  StoredTensor& stored = result->file.tensors[name];
  stored = input.tensors.at(name);
  const MutableHeadTensor out{
      in->dtype, stored.data.data(), in->batch,       in->heads,     in->seq,
      in->dim,   in->batch_stride,   in->head_stride, in->seq_stride};
  if (name == "q") result->rotation = *rotation;
  return ApplyRotary(*rotation, table, *in, out);
}

}  // namespace

absl::StatusOr<RotatedTensors> RotateTensors(const ModelConfigReport& report,
                                             const JsonValue& document,
                                             const std::string& layer_type, bool inverse,
                                             const client::SafetensorsFile& input) {
  const auto q = HeadsOf(input, "q");
  if (!q.ok()) return q.status();
  const auto k = HeadsOf(input, "k");
  if (!k.ok()) return k.status();
  if (k->dtype != q->dtype || k->batch != q->batch || k->seq != q->seq) {
    return Invalid("k", "must have the dtype, the batch and the seq of \"q\"");
  }
  RotatedTensors result;
  result.family = RotationOfFamily(report.family, report.text_model_path, document);
  const Sizes sizes{q->batch, q->seq};
  const auto given = GivenTable(input, result.family, sizes);
  if (!given.ok()) return given.status();

  std::optional<PositionTable> computed;
  RotaryTable table;
  if (given->has_value()) {
    result.tables_given = true;
    table = **given;
    if (absl::Status status = CheckWidth(report, layer_type, table); !status.ok()) return status;
  } else {
    const auto layer = LayerOf(report, layer_type);
    if (!layer.ok()) return layer.status();
    const DType dtype = result.family.float32_tables ? DType::kFloat32 : q->dtype;
    auto made = ComputeTable(input, *layer, sizes, dtype);
    if (!made.ok()) return made.status();
    computed = *std::move(made);
    table = computed->table.View(computed->batch_rows);
  }
  result.rotated_channels = 2 * table.half_width;
  const std::optional<int64_t> offset = WindowOffset(report, layer_type);
  for (const char* const name : {"q", "k"}) {
    absl::Status status = RotateOne(name, input, inverse, offset, table, &result);
    if (!status.ok()) return status;
  }
  return result;
}

}  // namespace rope::ropectl

#include "server/rpc/rotation/rotation_setup.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/table/table_rows.h"
#include "proto/wire/convert.h"

namespace rope::server {
namespace {

absl::Status Bad(const std::string& field, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(field, " ", problem));
}

absl::Status CheckRotatable(const std::string& field, DType dtype) {
  if (dtype != DType::kFloat64) return absl::OkStatus();
  return Bad(field, "must be float32, float16 or bfloat16, not float64");
}

std::optional<HeadOrder> OrderFromProto(v1::HeadOrder order) {
  switch (order) {
    case v1::HEAD_ORDER_UNSPECIFIED:
    case v1::HEAD_ORDER_BATCH_HEADS_SEQ:
      return HeadOrder::kBatchHeadsSeq;
    case v1::HEAD_ORDER_BATCH_SEQ_HEADS:
      return HeadOrder::kBatchSeqHeads;
    case v1::HEAD_ORDER_HEADS_BATCH_SEQ:
      return HeadOrder::kHeadsBatchSeq;
    case v1::HEAD_ORDER_HEADS_SEQ_BATCH:
      return HeadOrder::kHeadsSeqBatch;
    case v1::HEAD_ORDER_SEQ_BATCH_HEADS:
      return HeadOrder::kSeqBatchHeads;
    case v1::HEAD_ORDER_SEQ_HEADS_BATCH:
      return HeadOrder::kSeqHeadsBatch;
    default:
      return std::nullopt;
  }
}

std::optional<Pairing> PairingFromProto(v1::ChannelPairing pairing) {
  switch (pairing) {
    case v1::CHANNEL_PAIRING_UNSPECIFIED:
    case v1::CHANNEL_PAIRING_HALF_SPLIT:
      return Pairing::kHalfSplit;
    case v1::CHANNEL_PAIRING_INTERLEAVED:
      return Pairing::kInterleaved;
    case v1::CHANNEL_PAIRING_DEINTERLEAVE:
      return Pairing::kDeinterleave;
    default:
      return std::nullopt;
  }
}

std::optional<Arithmetic> ArithmeticFromProto(v1::RotationArithmetic arithmetic) {
  switch (arithmetic) {
    case v1::ROTATION_ARITHMETIC_UNSPECIFIED:
    case v1::ROTATION_ARITHMETIC_PROMOTED:
      return Arithmetic::kPromoted;
    case v1::ROTATION_ARITHMETIC_FLOAT32:
      return Arithmetic::kFloat32;
    case v1::ROTATION_ARITHMETIC_COMPLEX:
      return Arithmetic::kComplex;
    default:
      return std::nullopt;
  }
}

// One tensor. Adds its size to `bytes`.
absl::StatusOr<DenseHeads> ReadTensor(const std::string& path, const v1::HeadTensor& message,
                                      DType dtype, int64_t* bytes) {
  const std::pair<const char*, int64_t> sizes[] = {{"batch", message.batch()},
                                                   {"heads", message.heads()},
                                                   {"seq", message.seq()},
                                                   {"dim", message.dim()}};
  int64_t product = static_cast<int64_t>(DTypeSize(dtype));
  for (const auto& [name, size] : sizes) {
    if (size < 1) {
      return Bad(absl::StrCat(path, ".", name), absl::StrCat("must be at least 1, not ", size));
    }
    if (__builtin_mul_overflow(product, size, &product)) {
      return Bad(path, "is too large: its size in bytes does not fit 64 bits");
    }
  }
  if (message.dim() > engine::Limits::kMaxHeadDim) {
    return Bad(path + ".dim",
               absl::StrCat("must be 1 to ", engine::Limits::kMaxHeadDim, ", not ", message.dim()));
  }
  const auto order = OrderFromProto(message.order());
  if (!order.has_value()) {
    return Bad(path + ".order", absl::StrCat("must be a value of HeadOrder, not ",
                                             static_cast<int>(message.order())));
  }
  if (__builtin_add_overflow(*bytes, product, bytes)) {
    return Bad("tensors", "are too large: their size in bytes does not fit 64 bits");
  }
  return DenseHeads{dtype, message.batch(), message.heads(), message.seq(), message.dim(), *order};
}

std::string ShapeText(const google::protobuf::RepeatedField<int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

}  // namespace

absl::StatusOr<std::vector<DenseHeads>> TensorsOf(const v1::RotationSetup& setup,
                                                  const engine::Limits& limits) {
  const auto dtype = wire::DTypeFromProto(setup.dtype());
  if (!dtype.ok()) return dtype.status();
  if (absl::Status status = CheckRotatable("dtype", *dtype); !status.ok()) return status;
  if (setup.tensors_size() < 1 || setup.tensors_size() > kMaxHeadTensors) {
    return Bad("tensors", absl::StrCat("must have 1 to ", kMaxHeadTensors, " entries, not ",
                                       setup.tensors_size()));
  }
  std::vector<DenseHeads> tensors;
  int64_t bytes = 0;
  for (int i = 0; i < setup.tensors_size(); ++i) {
    const std::string path = absl::StrCat("tensors[", i, "]");
    const auto tensor = ReadTensor(path, setup.tensors(i), *dtype, &bytes);
    if (!tensor.ok()) return tensor.status();
    tensors.push_back(*tensor);
    if (tensor->batch != tensors[0].batch || tensor->seq != tensors[0].seq) {
      return Bad(path, "must have the batch and the seq of tensors[0]");
    }
  }
  if (bytes <= limits.max_answer_bytes) return tensors;
  return absl::ResourceExhaustedError(absl::StrCat(
      "tensors have ", bytes, " bytes; this server answers at most ", limits.max_answer_bytes));
}

absl::StatusOr<FamilyRotation> RuleFromProto(const v1::RotationRule& rule, v1::Layout layout) {
  FamilyRotation family;
  const auto pairing = PairingFromProto(rule.pairing());
  if (!pairing.has_value()) return Bad("rule.pairing", "must be a value of ChannelPairing");
  family.pairing = *pairing;
  const auto arithmetic = ArithmeticFromProto(rule.arithmetic());
  if (!arithmetic.has_value()) {
    return Bad("rule.arithmetic", "must be a value of RotationArithmetic");
  }
  family.arithmetic = *arithmetic;
  if (family.arithmetic == Arithmetic::kComplex && family.pairing != Pairing::kInterleaved) {
    return Bad("rule.pairing", "must be CHANNEL_PAIRING_INTERLEAVED for complex numbers");
  }
  if (rule.last_channels() && rule.first_channel() != 0) {
    return Bad("rule.first_channel", "must be 0 with last_channels");
  }
  if (rule.last_channels()) family.channels = FamilyRotation::Channels::kLast;
  family.float32_tables = rule.float32_tables();
  switch (layout) {
    case v1::LAYOUT_UNSPECIFIED:
    case v1::LAYOUT_HALF_SPLIT:
      return family;
    case v1::LAYOUT_INTERLEAVED:
      family.row = FamilyRotation::Row::kInterleaved;
      return family;
    case v1::LAYOUT_COMPACT:
      family.row = FamilyRotation::Row::kCompact;
      return family;
    default:
      return Bad("tables.layout", "must be half_split, interleaved or compact");
  }
}

absl::StatusOr<RotaryTable> ViewGivenTables(const v1::GivenTables& tables,
                                            const FamilyRotation& family,
                                            const DenseHeads& tensor) {
  const auto dtype = wire::DTypeFromProto(tables.dtype());
  if (!dtype.ok()) return dtype.status();
  if (absl::Status status = CheckRotatable("tables.dtype", *dtype); !status.ok()) return status;
  const auto& shape = tables.shape();
  const bool has_batch = shape.size() == 3;
  if ((shape.size() != 2 && !has_batch) || shape[shape.size() - 2] != tensor.seq ||
      (has_batch && shape[0] != 1 && shape[0] != tensor.batch)) {
    return Bad("tables.shape", absl::StrCat("must be [", tensor.seq, ", width] or [", tensor.batch,
                                            ", ", tensor.seq, ", width], as the tensors have it, ",
                                            "not ", ShapeText(shape)));
  }
  const int64_t width = shape[shape.size() - 1];
  const int64_t batch = has_batch ? shape[0] : 1;
  auto view = ViewModelTable(family, *dtype, tables.cos().data(), tables.sin().data(), width,
                             batch > 1 ? tensor.seq : 0);
  if (!view.ok()) return Bad("tables.shape", absl::StrCat("is wrong: ", view.status().message()));
  // No overflow: the width is small, and batch and seq are those of a tensor with a size.
  const int64_t bytes = batch * tensor.seq * width * static_cast<int64_t>(DTypeSize(*dtype));
  for (const auto& [name, data] :
       {std::pair("cos", &tables.cos()), std::pair("sin", &tables.sin())}) {
    if (static_cast<int64_t>(data->size()) == bytes) continue;
    return Bad(
        absl::StrCat("tables.", name),
        absl::StrCat("must have ", bytes, " bytes, as dtype and shape say, not ", data->size()));
  }
  return view;
}

v1::ChannelPairing PairingToProto(Pairing pairing) {
  switch (pairing) {
    case Pairing::kInterleaved:
      return v1::CHANNEL_PAIRING_INTERLEAVED;
    case Pairing::kDeinterleave:
      return v1::CHANNEL_PAIRING_DEINTERLEAVE;
    case Pairing::kHalfSplit:
      break;
  }
  return v1::CHANNEL_PAIRING_HALF_SPLIT;
}

v1::RotationArithmetic ArithmeticToProto(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::kFloat32:
      return v1::ROTATION_ARITHMETIC_FLOAT32;
    case Arithmetic::kComplex:
      return v1::ROTATION_ARITHMETIC_COMPLEX;
    case Arithmetic::kPromoted:
      break;
  }
  return v1::ROTATION_ARITHMETIC_PROMOTED;
}

}  // namespace rope::server

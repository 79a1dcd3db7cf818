#include "client/ropectl/apply/apply_remotely.h"

#include <cstddef>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "rope/v1/rotation.pb.h"

namespace rope::ropectl {
namespace {

using client::SafetensorsFile;
using client::StoredTensor;

constexpr const char* kNames[] = {"q", "k"};

absl::Status Invalid(absl::string_view tensor, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("tensor \"", tensor, "\": ", problem));
}

const StoredTensor* Find(const SafetensorsFile& file, const std::string& name) {
  const auto found = file.tensors.find(name);
  return found == file.tensors.end() ? nullptr : &found->second;
}

absl::string_view BytesOf(const StoredTensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size()};
}

// UNSPECIFIED for a dtype that no server rotates.
v1::DType DTypeOf(const StoredTensor& tensor) {
  if (tensor.dtype == "F32") return v1::D_TYPE_FLOAT32;
  if (tensor.dtype == "F16") return v1::D_TYPE_FLOAT16;
  return tensor.dtype == "BF16" ? v1::D_TYPE_BFLOAT16 : v1::D_TYPE_UNSPECIFIED;
}

absl::Status AddHeads(const SafetensorsFile& input, const std::string& name,
                      v1::RotationSetup* setup) {
  const StoredTensor* const tensor = Find(input, name);
  if (tensor == nullptr) return Invalid(name, "is not in the file");
  if (tensor->shape.size() != 4 || tensor->data.empty()) {
    return Invalid(name, "the shape must be [batch, heads, seq, dim] without a 0");
  }
  const v1::DType dtype = DTypeOf(*tensor);
  if (dtype == v1::D_TYPE_UNSPECIFIED) {
    return Invalid(name, absl::StrCat("the dtype must be F32, F16 or BF16, not ", tensor->dtype));
  }
  if (setup->tensors_size() > 0 && dtype != setup->dtype()) {
    return Invalid(name, "must have the dtype of \"q\"");
  }
  setup->set_dtype(dtype);
  v1::HeadTensor& heads = *setup->add_tensors();
  heads.set_batch(tensor->shape[0]);
  heads.set_heads(tensor->shape[1]);
  heads.set_seq(tensor->shape[2]);
  heads.set_dim(tensor->shape[3]);
  return absl::OkStatus();
}

absl::Status AddTables(const StoredTensor& cos, const SafetensorsFile& input,
                       v1::RotationSetup* setup) {
  const StoredTensor* const sin = Find(input, "sin");
  if (sin == nullptr) return Invalid("sin", "is not in the file, but \"cos\" is");
  if (sin->dtype != cos.dtype || sin->shape != cos.shape) {
    return Invalid("sin", "must have the dtype and the shape of \"cos\"");
  }
  if (DTypeOf(cos) == v1::D_TYPE_UNSPECIFIED) {
    return Invalid("cos", absl::StrCat("the dtype must be F32, F16 or BF16, not ", cos.dtype));
  }
  v1::GivenTables& tables = *setup->mutable_tables();
  tables.set_dtype(DTypeOf(cos));
  tables.mutable_shape()->Add(cos.shape.begin(), cos.shape.end());
  tables.set_cos(BytesOf(cos).data(), cos.data.size());
  tables.set_sin(BytesOf(*sin).data(), sin->data.size());
  return absl::OkStatus();
}

// Positions [seq], [batch, seq] or [axes, batch, seq]. Equal axes are those of text, which every
// model takes as one.
absl::Status AddPositions(const StoredTensor& tensor, v1::RotationSetup* setup) {
  if (tensor.dtype != "I64") {
    return Invalid("position_ids", absl::StrCat("the dtype must be I64, not ", tensor.dtype));
  }
  if (tensor.data.empty()) return Invalid("position_ids", "is empty");
  absl::string_view bytes = BytesOf(tensor);
  const auto axes = static_cast<size_t>(tensor.shape.size() == 3 ? tensor.shape[0] : 1);
  const size_t axis_bytes = bytes.size() / axes;
  bool equal = true;
  for (size_t axis = 1; axis < axes; ++axis) {
    equal = equal && bytes.substr(axis * axis_bytes, axis_bytes) == bytes.substr(0, axis_bytes);
  }
  if (equal) bytes = bytes.substr(0, axis_bytes);
  v1::PositionIds& ids = *setup->mutable_position_ids();
  ids.set_int64_le(bytes.data(), bytes.size());
  if (!equal) ids.set_axes(static_cast<int32_t>(axes));
  return absl::OkStatus();
}

absl::StatusOr<v1::RotationSetup> MakeSetup(const RemoteRotation& rotation,
                                            const SafetensorsFile& input) {
  v1::RotationSetup setup;
  *setup.mutable_config() = rotation.config;
  setup.set_layer_type(rotation.layer_type);
  setup.set_inverse(rotation.inverse);
  for (const char* name : kNames) {
    if (absl::Status status = AddHeads(input, name, &setup); !status.ok()) return status;
  }
  const StoredTensor* const cos = Find(input, "cos");
  const StoredTensor* const positions = Find(input, "position_ids");
  absl::Status status;
  if (cos != nullptr) {
    status = AddTables(*cos, input, &setup);
  } else if (Find(input, "sin") != nullptr) {
    status = Invalid("cos", "is not in the file, but \"sin\" is");
  } else if (positions != nullptr) {
    status = AddPositions(*positions, &setup);
  } else {
    status =
        absl::InvalidArgumentError("the file has neither \"cos\" and \"sin\" nor \"position_ids\"");
  }
  if (!status.ok()) return status;
  return setup;
}

Pairing PairingOf(v1::ChannelPairing pairing) {
  if (pairing == v1::CHANNEL_PAIRING_INTERLEAVED) return Pairing::kInterleaved;
  if (pairing == v1::CHANNEL_PAIRING_DEINTERLEAVE) return Pairing::kDeinterleave;
  return Pairing::kHalfSplit;
}

Arithmetic ArithmeticOf(v1::RotationArithmetic arithmetic) {
  if (arithmetic == v1::ROTATION_ARITHMETIC_FLOAT32) return Arithmetic::kFloat32;
  if (arithmetic == v1::ROTATION_ARITHMETIC_COMPLEX) return Arithmetic::kComplex;
  return Arithmetic::kPromoted;
}

}  // namespace

absl::StatusOr<RotatedTensors> RotateRemotely(const ServerOptions& server,
                                              const RemoteRotation& rotation,
                                              const SafetensorsFile& input, v1::Reading* reading,
                                              std::vector<Finding>* findings) {
  const auto setup = MakeSetup(rotation, input);
  if (!setup.ok()) return setup.status();
  std::vector<absl::string_view> tensors;
  for (const char* name : kNames) tensors.push_back(BytesOf(input.tensors.at(name)));
  const auto answer =
      server.Connect().ApplyRotary(*setup, tensors, server.call_options(), findings);
  if (!answer.ok()) return answer.status();

  const v1::RotationHeader& header = answer->header;
  *reading = header.reading();
  RotatedTensors rotated;
  rotated.rotation.pairing = PairingOf(header.pairing());
  rotated.rotation.arithmetic = ArithmeticOf(header.arithmetic());
  rotated.rotation.inverse = header.negative_angle();
  rotated.rotation.offset = header.first_channels().empty() ? 0 : header.first_channels(0);
  rotated.rotated_channels = header.rotated_channels();
  rotated.tables_given = setup->has_tables();
  for (size_t i = 0; i < tensors.size(); ++i) {
    StoredTensor& stored = rotated.file.tensors[kNames[i]];
    stored = input.tensors.at(kNames[i]);
    // The client has checked that the sizes are equal.
    std::memcpy(stored.data.data(), answer->tensors[i].data(), stored.data.size());
  }
  return rotated;
}

}  // namespace rope::ropectl

#include "server/rpc/messages/embeddings_request.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::server {
namespace {

absl::StatusOr<v1::StreamEmbeddingsRequest> Parse(const grpc::ByteBuffer& bytes,
                                                  int64_t max_bytes) {
  if (static_cast<int64_t>(bytes.Length()) > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the request has ", bytes.Length(), " bytes; this server accepts at most ", max_bytes));
  }
  grpc::ByteBuffer shared(bytes);  // shares the slices; the reader consumes its buffer
  grpc::ProtoBufferReader reader(&shared);
  v1::StreamEmbeddingsRequest request;
  if (!reader.status().ok() || !request.ParseFromZeroCopyStream(&reader)) {
    return absl::InvalidArgumentError("the request is not a StreamEmbeddingsRequest message");
  }
  return request;
}

absl::StatusOr<int64_t> ChunkBytes(int64_t stated, const engine::Limits& limits) {
  if (stated == 0) return limits.default_chunk_bytes;
  if (stated >= limits.min_chunk_bytes && stated <= limits.max_chunk_bytes) return stated;
  return absl::InvalidArgumentError(absl::StrCat("chunk_bytes must be ", limits.min_chunk_bytes,
                                                 " to ", limits.max_chunk_bytes, ", or 0 for ",
                                                 limits.default_chunk_bytes, ", not ", stated));
}

bool HasTensor(Layout layout, v1::TensorKind kind) {
  if (IsJoined(layout)) return kind == v1::TENSOR_KIND_COS_SIN;
  return kind == v1::TENSOR_KIND_COS || kind == v1::TENSOR_KIND_SIN;
}

// The requested tensors; all tensors of the layout if the request names none.
absl::StatusOr<std::vector<v1::TensorKind>> Tensors(const v1::StreamEmbeddingsRequest& request,
                                                    Layout layout) {
  if (request.tensors_size() == 0) return wire::TensorsOf(layout);
  std::vector<v1::TensorKind> tensors;
  for (int i = 0; i < request.tensors_size(); ++i) {
    const v1::TensorKind kind = request.tensors(i);
    if (!HasTensor(layout, kind) ||
        std::find(tensors.begin(), tensors.end(), kind) != tensors.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensors[", i, "] is ", static_cast<int>(kind), "; layout ", LayoutName(layout), " has ",
          IsJoined(layout) ? "TENSOR_KIND_COS_SIN" : "TENSOR_KIND_COS and TENSOR_KIND_SIN",
          ", and a request names each at most once"));
    }
    tensors.push_back(kind);
  }
  return tensors;
}

// What the request states about the frequencies. Its positions are not looked at.
engine::ResolveOptions ResolveOptionsOf(const v1::StreamEmbeddingsRequest& request,
                                        NumericProfile profile) {
  engine::ResolveOptions resolve;
  resolve.layer_type = request.layer_type();
  if (request.has_seq_len()) resolve.seq_len = request.seq_len();
  resolve.profile = profile;
  resolve.call_site = HfCallSite::kForward;
  resolve.strict = request.config().strict();
  resolve.omit_attention_factor = request.omit_attention_factor();
  resolve.overrides = wire::OverridesFromProto(request.config());
  resolve.dialect = request.config().dialect();
  resolve.seq_len_is_stated = request.has_seq_len();
  return resolve;
}

}  // namespace

absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const grpc::ByteBuffer& bytes,
                                                        const engine::Limits& limits) {
  const auto request = Parse(bytes, limits.max_request_bytes);
  if (!request.ok()) return request.status();
  return ReadEmbeddingsRequest(*request, limits);
}

absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const v1::StreamEmbeddingsRequest& request,
                                                        const engine::Limits& limits) {
  const auto dtype = wire::DTypeFromProto(request.dtype());
  if (!dtype.ok()) return dtype.status();
  const auto layout = wire::LayoutFromProto(request.layout());
  if (!layout.ok()) return layout.status();
  const auto profile = wire::NumericProfileFromProto(request.numeric_profile());
  if (!profile.ok()) return profile.status();
  const auto chunk_bytes = ChunkBytes(request.chunk_bytes(), limits);
  if (!chunk_bytes.ok()) return chunk_bytes.status();
  const TableForm form{*dtype, *layout, request.negate_sin()};
  if (absl::Status status = CheckForm(form, *profile); !status.ok()) return status;
  auto tensors = Tensors(request, *layout);
  if (!tensors.ok()) return tensors.status();
  auto config_json = wire::ConfigJsonFromProto(request.config());
  if (!config_json.ok()) return config_json.status();
  auto positions = wire::PositionIdsFromProto(request.position_ids(), limits.max_rows);
  if (!positions.ok()) return positions.status();
  if (request.first_row() < 0 || request.first_row() >= positions->size()) {
    return absl::InvalidArgumentError(absl::StrCat("first_row must be 0 to ", positions->size() - 1,
                                                   ", not ", request.first_row()));
  }

  const auto& dimensions = request.position_ids().shape();
  std::vector<int64_t> shape(dimensions.begin(), dimensions.end());
  if (shape.empty()) shape.push_back(positions->size());
  engine::ResolveOptions resolve = ResolveOptionsOf(request, *profile);
  if (!resolve.seq_len.has_value()) resolve.seq_len = positions->seq_len();
  return EmbeddingsRequest{*std::move(config_json),
                           std::move(resolve),
                           *std::move(positions),
                           std::move(shape),
                           form,
                           *std::move(tensors),
                           *chunk_bytes,
                           request.first_row(),
                           request.omit_checksums()};
}

}  // namespace rope::server

#include "server/rpc/messages/embeddings_request.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "proto/wire/config_hash.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "rope/v1/embeddings.pb.h"
#include "server/rpc/messages/raw_message.h"
#include "server/rpc/messages/resolve_options.h"

namespace rope::server {
namespace {

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
engine::ResolveOptions OptionsOfRequest(const v1::StreamEmbeddingsRequest& request,
                                        NumericProfile profile) {
  engine::ResolveOptions resolve = ResolveOptionsOf(request.config());
  resolve.layer_type = request.layer_type();
  if (request.has_seq_len()) resolve.seq_len = request.seq_len();
  resolve.profile = profile;
  resolve.call_site = HfCallSite::kForward;
  resolve.omit_attention_factor = request.omit_attention_factor();
  resolve.seq_len_is_stated = request.has_seq_len();
  return resolve;
}

// The sequences of a batch, each with its length. Empty if the request has none.
absl::StatusOr<std::vector<engine::SequenceRows>> Sequences(
    const v1::StreamEmbeddingsRequest& request, const PositionIds& positions) {
  std::vector<engine::SequenceRows> sequences;
  const auto bad = [&](const auto&... what) {
    return absl::InvalidArgumentError(absl::StrCat(what...));
  };
  if (request.sequences_size() == 0) return sequences;
  if (request.sequences_size() > kMaxSequences) {
    return bad("sequences must have at most ", kMaxSequences, " entries, not ",
               request.sequences_size());
  }
  if (request.has_seq_len()) {
    return bad("seq_len must be absent beside sequences, each of which has its own");
  }
  int64_t end = 0;
  for (int i = 0; i < request.sequences_size(); ++i) {
    const v1::SequenceSlice& slice = request.sequences(i);
    if (slice.rows() < 1 || slice.rows() > positions.size() - end) {
      return bad("sequences[", i, "].rows must be 1 to the number of positions that are left, ",
                 positions.size() - end, ", not ", slice.rows());
    }
    if (slice.has_seq_len() && (slice.seq_len() < 1 || slice.seq_len() > kMaxPosition + 1)) {
      return bad("sequences[", i, "].seq_len must be 1 to ", kMaxPosition + 1, ", not ",
                 slice.seq_len());
    }
    const int64_t seq_len =
        slice.has_seq_len() ? slice.seq_len() : positions.SeqLenOfRows(end, slice.rows());
    sequences.push_back({slice.rows(), seq_len, slice.has_seq_len()});
    end += slice.rows();
  }
  if (end == positions.size()) return sequences;
  return bad("the rows of sequences must add up to the number of positions, ", positions.size(),
             ", not ", end);
}

// The length of the first sequence: the stated one, or the one that its positions imply.
int64_t SeqLen(const v1::StreamEmbeddingsRequest& request, const PositionIds& positions,
               const std::vector<engine::SequenceRows>& sequences) {
  if (!sequences.empty()) return sequences.front().seq_len;
  return request.has_seq_len() ? request.seq_len() : positions.seq_len();
}

// The shape that the request states, or one dimension.
std::vector<int64_t> Shape(const v1::PositionIds& ids, int64_t rows) {
  if (ids.shape().empty()) return {rows};
  return {ids.shape().begin(), ids.shape().end()};
}

absl::Status CheckFirstRow(int64_t first_row, int64_t rows) {
  if (first_row >= 0 && first_row < rows) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("first_row must be 0 to ", rows - 1, ", not ", first_row));
}

}  // namespace

absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const grpc::ByteBuffer& bytes,
                                                        const engine::Limits& limits) {
  const auto request = ParseMessage<v1::StreamEmbeddingsRequest>(bytes, limits.max_request_bytes);
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
  absl::Status status = CheckFirstRow(request.first_row(), positions->size());
  if (!status.ok()) return status;
  auto sequences = Sequences(request, *positions);
  if (!sequences.ok()) return sequences.status();

  std::vector<int64_t> shape = Shape(request.position_ids(), positions->size());
  engine::ResolveOptions resolve = OptionsOfRequest(request, *profile);
  resolve.seq_len = SeqLen(request, *positions, *sequences);
  if (!sequences->empty()) resolve.seq_len_is_stated = sequences->front().seq_len_is_stated;
  return EmbeddingsRequest{*std::move(config_json),
                           wire::ConfigHash(request.config()),
                           std::move(resolve),
                           *std::move(positions),
                           *std::move(sequences),
                           std::move(shape),
                           form,
                           *std::move(tensors),
                           *chunk_bytes,
                           request.first_row(),
                           request.omit_checksums()};
}

}  // namespace rope::server

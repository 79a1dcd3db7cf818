#include "client/sequence_batch.h"

#include <cstddef>

namespace rope::client {

void AddSequence(absl::Span<const int64_t> positions, std::optional<int64_t> seq_len,
                 v1::StreamEmbeddingsRequest* request) {
  request->mutable_position_ids()->mutable_list()->mutable_values()->Add(positions.begin(),
                                                                         positions.end());
  v1::SequenceSlice& slice = *request->add_sequences();
  slice.set_rows(static_cast<int64_t>(positions.size()));
  if (seq_len.has_value()) slice.set_seq_len(*seq_len);
}

absl::string_view RowsOfSequence(const Tensor& tensor, const v1::StreamEmbeddingsRequest& request,
                                 int index) {
  int64_t first = 0;
  int64_t all = 0;
  for (int i = 0; i < request.sequences_size(); ++i) {
    if (i == index) first = all;
    all += request.sequences(i).rows();
  }
  if (all == 0) return "";
  const int64_t row_bytes = tensor.byte_size / all;
  return tensor.bytes().substr(static_cast<size_t>(first * row_bytes),
                               static_cast<size_t>(request.sequences(index).rows() * row_bytes));
}

}  // namespace rope::client

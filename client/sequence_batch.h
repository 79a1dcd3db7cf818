// Batches: tables of many sequences in one request, for example the next token of each sequence
// that an engine decodes.
//
//   rope::v1::StreamEmbeddingsRequest request;
//   for (const Sequence& one : running) AddSequence({one.length}, one.length + 1, &request);
//   auto table = client.FetchTable(request);
//   absl::string_view cos = RowsOfSequence(table->tensors[0], request, 0);
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/table.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// Adds a sequence to the batch of `request`: its positions, at least one, and the sequence length
// that chooses its frequencies; absent: its largest position plus 1. REQUIRES that the request has
// no positions but those of earlier calls.
void AddSequence(absl::Span<const int64_t> positions, std::optional<int64_t> seq_len,
                 v1::StreamEmbeddingsRequest* request);

// The rows of sequence `index` in a tensor of the answer to `request`; valid as long as the tensor.
// REQUIRES that the request has such a sequence.
absl::string_view RowsOfSequence(const Tensor& tensor, const v1::StreamEmbeddingsRequest& request,
                                 int index);

}  // namespace rope::client

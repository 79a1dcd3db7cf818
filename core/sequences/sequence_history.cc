#include "core/sequences/sequence_history.h"

namespace rope {

SequenceHistory::SequenceHistory(int64_t max_position_embeddings)
    : max_position_embeddings_(max_position_embeddings), seq_len_(max_position_embeddings) {}

int64_t SequenceHistory::Next(int64_t length) {
  if (length > seq_len_) {
    seq_len_ = length;
  } else if (length < max_position_embeddings_) {
    seq_len_ = max_position_embeddings_;
  }
  return seq_len_;
}

}  // namespace rope

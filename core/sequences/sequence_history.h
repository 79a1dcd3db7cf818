// SequenceHistory: the length by which a transformers model of type "dynamic" chooses its
// frequencies, call after call.
//
// A rotary module of transformers remembers how far its frequencies were stretched, so the tables
// of a call depend on the calls before. This service remembers nothing: it computes for the
// sequence length of the request. A client that must match such a model keeps one SequenceHistory
// for each model instance and layer type, and sends what Next returns as seq_len:
//
//   SequenceHistory history(resolution.max_position_embeddings());
//   request.set_seq_len(history.Next(largest_position_of_the_batch + 1));
//
// The other types have no history: their length is that of the call.
//
// Source: dynamic_rope_update in transformers 5.24, modeling_rope_utils.py.
#pragma once

#include <cstdint>

namespace rope {

// Not thread-safe. Copies continue on their own.
class SequenceHistory {
 public:
  // A module that was just loaded. `max_position_embeddings` (>= 1) is the configuration's.
  explicit SequenceHistory(int64_t max_position_embeddings);

  // The next call of the module. `length` (>= 1) is the largest position in the whole batch plus 1.
  // Returns the seq_len that chooses the frequencies of this call.
  //
  // The module grows to the longest call so far. It returns to its loaded state only when a call is
  // shorter than max_position_embeddings; one of exactly that length keeps the stretched
  // frequencies.
  int64_t Next(int64_t length);

  // What the last call returned; max_position_embeddings before the first.
  int64_t seq_len() const { return seq_len_; }

 private:
  int64_t max_position_embeddings_;
  int64_t seq_len_;
};

}  // namespace rope

// The table of quantities: what a configuration can say about its rotary embedding, and every name
// under which people say it.
//
// Whether a family reads a name is not in the table. The loading shows that: a value that was read
// stands, with its byte offset, in a parameter set or in an attribute.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

enum class Quantity {
  kTheta,
  kThetaRatio,           // theta / 10000, as ChatGLM writes it
  kShare,                // the rotated share of a head
  kWidth,                // the number of rotated channels: share * head_dim
  kHeadWidth,            // head_dim
  kOriginalLength,       // the length before scaling
  kMaxLength,            // max_position_embeddings
  kType,                 // rope_type
  kFactor,               // how much longer the context becomes
  kInverseFactor,        // 1 / factor, as MLX writes it
  kAttentionFactor,      // what cos and sin are multiplied by
  kAttentionMultiplier,  // what vLLM and SGLang multiply yarn's own attention factor by
  kLlama4Beta,           // how queries grow with the position, which changes no table
};

// Where a name means its quantity. Elsewhere it may mean something else.
enum class Place {
  kInSet,     // as a member of a parameter set
  kAtTop,     // beside hidden_size
  kAnywhere,  // both
};

struct Spelling {
  absl::string_view key;
  Quantity quantity;
  Place place;
  // The layer type whose layers it is about; "" for all layers.
  absl::string_view layer_type = "";
};

// All rows.
absl::Span<const Spelling> AllSpellings();

// The row of `key`; null if it names no quantity. Constant time, thread-safe.
const Spelling* FindSpelling(absl::string_view key);

// The name under which transformers keeps the quantity in a parameter set: "rope_theta". The width
// and the share have the same one, since transformers keeps the share.
absl::string_view NameOf(Quantity quantity);

// Whether the member NameOf(quantity) can take the value of a member named like this unchanged.
bool HasUnitOfName(Quantity quantity);

}  // namespace rope

// The table of model families, looked up by model_type. A row is a Family (load/family.h).
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/load/family.h"

namespace rope {

// All rows, sorted by model_type.
absl::Span<const Family> AllFamilies();

// The row of that model_type; null if the table has none.
const Family* FindFamily(absl::string_view model_type);

// The family of documents whose model_type is missing or unknown, and which say everything that
// families differ in (unknown_family.h): llama, but parameters nested by layer type are read as
// well.
const Family& GenericFamily();

// A model_type of code that comes with a model and follows the rules of a family of transformers.
struct RemoteName {
  absl::string_view model_type;
  absl::string_view family;  // has a row
  absl::string_view source;  // where that can be seen
};

// The row of that model_type; null if there is none.
const RemoteName* FindRemoteName(absl::string_view model_type);

// The family whose models have this entry in the member architectures: "Qwen2ForCausalLM" ->
// qwen2. Null if no family fits. Linear in the length of the name.
const Family* FamilyOfArchitecture(absl::string_view architecture);

// Whether models of that model_type have no rotary embedding, by the code of transformers 5.24.
bool HasNoRotaryEmbedding(absl::string_view model_type);
// The same by the name of an architecture: "GPT2LMHeadModel".
bool ArchitectureHasNoRotaryEmbedding(absl::string_view architecture);

// model_type of the text model inside a composite one ("gemma3" -> "gemma3_text"); empty if
// `model_type` is not a composite of the table.
absl::string_view TextModelType(absl::string_view model_type);

}  // namespace rope

// The table of model families: what a model_type changes in the reading of a configuration.
//
// One row is what transformers' configuration class and rotary module of that model_type do that
// others do not: defaults, own field names, conversions. A rule that is more than a number is a
// small named function that the row points to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

class LoadingState;

// Defaults of the class for the fields that nearly all have. 0: the class has no such field.
struct ShapeDefaults {
  int64_t hidden_size = 0;
  int64_t num_attention_heads = 0;
  int64_t max_position_embeddings = 0;
  int64_t num_hidden_layers = 0;
};

// Where head_dim comes from. "Derived" is hidden_size / num_attention_heads, rounded down.
struct HeadDimRule {
  enum class Source {
    kUndeclared,  // no field of the class: whatever the document has, derived where a type asks for
                  // it
    kInt,         // a field, an integer
    kNullable,    // a field, an integer or null; null stays null
    kDerivedIfNull,  // a field, an integer or null; null becomes the derived value
    kDerived,        // always the derived value
    kRopeHeadDim,    // qk_rope_head_dim (latent attention)
  };
  Source source = Source::kUndeclared;
  std::optional<int64_t> value =
      std::nullopt;  // default of the field; for kRopeHeadDim that of qk_rope_head_dim
  // kDerived and kRopeHeadDim: a head_dim in the document is overruled too. (Otherwise it wins, as
  // it becomes an attribute last.)
  bool overrules_document = false;
  bool null_allowed = true;  // of a field that is overruled: its type is checked all the same
};

// How the rotary module looks its parameters up.
enum class Nesting {
  kFlat,         // one set for all layers
  kPerLayer,     // one set per entry of layer_types
  kPerLabel,     // one set per label of the family
  kFlatOrNested  // as the document has it: for documents without model_type
};

struct Family {
  absl::string_view model_type;
  double default_theta = 10000.0;
  ShapeDefaults shape = {};
  HeadDimRule head_dim = {};

  // Whether type "default" rotates only int(head_dim * partial_rotary_factor) channels. The scaled
  // types always do.
  bool partial_in_default = false;
  // Value of partial_rotary_factor where the document has none at the top level.
  std::optional<double> partial_rotary_factor = std::nullopt;

  Nesting nesting = Nesting::kFlat;
  absl::Span<const absl::string_view> labels = {};  // kPerLabel: the labels
  absl::string_view default_type = "default";       // "axial": type default means axial here
  // Keys of rope_parameters that no type reads but this family does.
  absl::Span<const absl::string_view> ignored_keys = {};
  // Value of rope_parameters where it is null or absent, as JSON.
  absl::string_view default_parameters = {};
  bool layer_sets_only = false;      // rope_parameters must be sets for the two layer types
  bool heads_divide_hidden = false;  // hidden_size must be a multiple of num_attention_heads

  // Takes the mark from the layers that do not rotate though they have attention; null: all do. See
  // core/config/judge/layer_use.h.
  void (*mark_rotated)(const LoadingState& state, const std::vector<std::string>& layer_types,
                       std::vector<bool>* rotated) = nullptr;

  // The steps of loading, in this order; null: nothing of its own.
  // Fills layer_types where the document has none. Null: the class has no field layer_types.
  void (*fill_layer_types)(LoadingState* state) = nullptr;
  // Before the conversion: own defaults that depend on other fields.
  void (*prepare)(LoadingState* state) = nullptr;
  // Legacy spellings -> rope_parameters, and the first standardization.
  void (*convert)(LoadingState* state) = nullptr;  // null: the general one
  // After all members of the document have become attributes.
  void (*finish)(LoadingState* state) = nullptr;
  // Rules beside those of the rope type.
  void (*validate)(LoadingState* state) = nullptr;
};

absl::Span<const Family> AllFamilies();

// Null where the table has no such model_type.
const Family* FindFamily(absl::string_view model_type);

// The family of documents without model_type and of unknown ones: llama, read generously.
const Family& GenericFamily();

// model_type of the text model inside a composite one ("gemma3" -> "gemma3_text"); empty where
// `model_type` is no composite of the table.
absl::string_view TextModelType(absl::string_view model_type);

}  // namespace rope

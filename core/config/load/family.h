// Family: what a model_type changes in how a configuration is loaded and checked.
//
// One Family is one row of the table in core/config/families. It holds what the configuration class
// and the rotary module of that model_type in transformers do differently from the others:
// defaults, names of fields, conversions. A rule that is not just a value is a small function that
// the row points to.
//
// Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/load/axial_rule.h"
#include "core/config/load/layer_type_names.h"
#include "core/rope_types/attention/attention_scaling.h"
#include "core/rope_types/position_axes.h"

namespace rope {

class LoadingState;
struct LayerVariants;

// The class's defaults for the fields that nearly all classes have. 0: the class has no such field.
struct ShapeDefaults {
  int64_t hidden_size = 0;
  int64_t num_attention_heads = 0;
  int64_t max_position_embeddings = 0;
  int64_t num_hidden_layers = 0;
};

// Where the attribute head_dim comes from. "Derived" is hidden_size / num_attention_heads, rounded
// down. The rows of the table are written with the functions of families/family_rows.h, which
// explain each combination that occurs.
struct HeadDimRule {
  // What the class declares head_dim as. kNone: the class has no such field, so a head_dim in the
  // document becomes an attribute at the end of loading and wins over all others.
  enum class Field { kNone, kInt, kIntOrNull };
  enum class Source {
    kField,           // the field; no attribute if there is no field
    kFieldOrDerived,  // the field, or the derived value if the field is null
    kDerived,         // the derived value; a field is checked and then ignored
    kRopeHeadDim,     // qk_rope_head_dim (latent attention); a head_dim is treated as for kDerived
  };
  Field field = Field::kNone;
  Source source = Source::kField;
  // The default of the field that is read: of qk_rope_head_dim for kRopeHeadDim, otherwise of
  // head_dim. Absent: null. kInt and kRopeHeadDim need one.
  std::optional<int64_t> default_value = std::nullopt;

  // Whether loading makes the attribute even if the document has no head_dim.
  bool makes_attribute() const { return field != Field::kNone || source != Source::kField; }
};

// Under which names the rotary module looks for its parameter sets in rope_parameters.
enum class Nesting {
  kOneSet,        // rope_parameters is itself the parameter set of all layers
  kPerLayerType,  // one parameter set for each layer type in layer_types
  kNamedSets,     // the family names its parameter sets itself: Family::parameter_set_names
  kAsGiven        // either of the first two, as the document has it: for unknown families
};

// A field that the class has under two names, as its attribute_map says.
struct OtherName {
  absl::string_view name;   // as most classes call the field: "hidden_size"
  absl::string_view other;  // "d_model"
  // Whether the class declares the field as `other`. A document's `name` then becomes an attribute
  // at the end of loading, and replaces it. If not, the same holds for a document's `other`.
  bool declared_as_other = true;
};

struct Family {
  absl::string_view model_type;
  double default_theta = 10000.0;
  ShapeDefaults shape = {};
  absl::Span<const OtherName> other_names = {};
  HeadDimRule head_dim = {};

  // Whether rope type "default" rotates only int(head_dim * partial_rotary_factor) channels. The
  // scaled types always do.
  bool partial_in_default = false;
  // partial_rotary_factor of a document that has none at the top level.
  std::optional<double> partial_rotary_factor = std::nullopt;

  Nesting nesting = Nesting::kOneSet;
  // kNamedSets only: the name of the parameter set for layers of type sliding_attention, then that
  // for all other layers.
  absl::Span<const absl::string_view> parameter_set_names = {};
  // kNamedSets only: the names are layer types, and a parameter set that no layer uses is not
  // built.
  bool named_sets_in_use_only = false;
  absl::string_view default_type = "default";  // "axial": rope type "default" means axial here
  // The class has no rope_parameters: the family makes them of other fields, and a document cannot
  // scale them.
  bool fixed_rope = false;
  // Families whose positions have several axes, each with its own frequencies: how. Parameter sets
  // of default_type then have rope type axial. Null: the others.
  const AxialRule* axial = nullptr;
  // Why this service does not compute the family's rotary embedding, as a sentence without its
  // first words ("its positions are ..."). Empty: it does.
  absl::string_view not_computed = {};
  // Members of a parameter set that transformers' check of keys ignores in this family
  // (ignore_keys_at_rope_validation): they are never unknown. A required one counts as missing.
  absl::Span<const absl::string_view> ignored_keys = {};
  // rope_parameters of a document in which it is null or absent, as JSON text.
  absl::string_view default_parameters = {};
  // rope_parameters may hold nothing but two objects, full_attention and sliding_attention.
  bool layer_sets_only = false;
  bool heads_divide_hidden = false;  // hidden_size must be a multiple of num_attention_heads

  // The names that are allowed in layer_types and in mlp_layer_types.
  absl::Span<const absl::string_view> known_layer_types = kKnownLayerTypes;
  absl::Span<const absl::string_view> known_mlp_layer_types = kKnownMlpLayerTypes;

  // Clears the mark of the layers that have attention but do not rotate their queries and keys.
  // `rotated` has one entry per layer, all true; `layer_types` may be shorter. Null: all rotate.
  void (*mark_rotated)(const LoadingState& state, const std::vector<std::string>& layer_types,
                       std::vector<bool>* rotated) = nullptr;

  // Makes several parameter sets of the only one, each for some of the layers. Null: all layers use
  // it unchanged. kOneSet only.
  LayerVariants (*vary_layers)(LoadingState* state) = nullptr;

  // The family's steps of loading, in the order in which they run (load_model.cc). Null: the family
  // has no such step.
  //
  // Fills layer_types if the document has none. Null: the class has no field layer_types.
  void (*fill_layer_types)(LoadingState* state) = nullptr;
  // Before the conversion: defaults that depend on other fields.
  void (*prepare)(LoadingState* state) = nullptr;
  // Turns legacy spellings into rope_parameters and standardizes them. Null: ConvertGeneral.
  void (*convert)(LoadingState* state) = nullptr;
  // After all members of the document have become attributes.
  void (*finish)(LoadingState* state) = nullptr;

  // Models with several position axes: how mrope_section divides the frequencies among them, and
  // whether the model pairs channels 2i and 2i + 1.
  AxisOrder axis_order = AxisOrder::kOneAxis;
  bool interleaved_pairs = false;
  // The mrope_section that the rotary module uses if the parameter set has none.
  absl::Span<const int64_t> default_mrope_section = {};
  // After loading: what the class checks in addition to the checks of the rope type.
  void (*check)(LoadingState* state) = nullptr;

  // What the model's attention does beside the tables: latent attention that multiplies its softmax
  // scale by the square of yarn's mscale, and the scaling of queries. Null: queries are not scaled.
  bool mscale_in_softmax = false;
  std::optional<QueryScaling> (*scale_queries)(const LoadingState& state) = nullptr;
};

}  // namespace rope

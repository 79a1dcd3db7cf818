// LoadingState: the attributes of one model's configuration while it is loaded, as transformers has
// them.
//
// transformers loads a document in Python; this comment explains its terms. The document is a dict.
// Its members are passed to the constructor of the model's configuration class as *keyword
// arguments* ("kwargs"). Those that the class declares are its *fields*: they become *attributes*
// of the object at once, with a default if the document has none. All others stay keyword arguments
// until the rope parameters are converted. A step may take one away, so that no later step sees it.
// Those that are left become attributes at the end, and replace attributes of the same name.
//
// The outcome depends on when a member becomes an attribute. LoadingState therefore keeps the same
// order: fields are attributes after construction, all other members are kwargs until
// KwargsToAttributes.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/config/load/family.h"
#include "core/config/load/layer_head_dims.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_value.h"

namespace rope {

// The bound for num_hidden_layers, because the list of layer types gets that many entries. No model
// has nearly as many layers.
inline constexpr int64_t kMaxHiddenLayers = 10000;

class LoadingState {
 public:
  // `document` is the object that describes the text model: the whole document, or its
  // text_config. All three must outlive the state.
  LoadingState(const Family& family, const JsonValue& document, FindingSink* findings);

  const Family& family() const { return family_; }
  FindingSink& findings() { return *findings_; }

  // The document as it was given; no step changes it.
  const JsonValue& document() const { return document_; }
  // Whether the document has the field, under any of its names.
  bool InDocument(absl::string_view name) const;

  // The name under which the class declares a field that most classes call `name`.
  absl::string_view DeclaredName(absl::string_view name) const;

  // The attribute, or null if there is none of that name.
  const JsonValue* Attribute(absl::string_view name) const { return attributes_.Find(name); }
  // All of them, as an object.
  const JsonValue& attributes() const { return attributes_; }
  // A copy of it; null (JSON's) if there is none of that name.
  JsonValue AttributeOrNull(absl::string_view name) const;
  // The attribute as an integer. Absent if there is none or it is not an integer.
  std::optional<int64_t> IntAttribute(absl::string_view name) const;
  void SetAttribute(absl::string_view name, JsonValue value) {
    attributes_.Set(name, std::move(value));
  }

  // The keyword argument, or null if there is none of that name.
  const JsonValue* Kwarg(absl::string_view name) const { return kwargs_.Find(name); }
  // Removes the keyword argument and returns it; `default_value` if there is none.
  JsonValue TakeKwarg(absl::string_view name, JsonValue default_value);
  // Adds the keyword argument if there is none of that name.
  void SetDefaultKwarg(absl::string_view name, JsonValue value) {
    kwargs_.SetDefault(name, std::move(value));
  }
  // Turns all keyword arguments that are left into attributes. A rope_scaling among them replaces
  // rope_parameters.
  void KwargsToAttributes();

  // The attribute rope_parameters; null is Python's None.
  JsonValue rope_parameters;
  // The path in the document of what rope_parameters came from, for messages.
  std::string RopePath() const { return findings_->PathOf(rope_parameters, "rope_parameters"); }

  // Takes the keyword argument of a field that the class declares as an integer, and returns it.
  // `name` is that which the class declares.
  // Returns `default_value` if the document has none or, with a finding, if the value is not an
  // integer below 2^63.
  int64_t IntField(absl::string_view name, int64_t default_value);

  // hidden_size / num_attention_heads. Absent, with a finding, if one of the two is not an integer
  // >= 1. The finding is made once.
  std::optional<int64_t> DerivedHeadDim();

  // True at the first call with `name`, for findings that are made once per document.
  bool ReportOnce(absl::string_view name) { return reported_.insert(std::string(name)).second; }

  // What per_layer_config says about the width of heads, as the attributes are at the first call.
  const LayerHeadDims& HeadDimsOfLayers();

  // The names under which parameter sets are looked up: the entries of layer_types in order, with
  // repetitions, or the names that the family gives its parameter sets. They are views into the
  // attributes, valid until layer_types is set again.
  std::vector<absl::string_view> ParameterSetNames() const;
  // Those of these names that are members of `parameters`, in its order.
  std::vector<std::string> ParameterSetsIn(const JsonValue& parameters) const;

 private:
  // The entries of layer_types, in order and with repetitions.
  std::vector<absl::string_view> UsedLayerTypes() const;
  void DeclareInt(absl::string_view name, int64_t default_value);
  void DeclareHeadDim();
  // The field head_dim of a class that declares it as an integer or null.
  JsonValue TakeNullableHeadDim();
  // Takes a head_dim of the document that the class ignores, and checks its type.
  void TakeIgnoredHeadDim();
  JsonValue DerivedHeadDimOr(const JsonValue& fallback);
  void DeclareLayerTypes();
  void DeclareRopeParameters();
  // Checks that rope_parameters has the declared type. Resets it to null if it is not an object.
  void CheckRopeParametersType();
  void ReportFieldType(const JsonValue& value, absl::string_view name, absl::string_view expected);

  const Family& family_;
  const JsonValue& document_;
  FindingSink* findings_;
  JsonValue attributes_ = EmptyObject();
  JsonValue kwargs_;
  std::set<std::string> reported_;
  std::optional<LayerHeadDims> layer_head_dims_;
};

}  // namespace rope

// LoadingState: the configuration object of one model while it is loaded, as transformers has it.
//
// Loading there is a sequence of steps on attributes and left-over keyword arguments, and what
// comes out depends on when a member of the document becomes an attribute. So the same is kept
// here: the members that the family's class declares are attributes from the start, all others are
// `kwargs` until the conversion is over.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/config/families/families.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_value.h"

namespace rope {

// More layers than any model has; a list of them is made, so there is a bound.
inline constexpr int64_t kMaxHiddenLayers = 10000;

class LoadingState {
 public:
  // `document` is the object that describes the text model, found at `path` ("" for the root).
  LoadingState(const Family& family, const JsonValue& document, FindingSink* findings);

  const Family& family() const { return family_; }
  FindingSink& findings() { return *findings_; }

  // Whether the document itself has the member.
  bool InDocument(absl::string_view name) const { return document_.Find(name) != nullptr; }
  const JsonValue& document() const { return document_; }

  // The attribute; null where the object has none of that name.
  const JsonValue* Attribute(absl::string_view name) const { return attributes_.Find(name); }
  void SetAttribute(absl::string_view name, JsonValue value) {
    attributes_.Set(name, std::move(value));
  }

  // Keyword arguments that are no attributes yet. Take removes; the default stands in if absent.
  const JsonValue* Kwarg(absl::string_view name) const { return kwargs_.Find(name); }
  JsonValue TakeKwarg(absl::string_view name, JsonValue default_value);
  void SetDefaultKwarg(absl::string_view name, JsonValue value) {
    kwargs_.SetDefault(name, std::move(value));
  }
  // All that are left become attributes.
  void KwargsToAttributes();

  // The attribute rope_parameters; null: None.
  JsonValue rope_parameters;
  // Path of rope_parameters for a message, wherever it came from.
  std::string RopePath() const { return findings_->PathOf(rope_parameters, "rope_parameters"); }

  // A field of the class that the family's steps use: the document's value, or the default. Another
  // kind of value is a finding, and the default counts.
  int64_t IntField(absl::string_view name, int64_t default_value);

  // The attribute as an integer; absent where it is no integer.
  std::optional<int64_t> IntAttribute(absl::string_view name) const;

  // hidden_size / num_attention_heads; absent, with a finding, where that has no value.
  std::optional<int64_t> DerivedHeadDim();

  // True the first time it is asked about `name`: for findings that are made once per document.
  bool ReportOnce(absl::string_view name) { return reported_.insert(std::string(name)).second; }

  // Entries of layer_types, in order; empty where there is none. For families with labels, those.
  std::vector<absl::string_view> Labels() const;
  // The members of `parameters` that are sets of parameters for a layer type.
  std::vector<std::string> NestedKeys(const JsonValue& parameters) const;

  // Every layer a layer type: `type_of(i)` for i in [0, num_hidden_layers).
  void SetLayerTypes(absl::string_view (*type_of)(int64_t layer, int64_t count, int64_t pattern),
                     int64_t pattern);

 private:
  void DeclareInt(absl::string_view name, int64_t default_value);
  void DeclareHeadDim();
  // A head_dim of the document that counts for nothing; its type is checked.
  void TakeOverruledHeadDim();
  void DeclareLayerTypes();
  void DeclareRopeParameters();
  void CheckRopeParameters();
  // Moves a keyword argument to the attributes, checked against the declared type.
  void ReportFieldType(const JsonValue& value, absl::string_view name, absl::string_view expected);

  const Family& family_;
  const JsonValue& document_;
  FindingSink* findings_;
  JsonValue attributes_ = EmptyObject();
  JsonValue kwargs_;
  std::set<std::string> reported_;
};

}  // namespace rope

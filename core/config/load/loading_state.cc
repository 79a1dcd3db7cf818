#include "core/config/load/loading_state.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/per_layer_config.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

bool IsStringList(const JsonValue& value) {
  if (!value.is_array()) return false;
  for (const JsonValue& element : value.as_array()) {
    if (!element.is_string()) return false;
  }
  return true;
}

}  // namespace

LoadingState::LoadingState(const Family& family, const JsonValue& document, FindingSink* findings)
    : family_(family), document_(document), findings_(findings), kwargs_(document) {
  const ShapeDefaults& shape = family.shape;
  DeclareInt("hidden_size", shape.hidden_size);
  DeclareInt("num_attention_heads", shape.num_attention_heads);
  DeclareInt("max_position_embeddings", shape.max_position_embeddings);
  DeclareInt("num_hidden_layers", shape.num_hidden_layers);
  DeclareHeadDim();
  DeclareLayerTypes();
  DeclareRopeParameters();
}

void LoadingState::ReportFieldType(const JsonValue& value, absl::string_view name,
                                   absl::string_view expected) {
  findings_->Add(FindingId::kFieldType, value, name,
                 absl::StrCat(name, " must be ", expected, ", not ", PythonTypeName(value)),
                 expected == "an integer"
                     ? absl::StrCat("Field '", name, "' expected int, got ", PythonTypeName(value),
                                    " (value: ", PythonRepr(value), ")")
                     : "");
}

void LoadingState::DeclareInt(absl::string_view name, int64_t default_value) {
  if (default_value == 0) return;
  const absl::string_view declared = DeclaredName(name);
  attributes_.Set(name, JsonValue(IntField(declared, default_value)));
  if (const JsonValue* given = document_.Find(declared)) {
    attributes_.Find(name)->set_offset(given->offset());
  }
}

bool LoadingState::InDocument(absl::string_view name) const {
  if (document_.Find(name) != nullptr) return true;
  for (const OtherName& row : family_.other_names) {
    if (row.name == name && document_.Find(row.other) != nullptr) return true;
  }
  return false;
}

absl::string_view LoadingState::DeclaredName(absl::string_view name) const {
  for (const OtherName& row : family_.other_names) {
    if (row.name == name && row.declared_as_other) return row.other;
  }
  return name;
}

int64_t LoadingState::IntField(absl::string_view name, int64_t default_value) {
  const JsonValue given = TakeKwarg(name, JsonValue(default_value));
  if (given.is_int()) return given.as_int();
  if (given.is_big_int()) {
    findings_->Add(FindingId::kOutOfRange, given, name, absl::StrCat(name, " must be below 2^63"));
  } else {
    ReportFieldType(given, name, "an integer");
  }
  return default_value;
}

void LoadingState::DeclareHeadDim() {
  const HeadDimRule& rule = family_.head_dim;
  switch (rule.source) {
    case HeadDimRule::Source::kField:
      if (rule.field == HeadDimRule::Field::kInt) {
        DeclareInt("head_dim", *rule.default_value);
      } else if (rule.field == HeadDimRule::Field::kIntOrNull) {
        attributes_.Set("head_dim", TakeNullableHeadDim());
      }
      return;
    case HeadDimRule::Source::kFieldOrDerived: {
      JsonValue head_dim = TakeNullableHeadDim();
      attributes_.Set("head_dim", head_dim.is_null() ? DerivedHeadDimOr(head_dim) : head_dim);
      return;
    }
    case HeadDimRule::Source::kDerived:
      TakeIgnoredHeadDim();
      attributes_.Set("head_dim", DerivedHeadDimOr(JsonValue()));
      return;
    case HeadDimRule::Source::kRopeHeadDim: {
      const JsonValue* given = document_.Find("qk_rope_head_dim");
      JsonValue head_dim(IntField("qk_rope_head_dim", *rule.default_value));
      if (given != nullptr) head_dim.set_offset(given->offset());
      TakeIgnoredHeadDim();
      attributes_.Set("head_dim", std::move(head_dim));
      return;
    }
  }
}

JsonValue LoadingState::TakeNullableHeadDim() {
  const std::optional<int64_t>& number = family_.head_dim.default_value;
  JsonValue default_value = number.has_value() ? JsonValue(*number) : JsonValue();
  JsonValue given = TakeKwarg("head_dim", default_value);
  if (given.is_null() || given.is_int()) return given;
  ReportFieldType(given, "head_dim", "an integer or null");
  return default_value;
}

void LoadingState::TakeIgnoredHeadDim() {
  const HeadDimRule::Field field = family_.head_dim.field;
  if (field == HeadDimRule::Field::kNone || Kwarg("head_dim") == nullptr) return;
  const JsonValue given = TakeKwarg("head_dim", JsonValue());
  const bool null_allowed = field == HeadDimRule::Field::kIntOrNull;
  if (given.is_int() || (given.is_null() && null_allowed)) return;
  ReportFieldType(given, "head_dim", null_allowed ? "an integer or null" : "an integer");
}

JsonValue LoadingState::DerivedHeadDimOr(const JsonValue& fallback) {
  const std::optional<int64_t> derived = DerivedHeadDim();
  return derived.has_value() ? JsonValue(*derived) : fallback;
}

void LoadingState::DeclareLayerTypes() {
  if (family_.fill_layer_types == nullptr) return;
  JsonValue given = TakeKwarg(DeclaredName("layer_types"), JsonValue());
  if (!given.is_null() && !IsStringList(given)) {
    ReportFieldType(given, "layer_types", "a list of strings or null");
    given = JsonValue();
  }
  attributes_.Set("layer_types", std::move(given));
}

void LoadingState::DeclareRopeParameters() {
  rope_parameters = TakeKwarg("rope_parameters", JsonValue());
  CheckRopeParametersType();
}

void LoadingState::CheckRopeParametersType() {
  if (rope_parameters.is_null()) return;
  if (!rope_parameters.is_object()) {
    ReportFieldType(rope_parameters, "rope_parameters", "an object or null");
    rope_parameters = JsonValue();
  } else if (family_.layer_sets_only) {
    for (const JsonMember& member : rope_parameters.as_object()) {
      const bool is_layer_type = member.key == kFullAttention || member.key == kSlidingAttention;
      if (is_layer_type && member.value.is_object()) continue;
      findings_->Add(
          FindingId::kFieldType, member.value, "rope_parameters",
          "rope_parameters of this family must hold an object full_attention and an object "
          "sliding_attention, and nothing else");
    }
  }
}

JsonValue LoadingState::TakeKwarg(absl::string_view name, JsonValue default_value) {
  const JsonValue* present = kwargs_.Find(name);
  if (present == nullptr) return default_value;
  JsonValue taken = *present;
  kwargs_.Erase(name);
  return taken;
}

void LoadingState::KwargsToAttributes() {
  const auto attribute_of = [&](const std::string& key) -> absl::string_view {
    for (const OtherName& row : family_.other_names) {
      if (row.other == key) return row.name;
    }
    return key;
  };
  for (JsonMember& member : kwargs_.as_object()) {
    if (member.key == "rope_scaling") {  // another name of the attribute rope_parameters
      rope_parameters = std::move(member.value);
      CheckRopeParametersType();
      continue;
    }
    attributes_.Set(attribute_of(member.key), std::move(member.value));
  }
  kwargs_ = EmptyObject();
}

JsonValue LoadingState::AttributeOrNull(absl::string_view name) const {
  const JsonValue* value = Attribute(name);
  return value != nullptr ? *value : JsonValue();
}

std::optional<int64_t> LoadingState::IntAttribute(absl::string_view name) const {
  const JsonValue* value = Attribute(name);
  if (value == nullptr || !value->is_int()) return std::nullopt;
  return value->as_int();
}

std::optional<int64_t> LoadingState::DerivedHeadDim() {
  const std::optional<int64_t> hidden = IntAttribute("hidden_size");
  const std::optional<int64_t> heads = IntAttribute("num_attention_heads");
  if (hidden.has_value() && heads.has_value() && *hidden >= 1 && *heads >= 1) {
    return *hidden / *heads;
  }
  if (ReportOnce("head_dim")) {
    const absl::string_view culprit =
        heads.has_value() && *heads >= 1 ? "hidden_size" : "num_attention_heads";
    const JsonValue* value = Attribute(culprit);
    const absl::string_view declared = DeclaredName(culprit);
    findings_->Add(FindingId::kHeads, value != nullptr ? *value : JsonValue(), declared,
                   absl::StrCat(declared, " must be an integer >= 1: head_dim is ",
                                DeclaredName("hidden_size"), " / ",
                                DeclaredName("num_attention_heads"), " in this family"),
                   heads == 0 ? "integer division or modulo by zero" : "");
  }
  return std::nullopt;
}

const LayerHeadDims& LoadingState::HeadDimsOfLayers() {
  if (!layer_head_dims_.has_value()) layer_head_dims_ = FindLayerHeadDims(*this);
  return *layer_head_dims_;
}

std::vector<absl::string_view> LoadingState::UsedLayerTypes() const {
  std::vector<absl::string_view> used;
  const JsonValue* layer_types = Attribute("layer_types");
  if (layer_types == nullptr || !layer_types->is_array()) return used;
  for (const JsonValue& element : layer_types->as_array()) {
    if (element.is_string()) used.emplace_back(element.as_string());
  }
  return used;
}

std::vector<absl::string_view> LoadingState::ParameterSetNames() const {
  const absl::Span<const absl::string_view> own = family_.parameter_set_names;
  if (own.empty()) return UsedLayerTypes();
  std::vector<absl::string_view> names(own.begin(), own.end());
  if (!family_.named_sets_in_use_only) return names;
  const std::vector<absl::string_view> used = UsedLayerTypes();
  const auto is_unused = [&](absl::string_view name) {
    return std::find(used.begin(), used.end(), name) == used.end();
  };
  names.erase(std::remove_if(names.begin(), names.end(), is_unused), names.end());
  return names;
}

std::vector<std::string> LoadingState::ParameterSetsIn(const JsonValue& parameters) const {
  std::vector<std::string> present;
  if (!parameters.is_object()) return present;
  const std::vector<absl::string_view> names = ParameterSetNames();
  const absl::flat_hash_set<absl::string_view> declared(names.begin(), names.end());
  for (const JsonMember& member : parameters.as_object()) {
    if (declared.contains(member.key)) present.push_back(member.key);
  }
  return present;
}

}  // namespace rope

#include "core/config/judge/provenance.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

class Explanation {
 public:
  Explanation(LoadingState* state, const JsonValue& set) : state_(state), set_(set) {}

  // A member or an attribute. The document gives it, at a path, or it is a default of the family.
  void Value(const std::string& name, const JsonValue& value) {
    const std::string path = state_->findings().PathOf(value, "");
    Add(name, WriteJson(value), path, path.empty() ? FamilyDefault() : Given(name, path));
  }

  // A value that was computed from others; `source` says how.
  void Derived(const std::string& name, int64_t value, std::string source) {
    Add(name, absl::StrCat(value), "", std::move(source));
  }

  // The default that the rope type has for `key`, unless the parameter set has a value for it.
  void Defaulted(absl::string_view key, absl::string_view rope_type) {
    const JsonValue* given = set_.Find(key);
    if (given != nullptr && !given->is_null()) return;
    Add(std::string(key), WriteJson(JsonOf(DefaultOf(key))), "",
        absl::StrCat("default of rope_type \"", rope_type, "\""));
  }

  std::vector<EffectiveValue> Take() { return std::move(values_); }

 private:
  void Add(std::string name, std::string value, std::string path, std::string source) {
    values_.push_back({std::move(name), std::move(value), std::move(path), std::move(source)});
  }

  // "given", or the name of another field from which the value was taken.
  static std::string Given(const std::string& name, const std::string& path) {
    const size_t dot = path.rfind('.');
    const std::string last = dot == std::string::npos ? path : path.substr(dot + 1);
    return last == name ? "given" : absl::StrCat("from ", last);
  }

  std::string FamilyDefault() const {
    const absl::string_view model_type = state_->family().model_type;
    return absl::StrCat("default of model_type \"", model_type.empty() ? "llama" : model_type,
                        "\", not in the configuration");
  }

  LoadingState* state_;
  const JsonValue& set_;
  std::vector<EffectiveValue> values_;
};

void ExplainAxialShape(LoadingState* state, const RopeConfig& result, Explanation* explanation) {
  const JsonValue* head_dim = state->Attribute("head_dim");
  const AxialRule& rule = *state->family().axial;
  if (head_dim != nullptr && head_dim->is_int() && head_dim->as_int() == result.head_dim) {
    explanation->Value("head_dim", *head_dim);
  } else {
    explanation->Derived("head_dim", result.head_dim, absl::StrCat(rule.width, " / ", rule.heads));
  }
  explanation->Derived("rotary_dim", result.rotary_dim, result.spectrum->text);
}

void ExplainShape(LoadingState* state, const RopeConfig& result, Explanation* explanation) {
  if (result.spectrum.has_value()) return ExplainAxialShape(state, result, explanation);
  const JsonValue* head_dim = state->Attribute("head_dim");
  const bool own = head_dim != nullptr && head_dim->is_int() &&
                   head_dim->as_int() == result.head_dim &&
                   (head_dim->offset() >= 0 || state->family().head_dim.default_value.has_value());
  if (own) {
    explanation->Value("head_dim", *head_dim);
  } else if (state->DerivedHeadDim() == result.head_dim) {
    explanation->Derived("head_dim", result.head_dim, "hidden_size / num_attention_heads");
  } else {
    explanation->Derived("head_dim", result.head_dim, "head_dim of the layers of this type");
  }
  explanation->Derived(
      "rotary_dim", result.rotary_dim,
      result.rotary_dim == result.head_dim ? "head_dim" : "int(head_dim * partial_rotary_factor)");
  const JsonValue* length = state->Attribute("max_position_embeddings");
  if (result.max_position_embeddings.has_value() && length != nullptr) {
    explanation->Value("max_position_embeddings", *length);
  }
}

// One function for each type of value that a RopeParameterValue can have.
struct ToJson {
  JsonValue operator()(std::monostate /*absent*/) const { return JsonValue(); }
  JsonValue operator()(absl::Span<const double> numbers) const {
    JsonValue::Array elements;
    for (const double number : numbers) elements.emplace_back(number);
    return JsonValue(std::move(elements));
  }
  template <typename T>
  JsonValue operator()(const T& value) const {
    return JsonValue(value);
  }
};

}  // namespace

JsonValue JsonOf(const RopeParameterValue& value) { return std::visit(ToJson{}, value); }

std::vector<EffectiveValue> ExplainParameters(LoadingState* state, const JsonValue& set,
                                              const RopeConfig& result) {
  Explanation explanation(state, set);
  for (const JsonMember& member : set.as_object()) {
    if (member.key != "type") explanation.Value(member.key, member.value);
  }
  ExplainShape(state, result, &explanation);
  const RopeType& type = RopeTypeOf(result);
  for (const absl::string_view key : type.defaulted_keys) explanation.Defaulted(key, type.name);
  return explanation.Take();
}

}  // namespace rope

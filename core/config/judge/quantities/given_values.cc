#include "core/config/judge/quantities/given_values.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/json/python_value.h"

namespace rope {
namespace {

// Objects of the top level that hold parameters of a rotary embedding. Every family reads the first
// two; other programs and single families write the rest.
constexpr absl::string_view kContainers[] = {
    "rope_parameters", "rope_scaling", "rope",         "rope_config", "rope_params",
    "rotary_config",   "yarn",         "yarn_scaling", "attn_config", "llama_4_scaling",
};

bool IsContainer(absl::string_view key) {
  return std::find(std::begin(kContainers), std::end(kContainers), key) != std::end(kContainers);
}

// Adds the members of `object` that name a quantity at such a place. `in` says where it stands.
void Collect(const JsonValue& object, GivenValue in, std::vector<GivenValue>* out) {
  const Place elsewhere = in.container == nullptr ? Place::kInSet : Place::kAtTop;
  for (const JsonMember& member : object.as_object()) {
    if (member.value.is_null()) continue;
    const Spelling* spelling = FindSpelling(member.key);
    if (spelling == nullptr || spelling->place == elsewhere) continue;
    if (member.key == "beta" && in.container_key != "llama_4_scaling") continue;
    in.spelling = spelling;
    in.value = &member.value;
    out->push_back(in);
  }
}

}  // namespace

std::vector<GivenValue> GivenValues(const JsonValue& document) {
  std::vector<GivenValue> given;
  if (!document.is_object()) return given;
  Collect(document, GivenValue(), &given);
  for (const JsonMember& member : document.as_object()) {
    if (!member.value.is_object() || !IsContainer(member.key)) continue;
    GivenValue in;
    in.container = &member.value;
    in.container_key = member.key;
    Collect(member.value, in, &given);
    for (const JsonMember& inner : member.value.as_object()) {
      if (!inner.value.is_object()) continue;
      in.set_name = inner.key;
      Collect(inner.value, in, &given);
    }
  }
  return given;
}

namespace {

// Whether there is at most one base so far; then `only` is the first one in the document.
class OnlyOne {
 public:
  void Add(const JsonValue* theta) {
    if (theta == nullptr || theta->is_bool() || !IsPythonNumber(*theta)) return;
    if (!(PythonNumber(*theta).value_or(0.0) > 0.0)) return;
    is_one_ &= only_ == nullptr || PythonNumber(*only_) == PythonNumber(*theta);
    if (only_ == nullptr || theta->offset() < only_->offset()) only_ = theta;
  }
  const JsonValue* Get() const { return is_one_ ? only_ : nullptr; }

 private:
  const JsonValue* only_ = nullptr;
  bool is_one_ = true;
};

// Adds the bases that the members of `object` give for layers of the type.
void AddThetas(const JsonValue& object, Place elsewhere, absl::string_view layer_type,
               bool or_for_all, OnlyOne* only) {
  for (const Spelling& spelling : AllSpellings()) {
    if (spelling.quantity != Quantity::kTheta || spelling.place == elsewhere) continue;
    const absl::string_view layers = spelling.layer_type;
    if (layers == layer_type || (or_for_all && layers.empty()))
      only->Add(object.Find(spelling.key));
  }
}

bool HasFactor(const JsonValue& object, Place elsewhere) {
  return std::any_of(AllSpellings().begin(), AllSpellings().end(), [&](const Spelling& spelling) {
    const bool is_factor =
        spelling.quantity == Quantity::kFactor || spelling.quantity == Quantity::kInverseFactor;
    if (!is_factor || spelling.place == elsewhere) return false;
    const JsonValue* value = object.Find(spelling.key);
    return value != nullptr && !value->is_null();
  });
}

}  // namespace

const JsonValue* OnlyTheta(const JsonValue& document, absl::string_view layer_type,
                           bool or_for_all) {
  OnlyOne only;
  AddThetas(document, Place::kInSet, layer_type, or_for_all, &only);
  for (const absl::string_view name : kContainers) {
    const JsonValue* container = document.Find(name);
    if (container == nullptr || !container->is_object()) continue;
    AddThetas(*container, Place::kAtTop, layer_type, or_for_all, &only);
    const JsonValue* own = layer_type.empty() ? nullptr : container->Find(layer_type);
    if (own != nullptr && own->is_object()) AddThetas(*own, Place::kAtTop, "", true, &only);
  }
  return only.Get();
}

bool GivesFactor(const JsonValue& document, absl::string_view layer_type) {
  if (HasFactor(document, Place::kInSet)) return true;
  for (const absl::string_view name : kContainers) {
    const JsonValue* container = document.Find(name);
    if (container == nullptr || !container->is_object()) continue;
    if (HasFactor(*container, Place::kAtTop)) return true;
    const JsonValue* own = layer_type.empty() ? nullptr : container->Find(layer_type);
    if (own != nullptr && own->is_object() && HasFactor(*own, Place::kAtTop)) return true;
  }
  return false;
}

}  // namespace rope

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

// The base that a member gives for layers of the type; null if it gives none.
const JsonValue* ThetaOf(const JsonMember& member, Place elsewhere, absl::string_view layer_type,
                         bool or_for_all) {
  if (!IsPythonNumber(member.value) || member.value.is_bool()) return nullptr;
  const Spelling* spelling = FindSpelling(member.key);
  if (spelling == nullptr || spelling->quantity != Quantity::kTheta) return nullptr;
  const absl::string_view layers = spelling->layer_type;
  const bool is_for_them = layers == layer_type || (or_for_all && layers.empty());
  if (spelling->place == elsewhere || !is_for_them) return nullptr;
  return PythonNumber(member.value).value_or(0.0) > 0.0 ? &member.value : nullptr;
}

// Whether there is at most one base so far; then `only` is that one.
class OnlyOne {
 public:
  void Add(const JsonValue* theta) {
    if (theta == nullptr) return;
    is_one_ &= only_ == nullptr || PythonNumber(*only_) == PythonNumber(*theta);
    if (only_ == nullptr) only_ = theta;
  }
  const JsonValue* Get() const { return is_one_ ? only_ : nullptr; }

 private:
  const JsonValue* only_ = nullptr;
  bool is_one_ = true;
};

}  // namespace

const JsonValue* OnlyTheta(const JsonValue& document, absl::string_view layer_type,
                           bool or_for_all) {
  OnlyOne only;
  for (const JsonMember& member : document.as_object()) {
    only.Add(ThetaOf(member, Place::kInSet, layer_type, or_for_all));
    if (!member.value.is_object() || !IsContainer(member.key)) continue;
    for (const JsonMember& inner : member.value.as_object()) {
      only.Add(ThetaOf(inner, Place::kAtTop, layer_type, or_for_all));
      if (layer_type.empty() || inner.key != layer_type || !inner.value.is_object()) continue;
      for (const JsonMember& own : inner.value.as_object()) {
        only.Add(ThetaOf(own, Place::kAtTop, "", true));
      }
    }
  }
  return only.Get();
}

}  // namespace rope

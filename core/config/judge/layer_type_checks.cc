#include "core/config/judge/layer_type_checks.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

void CheckList(LoadingState* state, absl::string_view name,
               absl::Span<const absl::string_view> known) {
  const JsonValue* list = state->Attribute(name);
  if (list == nullptr || list->is_null()) return;
  FindingSink& findings = state->findings();
  if (!list->is_array()) {
    findings.Add(FindingId::kLayerTypes, *list, name, absl::StrCat(name, " must be a list"));
    return;
  }
  for (const JsonValue& element : list->as_array()) {
    const bool is_known = element.is_string() &&
                          std::find(known.begin(), known.end(), element.as_string()) != known.end();
    if (is_known) continue;
    findings.Add(FindingId::kLayerTypes, element, name,
                 absl::StrCat("unknown entry ", PythonRepr(element), "; known are ",
                              absl::StrJoin(known, ", ")));
    return;
  }
  const std::optional<int64_t> layers = state->IntAttribute("num_hidden_layers");
  const int64_t length = static_cast<int64_t>(list->as_array().size());
  if (!layers.has_value() || *layers == length) return;
  findings.Add(FindingId::kLayerTypes, *list, name,
               absl::StrCat(name, " has ", length, " entries for ", *layers, " layers"),
               absl::StrCat("`num_hidden_layers` (", *layers, ") must be equal to the number of `",
                            name, "` (", length, ")"));
}

}  // namespace

void CheckLayerTypes(LoadingState* state) {
  const JsonValue* layer_types = state->Attribute("layer_types");
  if (layer_types == nullptr || layer_types->is_null()) return;
  if (state->Attribute("num_hidden_layers") == nullptr) return;
  CheckList(state, "layer_types", state->family().known_layer_types);
  CheckList(state, "mlp_layer_types", state->family().known_mlp_layer_types);
}

}  // namespace rope

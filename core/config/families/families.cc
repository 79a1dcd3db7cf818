#include "core/config/families/families.h"

#include <algorithm>
#include <vector>

#include "core/config/families/family_rows.h"
#include "core/config/families/layer_patterns.h"

namespace rope {
namespace {

// The generic family has the field layer_types, unlike llama: a document may nest its parameters by
// layer type.
constexpr Family kGeneric = {.model_type = "",
                             .shape = {4096, 32, 2048, 32},
                             .head_dim = FieldOrDerived(),
                             .nesting = Nesting::kAsGiven,
                             .fill_layer_types = LeaveLayerTypesNull};

bool ByModelType(const Family& a, const Family& b) { return a.model_type < b.model_type; }

std::vector<Family> Merged() {
  std::vector<Family> merged;
  for (const absl::Span<const Family> part :
       {TextFamilies(), HybridFamilies(), EncoderFamilies(), RemoteFamilies()}) {
    merged.insert(merged.end(), part.begin(), part.end());
  }
  std::sort(merged.begin(), merged.end(), ByModelType);
  return merged;
}

}  // namespace

absl::Span<const Family> AllFamilies() {
  static const auto* const families = new std::vector<Family>(Merged());
  return *families;
}

const Family* FindFamily(absl::string_view model_type) {
  const absl::Span<const Family> families = AllFamilies();
  const auto found =
      std::lower_bound(families.begin(), families.end(), model_type,
                       [](const Family& f, absl::string_view name) { return f.model_type < name; });
  return found != families.end() && found->model_type == model_type ? &*found : nullptr;
}

const Family& GenericFamily() { return kGeneric; }

}  // namespace rope

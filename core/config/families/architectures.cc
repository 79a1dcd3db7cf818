// Which family an entry of the member architectures belongs to.
//
// transformers names classes after the model_type: "Qwen2ForCausalLM" for qwen2, "Qwen2Moe..." for
// qwen2_moe. Without the suffix, and without the characters that are no letters or digits, the two
// are equal, so the rows of the families are the table. Only the exceptions are listed here.
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "core/config/families/families.h"
#include "core/config/families/family_rows.h"

namespace rope {
namespace {

constexpr absl::string_view kSuffixes[] = {"ForCausalLM", "LMHeadModel", "ForConditionalGeneration",
                                           "ForMaskedLM", "Model"};

// Classes that are not named after their family's model_type.
struct Exception {
  absl::string_view name;  // letters and digits of the architecture, without the suffix
  absl::string_view family;
};
constexpr Exception kExceptions[] = {
    {"decilm", "nemotron-nas"},
    {"hunyuandensev1", "hunyuan_v1_dense"},
    {"hunyuanmoev1", "hunyuan_v1_moe"},
    {"rw", "falcon"},
};

// The letters and digits of `text`, in lower case.
std::string Plain(absl::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) plain += absl::ascii_tolower(c);
  }
  return plain;
}

std::string PlainName(absl::string_view architecture) {
  for (const absl::string_view suffix : kSuffixes) {
    if (absl::ConsumeSuffix(&architecture, suffix)) break;
  }
  return Plain(architecture);
}

using FamilyMap = absl::flat_hash_map<std::string, const Family*>;

const FamilyMap& FamiliesByPlainName() {
  static const auto* const map = [] {
    auto* const families = new FamilyMap;
    for (const Family& family : AllFamilies()) families->emplace(Plain(family.model_type), &family);
    for (const Exception& row : kExceptions) families->emplace(row.name, FindFamily(row.family));
    return families;
  }();
  return *map;
}

}  // namespace

const Family* FamilyOfArchitecture(absl::string_view architecture) {
  const FamilyMap& families = FamiliesByPlainName();
  const std::string name = PlainName(architecture);
  for (const std::string& candidate : {name, name + "text"}) {
    const auto found = families.find(candidate);
    if (found != families.end()) return found->second;
  }
  return nullptr;
}

bool ArchitectureHasNoRotaryEmbedding(absl::string_view architecture) {
  // Names without rotary embedding, too, are those of a model_type.
  static const auto* const names = [] {
    auto* const plain = new absl::flat_hash_set<std::string>;
    for (const absl::string_view model_type : TypesWithoutRope()) plain->insert(Plain(model_type));
    return plain;
  }();
  return FamilyOfArchitecture(architecture) == nullptr && names->contains(PlainName(architecture));
}

}  // namespace rope

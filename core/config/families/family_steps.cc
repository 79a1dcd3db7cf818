#include "core/config/families/family_steps.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/load/conversion.h"
#include "core/config/load/layer_types.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

JsonValue AttributeOrNull(const LoadingState& state, absl::string_view name) {
  const JsonValue* value = state.Attribute(name);
  return value != nullptr ? *value : JsonValue();
}

// Saturates: the sum is only compared with half of a head.
int64_t Sum(const std::vector<int64_t>& numbers) {
  int64_t sum = 0;
  for (const int64_t n : numbers) {
    if (n < 0 || n > 4096 || sum > 4096) return -1;
    sum += n;
  }
  return sum;
}

std::optional<int64_t> HeadDim(LoadingState* state) {
  const std::optional<int64_t> given = state->IntAttribute("head_dim");
  return given.value_or(0) != 0 ? given : state->DerivedHeadDim();
}

void ReportBadSections(LoadingState* state, FindingId id, const JsonValue& sections,
                       std::optional<int64_t> half, const std::string& hf_message) {
  state->findings().Add(id, sections, "rope_parameters.mrope_section",
                        absl::StrCat("must be a list of whole numbers >= 0 whose sum is ",
                                     half.has_value() ? absl::StrCat(*half) : "half of head_dim",
                                     " (half of the rotated channels), not ", PythonRepr(sections)),
                        hf_message);
}

// xdrope_section is mrope_section by an older name.
void RenameXdropeSection(LoadingState* state) {
  JsonValue& parameters = state->rope_parameters;
  const JsonValue* legacy = parameters.Find("xdrope_section");
  if (legacy == nullptr) return;
  const JsonValue section = *legacy;
  parameters.Erase("xdrope_section");
  if (section.is_null()) return;
  const JsonValue* present = parameters.Find("mrope_section");
  if (present == nullptr || present->is_null()) {
    parameters.Set("mrope_section", section);
  } else if (WholeNumbers(section) != WholeNumbers(*present)) {
    state->findings().Add(FindingId::kSections, section, "rope_parameters.xdrope_section",
                          "xdrope_section and mrope_section are both given and differ");
  }
}

}  // namespace

void PrepareMinistral3(LoadingState* state) {
  if (!state->rope_parameters.is_null()) return;
  state->rope_parameters = JsonLiteral(
      R"({"type":"yarn","rope_theta":1000000.0,"factor":16.0,"original_max_position_embeddings":16384,
          "beta_fast":32.0,"beta_slow":1.0,"mscale_all_dim":1.0,"mscale":1.0,
          "llama_4_scaling_beta":0.1})");
  state->rope_parameters.Set("max_position_embeddings",
                             AttributeOrNull(*state, "max_position_embeddings"));
}

void PrepareMistral4(LoadingState* state) {
  const double rope = static_cast<double>(state->IntField("qk_rope_head_dim", 64));
  const double nope = static_cast<double>(state->IntField("qk_nope_head_dim", 64));
  if (rope + nope < 1.0) {
    state->findings().AddPath(FindingId::kHeadDim, "qk_rope_head_dim", -1,
                              "qk_nope_head_dim + qk_rope_head_dim must be >= 1");
    return;
  }
  state->SetAttribute("head_dim", JsonValue(static_cast<int64_t>(rope + nope)));
  if (state->rope_parameters.is_null()) {
    state->rope_parameters = JsonLiteral(
        R"({"type":"yarn","rope_theta":10000.0,"factor":128.0,"original_max_position_embeddings":8192,
            "beta_fast":32.0,"beta_slow":1.0,"mscale_all_dim":1.0,"mscale":1.0,
            "llama_4_scaling_beta":0.1})");
    state->rope_parameters.Set("max_position_embeddings",
                               AttributeOrNull(*state, "max_position_embeddings"));
  }
  state->rope_parameters.SetDefault("partial_rotary_factor", JsonValue(rope / (rope + nope)));
}

void PrepareGemma4(LoadingState* state) {
  const JsonValue global_head_dim = state->TakeKwarg("global_head_dim", JsonValue(512));
  if (state->Kwarg("per_layer_config") != nullptr) return;
  const JsonValue layer_types = AttributeOrNull(*state, "layer_types");
  if (!layer_types.is_array()) return;
  JsonValue override_ = EmptyObject();
  override_.Set("head_dim", global_head_dim);
  JsonValue per_layer = EmptyObject();
  for (size_t i = 0; i < layer_types.as_array().size(); ++i) {
    const JsonValue& type = layer_types.as_array()[i];
    if (type.is_string() && type.as_string() == "full_attention") {
      per_layer.as_object().push_back({absl::StrCat(i), override_});
    }
  }
  state->SetDefaultKwarg("per_layer_config", std::move(per_layer));
}

void PrepareFalcon(LoadingState* state) {
  const JsonValue n_embed = state->TakeKwarg("n_embed", JsonValue());
  if (n_embed.is_int()) state->SetAttribute("hidden_size", n_embed);
  if (const JsonValue* head_dim = state->Kwarg("head_dim")) {
    state->findings().Add(FindingId::kFieldType, *head_dim, "head_dim",
                          "head_dim cannot be given: it is hidden_size / num_attention_heads in "
                          "this family",
                          "property 'head_dim' of 'FalconConfig' object has no setter");
  }
}

void PreparePhi3(LoadingState* state) {
  const JsonValue* given = state->Kwarg("original_max_position_embeddings");
  const bool null_allowed = state->family().model_type == "phi4_multimodal";
  if (given != nullptr && given->is_null() && null_allowed) {
    state->SetAttribute("original_max_position_embeddings",
                        state->TakeKwarg("original_max_position_embeddings", JsonValue()));
    return;
  }
  const int64_t offset = given != nullptr ? given->offset() : -1;
  JsonValue value(state->IntField("original_max_position_embeddings", 4096));
  value.set_offset(offset);
  state->SetAttribute("original_max_position_embeddings", std::move(value));
}

void PrepareBamba(LoadingState* state) {
  RefuseLayerTypes(state);
  state->TakeKwarg("partial_rotary_factor", JsonValue());
  state->SetDefaultKwarg("partial_rotary_factor", JsonValue(0.5));
}

void ConvertHunYuanVl(LoadingState* state) {
  ConvertGeneral(state);
  JsonValue& parameters = state->rope_parameters;
  if (!IsTruthy(parameters)) return;
  RenameXdropeSection(state);
  const JsonValue* given = parameters.Find("rope_type");
  if (given == nullptr) given = parameters.Find("type");
  JsonValue type = given != nullptr ? *given : JsonValue("default");
  if (type.is_string() && type.as_string() == "xdrope") type = JsonValue("dynamic");
  parameters.Set("rope_type", type);
  if (parameters.Find("type") != nullptr) parameters.Set("type", type);
}

void FinishHunYuanVl(LoadingState* state) {
  // Another name of the field.
  if (const JsonValue* alias = state->Attribute("attention_head_dim")) {
    state->SetAttribute("head_dim", JsonValue(*alias));
  }
  JsonValue* sections = state->rope_parameters.Find("mrope_section");
  if (sections == nullptr || sections->is_null()) return;
  const std::optional<std::vector<int64_t>> numbers = WholeNumbers(*sections);
  const std::optional<int64_t> head_dim = HeadDim(state);
  if (!head_dim.has_value()) return;  // reported
  const int64_t half = *head_dim / 2;
  if (!numbers.has_value() || Sum(*numbers) != half) {
    const std::string hf =
        absl::StrCat("Illegal mrope partition: expected half-head sections summing to ", half,
                     ", got ", PythonRepr(*sections));
    return ReportBadSections(state, FindingId::kSections, *sections, half, hf);
  }
  JsonValue::Array integers(numbers->begin(), numbers->end());
  const int64_t offset = sections->offset();
  *sections = JsonValue(std::move(integers));
  sections->set_offset(offset);
}

void CheckPhi3(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  const std::string type = StringMember(parameters, "rope_type");
  if (type != "default" && type != "longrope") {
    const JsonValue* given = parameters.Find("rope_type");
    const std::string printed = PythonStr(given != nullptr ? *given : JsonValue());
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, parameters, "rope_parameters", "rope_type",
        absl::StrCat("this family takes default and longrope (also written su or yarn), not ",
                     printed),
        absl::StrCat("`rope_parameters`'s type field must be one of ['longrope'], got ", printed));
    return;
  }
  // Lists are held against hidden_size / num_attention_heads here, whatever head_dim says.
  const std::optional<int64_t> head_dim = state->DerivedHeadDim();
  const JsonValue* partial = parameters.Find("partial_rotary_factor");
  const std::optional<double> factor = partial != nullptr ? PythonNumber(*partial) : 1.0;
  if (!head_dim.has_value() || !factor.has_value() || !(std::abs(*factor) < 1e6)) return;
  const int64_t wanted = static_cast<int64_t>(static_cast<double>(*head_dim) * *factor) / 2;
  for (const absl::string_view key : {"short_factor", "long_factor"}) {
    const JsonValue* list = parameters.Find(key);
    if (list == nullptr || !list->is_array()) continue;  // the rules of longrope say so
    const int64_t length = static_cast<int64_t>(list->as_array().size());
    if (length == wanted) continue;
    const std::string path = state->findings().PathOf(*list, key);
    if (state->findings().HasErrorAt(path)) continue;
    state->findings().Add(FindingId::kListLength, *list, path,
                          absl::StrCat("must have ", wanted, " entries, not ", length),
                          absl::StrCat("`rope_parameters`'s ", key, " field must have length ",
                                       wanted, ", got ", length));
  }
}

void CheckPhimoe(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  const std::string type = StringMember(parameters, "rope_type");
  if (type == "default") return;
  if (type != "longrope") {
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, parameters, "rope_parameters", "rope_type",
        "this family takes default and longrope: its cos and sin are scaled by short_mscale and "
        "long_mscale, which the other types do not have");
    return;
  }
  // The set's own value outranks the top level's from now on.
  if (const JsonValue* original = parameters.Find("original_max_position_embeddings")) {
    state->SetAttribute("original_max_position_embeddings", JsonValue(*original));
  }
  for (const absl::string_view key : {"short_mscale", "long_mscale"}) {
    const JsonValue value = parameters.Find(key) != nullptr ? *parameters.Find(key) : JsonValue();
    if (IsPythonNumber(value)) continue;
    state->findings().AddMember(
        FindingId::kWrongKind, parameters, "rope_parameters", key,
        absl::StrCat(key, " must be a number: longrope of this family scales cos and sin by it"),
        absl::StrCat("`rope_parameters`'s ", key, " field must be a number, got ",
                     PythonStr(value)));
  }
}

void CheckErnieVl(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  const JsonValue* type = parameters.Find("rope_type");
  if (type != nullptr && !(type->is_string() && type->as_string() == "default")) {
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, parameters, "rope_parameters", "rope_type",
        absl::StrCat("this family takes type default only, not ", PythonStr(*type)),
        absl::StrCat("Ernie 4.5 VL requires the `default` rope type, but found ", PythonStr(*type),
                     " instead."));
  }
  CheckMropeSections(state);
}

void CheckMropeSections(LoadingState* state) {
  const JsonValue* sections = state->rope_parameters.Find("mrope_section");
  if (sections == nullptr) return;
  const std::optional<int64_t> head_dim = HeadDim(state);
  if (!head_dim.has_value()) return;
  const JsonValue* partial = state->rope_parameters.Find("partial_rotary_factor");
  const std::optional<double> factor = partial != nullptr ? PythonNumber(*partial) : 1.0;
  const bool honoured =
      state->family().partial_in_default && factor.has_value() && *factor > 0.0 && *factor <= 1.0;
  const int64_t half =
      (honoured ? static_cast<int64_t>(static_cast<double>(*head_dim) * *factor) : *head_dim) / 2;
  const std::optional<std::vector<int64_t>> numbers = WholeNumbers(*sections);
  if (numbers.has_value() && Sum(*numbers) == half) return;
  ReportBadSections(state, FindingId::kSectionsImplausible, *sections, half, "");
}

}  // namespace rope

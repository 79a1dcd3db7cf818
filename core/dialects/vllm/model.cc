#include "core/dialects/vllm/model.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/dialects/types/engine_types.h"
#include "core/dialects/vllm/families.h"
#include "core/dialects/vllm/get_rope.h"
#include "core/json/python_value.h"
#include "core/numerics/correctly_rounded.h"
#include "core/rope_types/attention/attention_scaling.h"

namespace rope {
namespace {

using vllm::FamilyRow;
using vllm::ModelCode;

absl::Status Refused(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(kVllm, " refuses ", what));
}

// Renames a type that vLLM knows by another name. The yarn of TeleChat-3 gets the factor of its
// attention here: 0.07 ln s + 1.
absl::Status RenameType(const std::string& path, const std::string& type, JsonValue* set) {
  if (type == "su") {
    set->Set("rope_type", JsonValue("longrope"));
  } else if (type == "mrope") {
    if (set->Find("mrope_section") == nullptr) {
      return Refused(absl::StrCat(path, ": type mrope needs an mrope_section (ValueError)"));
    }
    set->Set("rope_type", JsonValue("default"));
  } else if (type == "telechat3-yarn") {
    const JsonValue* factor = set->Find("factor");
    const std::optional<double> s = factor != nullptr ? PythonNumber(*factor) : std::nullopt;
    if (!s.has_value() || !(*s > 0.0)) {
      return Refused(absl::StrCat(path, ".factor: telechat3-yarn needs a number > 0"));
    }
    set->Set("rope_type", JsonValue("yarn"));
    set->Set("attention_factor", JsonValue(0.07 * CorrectlyRoundedLog(*s) + 1.0));
  }
  return absl::OkStatus();
}

// patch_rope_parameters_dict: type against rope_type, and renamed types.
absl::Status Patch(const std::string& path, JsonValue* set) {
  const JsonValue* rope_type = set->Find("rope_type");
  const JsonValue* legacy = set->Find("type");
  if (rope_type == nullptr && legacy != nullptr) set->Set("rope_type", JsonValue(*legacy));
  if (rope_type != nullptr && legacy != nullptr && rope_type->is_string() && legacy->is_string()) {
    const std::string& old_name = legacy->as_string();
    const std::string& name = rope_type->as_string();
    const bool renamed =
        (old_name == "su" && name == "longrope") || (old_name == "mrope" && name == "default");
    if (name != old_name && !renamed) {
      return Refused(absl::StrCat(path, ": rope_type \"", name, "\" and type \"", old_name,
                                  "\" contradict each other (ValueError)"));
    }
  }
  rope_type = set->Find("rope_type");
  if (rope_type == nullptr || !rope_type->is_string()) return absl::OkStatus();
  return RenameType(path, std::string(rope_type->as_string()), set);
}

bool IsType(const JsonValue& set, absl::string_view name) {
  const JsonValue* type = set.Find("rope_type");
  return type != nullptr && type->is_string() && type->as_string() == name;
}

// DeepSeek's model code: any scaled type is its yarn. An attention_factor of exactly 1 chooses the
// variant that leaves the scale of attention unchanged.
void UseDeepseekType(JsonValue* set) {
  if (IsType(*set, "default")) return;
  const JsonValue* factor = set->Find("attention_factor");
  const bool is_one = factor != nullptr && PythonNumber(*factor) == 1.0;
  set->Set("rope_type", JsonValue(is_one ? "deepseek_llama_scaling" : "deepseek_yarn"));
}

// DeepSeek-V4's model code: yarn without a factor for both parameter sets; "main" does not stretch.
void UseDeepseekV4Type(const ModelValues& model, int64_t head_size, JsonValue* set) {
  if (IsType(*set, "default")) {
    set->Set("rope_type", JsonValue("deepseek_yarn"));
    set->Set("factor", JsonValue(1.0));
    const std::optional<int64_t> longest = MaxPositionOf(model);
    if (longest.has_value()) {
      set->Set("original_max_position_embeddings", JsonValue(*longest));
    }
  } else {
    UseDeepseekType(set);
  }
  set->Set("mscale", JsonValue(0));
  set->Set("mscale_all_dim", JsonValue(0));
  set->Set("is_deepseek_v4", JsonValue(true));
  const JsonValue* partial = set->Find("partial_rotary_factor");
  const double share = partial != nullptr ? PythonNumber(*partial).value_or(1.0) : 1.0;
  set->Set("rope_dim", JsonValue(static_cast<double>(head_size) * share));
}

// gpt-oss' model code makes its own dictionary; every type becomes yarn.
absl::Status UseGptOssType(const std::string& path, JsonValue* set) {
  JsonValue own = EmptyObject();
  own.Set("rope_type", JsonValue("yarn"));
  for (const char* key :
       {"rope_theta", "factor", "original_max_position_embeddings", "beta_fast", "beta_slow"}) {
    const JsonValue* value = set->Find(key);
    if (value == nullptr) {
      return Refused(absl::StrCat(path, ".", key, ": gpt-oss needs it (KeyError)"));
    }
    own.Set(key, *value);
  }
  if (const JsonValue* truncate = set->Find("truncate")) own.Set("truncate", *truncate);
  *set = std::move(own);
  return absl::OkStatus();
}

// What the model's attention multiplies its scale by.
double SoftmaxFactor(const JsonValue& set, const EngineRope& rope) {
  const JsonValue* mscale = set.Find("mscale_all_dim");
  if (!IsType(set, "deepseek_yarn") || mscale == nullptr) return 1.0;
  return SoftmaxScaleFactor(rope.config.factor.value_or(1.0), PythonNumber(*mscale).value_or(0.0));
}

absl::Status AdaptToModelCode(const FamilyRow& row, const ModelValues& model,
                              VllmArguments* arguments) {
  JsonValue* set = &arguments->rope_parameters;
  switch (row.code) {
    case ModelCode::kDeepseek:
      UseDeepseekType(set);
      break;
    case ModelCode::kDeepseekV4:
      UseDeepseekV4Type(model, arguments->head_size, set);
      break;
    case ModelCode::kGptOss:
      return UseGptOssType(arguments->path, set);
    case ModelCode::kWithoutSections:
      set->Erase("mrope_section");
      set->Erase("mrope_interleaved");
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::StatusOr<EngineRope> RopeOf(const FamilyRow& row, const ModelValues& model,
                                  NamedParameters named) {
  VllmArguments arguments;
  arguments.head_size = HeadSizeOf(model, named.layer_type);
  arguments.max_position = MaxPositionOf(model);
  arguments.is_neox_style = row.is_neox_style;
  arguments.mrope_positions_factor = row.mrope_positions_factor;
  arguments.dual_chunk_attention_config = AttributeOf(model, "dual_chunk_attention_config");
  arguments.path = std::move(named.path);
  if (absl::Status status = Patch(arguments.path, &named.parameters); !status.ok()) return status;
  arguments.rope_parameters = std::move(named.parameters);
  if (absl::Status status = AdaptToModelCode(row, model, &arguments); !status.ok()) return status;
  auto rope = VllmGetRope(arguments);
  if (rope.ok() && row.code == ModelCode::kDeepseek) {
    rope->softmax_scale_factor = SoftmaxFactor(arguments.rope_parameters, *rope);
  }
  return rope;
}

// MiMo-V2-Flash's own configuration class does not take a nested rope_parameters apart: base and
// share come from the top level of the document, or from the class.
NamedParameters MimoParameters(const ModelValues& model) {
  NamedParameters named{"", EmptyObject(), "rope_parameters"};
  const JsonValue* theta = model.loaded.document.Find("rope_theta");
  const JsonValue* partial = model.loaded.document.Find("partial_rotary_factor");
  named.parameters.Set("rope_type", JsonValue("default"));
  named.parameters.Set("rope_theta", theta != nullptr ? *theta : JsonValue(1000000));
  named.parameters.Set("partial_rotary_factor", partial != nullptr ? *partial : JsonValue(1.0));
  return named;
}

std::vector<DialectLayer> LayersOf(const FamilyRow& row, const ModelValues& model, bool is_guess) {
  std::vector<NamedParameters> sets = ParameterSetsOf(model);
  std::vector<DialectLayer> layers;
  for (NamedParameters& named : sets) {
    const std::string layer_type = named.layer_type;
    const bool unread = row.code == ModelCode::kMimo && !layer_type.empty();
    if (unread) named = MimoParameters(model);
    named.layer_type = layer_type;
    auto rope = RopeOf(row, model, std::move(named));
    if (rope.ok() && unread) {
      rope->notes.emplace_back(
          "parameters nested by layer type are not read; base and share are those of the top level "
          "or of the engine's class");
    }
    if (rope.ok() && is_guess) rope->notes.push_back(GuessNote(kVllm, model));
    layers.push_back({layer_type, std::move(rope)});
  }
  return layers;
}

}  // namespace

DialectReading ReadByVllm(const ModelValues& model) {
  DialectReading reading{model.loaded.family, model.loaded.text_model_path, {}, false};
  const FamilyRow* row = RowOf(vllm::FamilyRows(), model.loaded);
  reading.is_guess = row == nullptr;
  static constexpr FamilyRow kOther = {};
  const FamilyRow& used = row != nullptr ? *row : kOther;
  switch (used.code) {
    case ModelCode::kTransformers:
      reading.layers = AllAsTransformers(
          model, absl::StrCat(kVllm, " has no rotary code for model_type \"", model.loaded.family,
                              "\" and runs that of transformers"));
      break;
    case ModelCode::kNone:
      reading.layers.push_back(
          {"", Refused(absl::StrCat("model_type \"", model.loaded.family, "\": ", used.why_none)),
           used.is_refused});
      break;
    default:
      reading.layers = LayersOf(used, model, reading.is_guess);
  }
  return reading;
}

}  // namespace rope

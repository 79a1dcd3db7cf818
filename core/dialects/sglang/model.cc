#include "core/dialects/sglang/model.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/dialects/sglang/families.h"
#include "core/dialects/sglang/get_rope.h"
#include "core/dialects/types/engine_types.h"
#include "core/json/python_value.h"
#include "core/rope_types/attention/attention_scaling.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

using sglang::FamilyRow;
using sglang::ModelCode;

constexpr char kMain[] = "main";  // of DeepSeek-V4
constexpr char kFull[] = "full_attention";
constexpr char kSliding[] = "sliding_attention";

absl::Status Refused(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(kSglang, " refuses ", what));
}

absl::Status NotKnown(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("it is not known what ", kSglang, " does: ", what));
}

JsonValue MemberOf(const JsonValue& object, absl::string_view key) {
  const JsonValue* value = object.Find(key);
  return value != nullptr ? *value : JsonValue();
}

bool IsDefault(const JsonValue& set) {
  const JsonValue* type = set.Find("rope_type");
  return type == nullptr || (type->is_string() && type->as_string() == "default");
}

double NumberOf(const JsonValue& value, double otherwise) {
  return PythonNumber(value).value_or(otherwise);
}

// The channels that rotate: those of the configuration's attributes, never of the parameter set.
double RotaryDim(const FamilyRow& row, const ModelValues& model, int64_t head_size) {
  if (row.default_rotary_dim > 0.0) {
    return NumberOf(MemberOf(model.loaded.document, "rotary_dim"), row.default_rotary_dim);
  }
  const double share =
      NumberOf(MemberOf(model.loaded.document, "partial_rotary_factor"), row.default_share);
  return std::floor(static_cast<double>(head_size) * share);
}

// A scaled type becomes deepseek_yarn; type default passes no scaling.
void UseDeepseekType(JsonValue* set) {
  if (IsDefault(*set)) {
    *set = JsonValue();
  } else {
    set->Set("rope_type", JsonValue("deepseek_yarn"));
  }
}

// Laguna's model code: attention_factor divided by the factor of yarn becomes attn_factor.
void UseLagunaScaling(SglangArguments* arguments) {
  JsonValue* set = &arguments->rope_scaling;
  const double share = NumberOf(MemberOf(*set, "partial_rotary_factor"), 1.0);
  arguments->rotary_dim = static_cast<double>(arguments->head_size);
  arguments->partial_rotary_factor = share;
  if (IsDefault(*set)) {
    *set = JsonValue();
    return;
  }
  const std::optional<double> wanted = PythonNumber(MemberOf(*set, "attention_factor"));
  if (wanted.has_value()) {
    const double factor = NumberOf(MemberOf(*set, "factor"), 1.0);
    set->Set("attn_factor", JsonValue(*wanted / MagnitudeScale<double>(factor, 1.0)));
    set->Erase("attention_factor");
  }
}

// Changes the arguments as the model code does. Not ok if it raises an exception.
absl::Status AdaptToModelCode(const FamilyRow& row, const std::string& layer_type,
                              SglangArguments* arguments) {
  JsonValue* set = &arguments->rope_scaling;
  switch (row.code) {
    case ModelCode::kNoScaling:
      *set = JsonValue();
      break;
    case ModelCode::kDeepseek:
      UseDeepseekType(set);
      break;
    case ModelCode::kDeepseekV4:
      if (layer_type != kMain) return NotKnown("only the layers of \"main\" were recorded");
      *set = JsonValue();
      break;
    case ModelCode::kGemma3n:
      if (layer_type == kSliding) *set = JsonValue();
      break;
    case ModelCode::kLaguna:
      UseLagunaScaling(arguments);
      break;
    case ModelCode::kStep3p5:
      arguments->rotary_dim = static_cast<double>(arguments->head_size);
      arguments->partial_rotary_factor = NumberOf(MemberOf(*set, "partial_rotary_factor"), 1.0);
      break;
    default:
      if (layer_type.empty()) break;
      return Refused(absl::StrCat(arguments->path,
                                  ": the parameters of each layer type are in one "
                                  "dictionary each (TypeError)"));
  }
  return absl::OkStatus();
}

// Says what the model code leaves unread.
void AddNotes(const FamilyRow& row, const ModelValues& model, const JsonValue& set,
              EngineRope* rope) {
  if (row.code == ModelCode::kNoScaling && !IsDefault(set)) {
    rope->notes.emplace_back("the model code passes no scaling; only rope_theta is read");
  }
  const bool reads_share = row.code == ModelCode::kLaguna || row.code == ModelCode::kStep3p5 ||
                           row.code == ModelCode::kDeepseekV4 ||
                           model.loaded.document.Find("partial_rotary_factor") != nullptr;
  const JsonValue share = MemberOf(set, "partial_rotary_factor");
  if (!reads_share && row.default_rotary_dim == 0.0 && !share.is_null() &&
      NumberOf(share, 1.0) != row.default_share) {
    rope->notes.emplace_back(
        "partial_rotary_factor inside the rope parameters is not read, only one at the top level");
  }
}

absl::StatusOr<EngineRope> RopeOf(const FamilyRow& row, const ModelValues& model,
                                  const NamedParameters& named) {
  SglangArguments arguments;
  arguments.head_size = HeadSizeOf(model, named.layer_type);
  if (row.code == ModelCode::kDeepseekV4) {
    const double share = NumberOf(MemberOf(named.parameters, "partial_rotary_factor"), 1.0);
    arguments.head_size =
        static_cast<int64_t>(std::floor(static_cast<double>(arguments.head_size) * share));
    arguments.rotary_dim = static_cast<double>(arguments.head_size);
  } else {
    arguments.rotary_dim = RotaryDim(row, model, arguments.head_size);
  }
  arguments.max_position = MaxPositionOf(model);
  arguments.base = MemberOf(named.parameters, "rope_theta");
  arguments.is_neox_style = row.is_neox_style;
  arguments.rope_scaling = named.parameters;
  arguments.dual_chunk_attention_config = AttributeOf(model, "dual_chunk_attention_config");
  arguments.path = named.path;
  absl::Status status = AdaptToModelCode(row, named.layer_type, &arguments);
  if (!status.ok()) return status;
  auto rope = SglangGetRope(arguments);
  if (rope.ok()) AddNotes(row, model, named.parameters, &*rope);
  if (rope.ok() && row.code == ModelCode::kDeepseek && !arguments.rope_scaling.is_null()) {
    rope->softmax_scale_factor =
        SoftmaxScaleFactor(rope->config.factor.value_or(1.0),
                           NumberOf(MemberOf(arguments.rope_scaling, "mscale_all_dim"), 0.0));
  }
  return rope;
}

// Gemma-3: the module that the GPU path uses. Its full layers call transformers' functions with the
// dictionary of the layer type as if it were the only one, so that truncate is read; its sliding
// layers are of type default.
absl::StatusOr<EngineRope> Gemma3Rope(const ModelValues& model, const NamedParameters& named) {
  if (named.layer_type == kSliding) {
    FamilyRow row;
    NamedParameters plain{"", EmptyObject(), named.path};
    plain.parameters.Set("rope_theta", MemberOf(named.parameters, "rope_theta"));
    auto rope = RopeOf(row, model, plain);
    if (rope.ok() && !IsDefault(named.parameters)) {
      rope->notes.emplace_back("sliding layers are always of type default; the rest is not read");
    }
    return rope;
  }
  auto rope = AsTransformers(model, named.layer_type,
                             "the engine's own module calls transformers' functions; the CPU path "
                             "has another one, of type default");
  const JsonValue truncate = MemberOf(named.parameters, "truncate");
  if (rope.ok() && rope->config.rope_type == "yarn" && truncate.is_bool()) {
    rope->config.truncate = truncate.as_bool();
  }
  return rope;
}

std::vector<DialectLayer> LayersOf(const FamilyRow& row, const ModelValues& model, bool is_guess) {
  std::vector<DialectLayer> layers;
  for (const NamedParameters& named : ParameterSetsOf(model)) {
    const bool gemma3 = row.code == ModelCode::kGemma3 &&
                        (named.layer_type == kFull || named.layer_type == kSliding);
    auto rope = gemma3 ? Gemma3Rope(model, named) : RopeOf(row, model, named);
    if (rope.ok() && is_guess) rope->notes.push_back(GuessNote(kSglang, model));
    const bool is_known = row.code != ModelCode::kDeepseekV4 || named.layer_type == kMain;
    layers.push_back({named.layer_type, std::move(rope), is_known});
  }
  return layers;
}

}  // namespace

DialectReading ReadBySglang(const ModelValues& model) {
  DialectReading reading{model.loaded.family, model.loaded.text_model_path, {}, false};
  const FamilyRow* row = RowOf(sglang::FamilyRows(), model.loaded);
  reading.is_guess = row == nullptr;
  static constexpr FamilyRow kOther = {};
  const FamilyRow& used = row != nullptr ? *row : kOther;
  switch (used.code) {
    case ModelCode::kTransformers:
      reading.layers = AllAsTransformers(
          model, absl::StrCat(kSglang, " has no class for model_type \"", model.loaded.family,
                              "\"; its transformers backend, if it is used, runs transformers' "
                              "code"));
      break;
    case ModelCode::kNone:
      reading.layers.push_back({"",
                                NotKnown(absl::StrCat("model_type \"", model.loaded.family,
                                                      "\" alone could not be built")),
                                false});
      break;
    default:
      reading.layers = LayersOf(used, model, reading.is_guess);
  }
  return reading;
}

}  // namespace rope

#include "core/config/judge/key_checks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

// A type that transformers knows and this service does not compute.
constexpr absl::string_view kNotComputed = "axial";

// A type of Qwen2-VL's older configurations. transformers reads it as the default type. Nothing is
// lost by that, because mrope scales nothing.
constexpr absl::string_view kOldMropeType = "mrope";

// Keys that people write, and the keys that they mean.
constexpr std::pair<absl::string_view, absl::string_view> kMisspellings[] = {
    {"attn_factor", "attention_factor"},
    {"scaling_factor", "factor"},
    {"scale", "factor"},
    {"base", "rope_theta"},
    {"theta", "rope_theta"},
    {"rope_base", "rope_theta"},
    {"original_max_positions", "original_max_position_embeddings"},
    {"original_context_length", "original_max_position_embeddings"},
    {"partial_factor", "partial_rotary_factor"},
    {"rotary_pct", "partial_rotary_factor"},
};

template <typename Range>
bool Contains(const Range& range, absl::string_view key) {
  return std::find(range.begin(), range.end(), key) != range.end();
}

// Whether the formula of that type reads the key. Every type reads partial_rotary_factor.
bool Reads(const RopeType& type, absl::string_view key) {
  return Contains(type.required_keys, key) || Contains(type.optional_keys, key) ||
         key == "partial_rotary_factor";
}

// The keys as Python prints a set. They are sorted, because Python's own order is random.
std::string PythonSet(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  return absl::StrCat("{",
                      absl::StrJoin(keys, ", ",
                                    [](std::string* out, const std::string& key) {
                                      out->append(PythonRepr(JsonValue(key)));
                                    }),
                      "}");
}

// `name` is the rope_type of the parameter set. `type` is its row; null for kNotComputed.
void CheckKeys(const ParameterSetReader& reader, const std::string& name, const RopeType* type) {
  const absl::Span<const absl::string_view> ignored = reader.state().family().ignored_keys;
  std::vector<std::string> missing;
  std::vector<std::string> unknown;
  if (type != nullptr) {
    for (const absl::string_view key : type->required_keys) {
      if (reader.Find(key) == nullptr || Contains(ignored, key)) missing.emplace_back(key);
    }
  }
  const auto is_known = [&](absl::string_view key) {
    if (key == "type" || key == "rope_type" || key == "partial_rotary_factor") return true;
    if (Contains(ignored, key)) return true;
    if (type == nullptr) return key == "rope_theta";
    return Reads(*type, key);
  };
  for (const JsonMember& member : reader.set().as_object()) {
    if (!is_known(member.key)) unknown.push_back(member.key);
  }
  for (const std::string& key : missing) {
    reader.Report(FindingId::kMissingKey, key,
                  absl::StrCat("is required by rope_type \"", name, "\""),
                  absl::StrCat("Missing required keys in `rope_parameters` for 'rope_type'='", name,
                               "': ", PythonSet(missing)));
  }
  if (unknown.empty()) return;
  const std::string keys = PythonSet(unknown);
  reader.Report(
      FindingId::kUnknownKeys, unknown.front(),
      absl::StrCat("rope_type \"", name, "\" does not read ", keys),
      absl::StrCat("Unrecognized keys in `rope_parameters` for 'rope_type'='", name, "': ", keys));
}

// Gives the last finding a fix: the default, written into the document. If the parameter set is
// rope_parameters or lies inside it, the default goes into the parameter set. Otherwise it goes to
// the top level, beside rope_scaling, unless the family has a loading step that might not read it
// there.
void AddThetaFix(const ParameterSetReader& reader, const JsonValue& theta) {
  LoadingState& state = reader.state();
  const JsonValue* parameters = state.document().Find("rope_parameters");
  if (parameters != nullptr && reader.set().offset() >= parameters->offset()) {
    state.findings().FixByAdding(reader.set(), "rope_theta", theta);
  } else if (state.family().convert == nullptr && state.family().prepare == nullptr &&
             state.family().default_parameters.empty()) {
    state.findings().FixByAdding(state.document(), "rope_theta", theta);
  }
}

}  // namespace

std::string UnknownTypeWarning(const JsonValue& type) {
  if (type.is_string() && type.as_string() == kNotComputed) return "";
  return absl::StrCat(
      "Missing validation function in 'RotaryEmbeddingConfigMixin' for 'rope_type'='",
      PythonStr(type), "'");
}

const RopeType* CheckTypeAndKeys(const ParameterSetReader& reader) {
  const JsonValue* given = reader.Find("rope_type");
  const JsonValue value = given != nullptr ? *given : JsonValue();
  const std::string name = value.is_string() ? value.as_string() : "";
  const RopeType* type = value.is_string() ? FindRopeType(name) : nullptr;
  if (type != nullptr) {
    CheckKeys(reader, name, type);
    if (reader.state().family().default_type == kNotComputed) {
      reader.Report(FindingId::kTypeNotInFamily, "rope_type",
                    absl::StrCat("this family takes only ", kNotComputed,
                                 ", which this service does not compute, not \"", name, "\""));
    }
    return type;
  }
  if (value.is_string() && name == kNotComputed) {
    CheckKeys(reader, name, nullptr);
    reader.Report(FindingId::kTypeNotComputed, "rope_type",
                  absl::StrCat("must be one of ", RopeTypeNames(), ", not \"", name,
                               "\", which transformers knows but this service does not compute"));
    return nullptr;
  }
  reader.Report(FindingId::kUnknownType, "rope_type",
                absl::StrCat("must be one of ", RopeTypeNames(), ", not ", PythonRepr(value)),
                UnknownTypeWarning(value));
  const std::string lower = absl::AsciiStrToLower(name);
  if (FindRopeType(lower) != nullptr) reader.state().findings().FixByValue(value, JsonValue(lower));
  return nullptr;
}

void CheckTheta(const ParameterSetReader& reader, RopeConfig* out) {
  const JsonValue* value = reader.Find("rope_theta");
  if (value == nullptr) {
    const std::string path = absl::StrCat(reader.path(), ".rope_theta");
    if (reader.state().findings().HasErrorAt(path)) return;
    return reader.Report(FindingId::kMissingKey, "rope_theta",
                         "is missing; it must be a number > 0");
  }
  const std::optional<double> theta = reader.Number("rope_theta", kThetaRange, Null::kIsWrong);
  if (!theta.has_value()) return;
  out->rope_theta = *theta;
  if (*theta <= 1.0) {
    reader.Report(FindingId::kThetaImplausible, "rope_theta",
                  absl::StrCat("should be well above 1, not ", PythonRepr(*value)));
  }
  if (value->offset() < 0) {
    const absl::string_view model_type = reader.state().family().model_type;
    reader.Report(
        FindingId::kThetaDefault, "rope_theta",
        absl::StrCat("is not given; ", PythonRepr(*value), " is used, the default of model_type \"",
                     model_type.empty() ? "llama" : model_type, "\""));
    AddThetaFix(reader, *value);
  }
}

void CheckOldTypeKey(const ParameterSetReader& reader) {
  const JsonValue* type = reader.Find("type");
  const JsonValue* rope_type = reader.Find("rope_type");
  if (type == nullptr || rope_type == nullptr || !type->is_string() || !rope_type->is_string()) {
    return;
  }
  const std::string& old_name = type->as_string();
  const std::string& name = rope_type->as_string();
  if (old_name == name || old_name == kDefaultRopeType) return;
  if (rope_type->offset() >= 0 && type->offset() >= 0 && rope_type->offset() != type->offset()) {
    reader.Report(FindingId::kTypeConflict, "type",
                  absl::StrCat("is \"", old_name, "\", but rope_type is \"", name,
                               "\", and rope_type counts; keep one of them"));
    reader.state().findings().FixByValue(*type, JsonValue());
  } else if (rope_type->offset() < 0 && name == kDefaultRopeType && old_name != kOldMropeType) {
    reader.Report(
        FindingId::kScalingDropped, "type",
        absl::StrCat("has no effect: this family reads only rope_type, so the frequencies are "
                     "not scaled by \"",
                     old_name, "\". Write rope_type instead of type"));
    reader.state().findings().FixByRenaming(*type, "rope_type");
  }
}

void CheckMisspellings(const ParameterSetReader& reader, const RopeType& type) {
  for (const auto& [written, meant] : kMisspellings) {
    if (reader.Find(written) == nullptr || reader.Find(meant) != nullptr) continue;
    reader.Report(FindingId::kMisspelled, written,
                  absl::StrCat("is not read; the key with this meaning is ", meant));
    if (Reads(type, meant)) reader.state().findings().FixByRenaming(*reader.Find(written), meant);
  }
}

}  // namespace rope

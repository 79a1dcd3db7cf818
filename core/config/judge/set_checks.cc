#include "core/config/judge/set_checks.h"

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

// Known to transformers as names; no frequencies here.
constexpr absl::string_view kNotComputed = "axial";

// Keys that people write, and the ones they mean.
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

// Whether the formula of that type reads the key; the last one belongs to every type.
bool Reads(const RopeType& type, absl::string_view key) {
  return Contains(type.required_keys, key) || Contains(type.optional_keys, key) ||
         key == "partial_rotary_factor";
}

// A set of strings as Python prints it, in order.
std::string PythonSet(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  return absl::StrCat("{",
                      absl::StrJoin(keys, ", ",
                                    [](std::string* out, const std::string& key) {
                                      out->append(PythonRepr(JsonValue(key)));
                                    }),
                      "}");
}

void CheckKeys(const SetReader& set, const std::string& type, const RopeType* info) {
  const absl::Span<const absl::string_view> ignored = set.state().family().ignored_keys;
  std::vector<std::string> missing;
  std::vector<std::string> unknown;
  if (info != nullptr) {
    for (const absl::string_view key : info->required_keys) {
      if (set.Find(key) == nullptr || Contains(ignored, key)) missing.emplace_back(key);
    }
  }
  const auto is_known = [&](absl::string_view key) {
    if (key == "type" || key == "rope_type" || key == "partial_rotary_factor") return true;
    if (Contains(ignored, key)) return true;
    if (info == nullptr) return key == "rope_theta";
    return Reads(*info, key);
  };
  for (const JsonMember& member : set.set().as_object()) {
    if (!is_known(member.key)) unknown.push_back(member.key);
  }
  for (const std::string& key : missing) {
    set.Report(FindingId::kMissingKey, key,
               absl::StrCat(key, " is required by rope_type \"", type, "\""),
               absl::StrCat("Missing required keys in `rope_parameters` for 'rope_type'='", type,
                            "': ", PythonSet(missing)));
  }
  if (unknown.empty()) return;
  const std::string keys = PythonSet(unknown);
  set.Report(
      FindingId::kUnknownKeys, unknown.front(),
      absl::StrCat("rope_type \"", type, "\" does not read ", keys),
      absl::StrCat("Unrecognized keys in `rope_parameters` for 'rope_type'='", type, "': ", keys));
}

void WarnOfType(const SetReader& set) {
  const JsonValue* type = set.Find("type");
  const JsonValue* rope_type = set.Find("rope_type");
  if (type == nullptr || rope_type == nullptr || !type->is_string() || !rope_type->is_string()) {
    return;
  }
  const std::string& old_name = type->as_string();
  const std::string& name = rope_type->as_string();
  if (old_name == name || old_name == kDefaultRopeType) return;
  if (rope_type->offset() >= 0 && type->offset() >= 0 && rope_type->offset() != type->offset()) {
    set.Report(FindingId::kTypeConflict, "type",
               absl::StrCat("type is \"", old_name, "\", rope_type is \"", name,
                            "\"; rope_type counts. Keep one of them"));
    set.state().findings().FixByValue(*type, JsonValue());
  } else if (rope_type->offset() < 0 && name == kDefaultRopeType && old_name != "mrope") {
    set.Report(FindingId::kScalingDropped, "type",
               absl::StrCat("this family reads rope_type only: \"", old_name,
                            "\" has no effect and the frequencies are not scaled. Write rope_type "
                            "instead of type"));
    set.state().findings().FixByRenaming(*type, "rope_type");
  }
}

void WarnOfMisspellings(const SetReader& set, const RopeType& type) {
  for (const auto& [written, meant] : kMisspellings) {
    if (set.Find(written) == nullptr || set.Find(meant) != nullptr) continue;
    set.Report(FindingId::kMisspelled, written,
               absl::StrCat("is not read; ", meant, " is the key that has this meaning"));
    if (Reads(type, meant)) set.state().findings().FixByRenaming(*set.Find(written), meant);
  }
}

}  // namespace

std::string UnknownTypeWarning(const JsonValue& type) {
  if (type.is_string() && type.as_string() == kNotComputed) return "";
  return absl::StrCat(
      "Missing validation function in 'RotaryEmbeddingConfigMixin' for 'rope_type'='",
      PythonStr(type), "'");
}

const RopeType* CheckTypeAndKeys(const SetReader& set) {
  const JsonValue* given = set.Find("rope_type");
  const JsonValue type = given != nullptr ? *given : JsonValue();
  const std::string name = type.is_string() ? type.as_string() : "";
  const RopeType* info = type.is_string() ? FindRopeType(name) : nullptr;
  if (info != nullptr) {
    CheckKeys(set, name, info);
    if (set.state().family().default_type == kNotComputed) {
      set.Report(FindingId::kTypeNotInFamily, "rope_type",
                 absl::StrCat("this family takes axial only, which is not computed here, not \"",
                              name, "\""));
    }
    return info;
  }
  if (type.is_string() && name == kNotComputed) {
    CheckKeys(set, name, nullptr);
    set.Report(
        FindingId::kTypeNotComputed, "rope_type",
        absl::StrCat("\"", name, "\" is known but not computed; computed are ", RopeTypeNames()));
    return nullptr;
  }
  set.Report(FindingId::kUnknownType, "rope_type",
             absl::StrCat("unknown rope_type ", PythonRepr(type), "; known are ", RopeTypeNames()),
             UnknownTypeWarning(type));
  const std::string lower = absl::AsciiStrToLower(name);
  if (FindRopeType(lower) != nullptr) set.state().findings().FixByValue(type, JsonValue(lower));
  return nullptr;
}

namespace {

// The default written down: in a set named rope_parameters or below it, otherwise at the top level,
// beside rope_scaling, where the family takes it from there without steps of its own.
void AddThetaFix(const SetReader& set, const JsonValue& theta) {
  LoadingState& state = set.state();
  const JsonValue* parameters = state.document().Find("rope_parameters");
  if (parameters != nullptr && set.set().offset() >= parameters->offset()) {
    state.findings().FixByAdding(set.set(), "rope_theta", theta);
  } else if (state.family().convert == nullptr && state.family().prepare == nullptr &&
             state.family().default_parameters.empty()) {
    state.findings().FixByAdding(state.document(), "rope_theta", theta);
  }
}

}  // namespace

void CheckTheta(const SetReader& set, RopeConfig* out) {
  const JsonValue* value = set.Find("rope_theta");
  if (value == nullptr) {
    const std::string path = absl::StrCat(set.path(), ".rope_theta");
    if (set.state().findings().HasErrorAt(path)) return;
    return set.Report(FindingId::kMissingKey, "rope_theta", "rope_theta is required here");
  }
  const std::optional<double> theta = set.Number("rope_theta", kThetaRange, false);
  if (!theta.has_value()) return;
  out->rope_theta = *theta;
  if (*theta <= 1.0) {
    set.Report(FindingId::kThetaImplausible, "rope_theta",
               absl::StrCat("should be well above 1, not ", PythonRepr(*value)));
  }
  if (value->offset() < 0) {
    set.Report(FindingId::kThetaDefault, "rope_theta",
               absl::StrCat("rope_theta = ", PythonRepr(*value), ": default of model_type \"",
                            set.state().family().model_type, "\", not in the configuration"));
    AddThetaFix(set, *value);
  }
}

void WarnOfSuspicions(const SetReader& set, const RopeType& type) {
  WarnOfType(set);
  WarnOfMisspellings(set, type);
}

}  // namespace rope

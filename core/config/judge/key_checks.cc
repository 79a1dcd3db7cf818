#include "core/config/judge/key_checks.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/config/judge/quantities/other_type_names.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

// Only families whose positions have several axes can have this type.
constexpr absl::string_view kAxial = kAxialRopeType;

// A type of Qwen2-VL's older configurations. transformers reads it as the default type. Nothing is
// lost by that, because mrope scales nothing.
constexpr absl::string_view kOldMropeType = "mrope";

constexpr absl::string_view kOriginalLengthKey = "original_max_position_embeddings";

template <typename Range>
bool Contains(const Range& range, absl::string_view key) {
  return std::find(std::begin(range), std::end(range), key) != std::end(range);
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

// Keys of a scaling that no type requires.
constexpr absl::string_view kOtherScalingKeys[] = {"scaling_factor", "scale", "attn_factor",
                                                   "alpha", kOriginalLengthKey};

// Whether the key belongs to a scaling, whatever its type is.
bool IsOfAScaling(absl::string_view key) {
  if (key == "rope_theta") return false;
  const auto reads_it = [&](const RopeType& type) { return type.is_scaled && ReadsKey(type, key); };
  return Contains(kOtherScalingKeys, key) ||
         std::any_of(AllRopeTypes().begin(), AllRopeTypes().end(), reads_it);
}

// The only scaled type that reads the key; null if several do, or none.
const RopeType* OnlyReader(absl::string_view key) {
  const RopeType* only = nullptr;
  for (const RopeType& type : AllRopeTypes()) {
    if (!type.is_scaled || !ReadsKey(type, key)) continue;
    if (only != nullptr) return nullptr;
    only = &type;
  }
  return only;
}

// The types that scalings with such keys have.
absl::string_view TypesWith(const ParameterSetReader& reader) {
  for (const JsonMember& member : reader.set().as_object()) {
    if (const RopeType* type = OnlyReader(member.key)) return type->name;
  }
  return reader.Find(kOriginalLengthKey) != nullptr ? "yarn" : "linear, dynamic or yarn";
}

// `name` is the rope_type of the parameter set. `type` is its row.
void CheckRequiredKeys(const ParameterSetReader& reader, const std::string& name,
                       const RopeType& type) {
  const absl::Span<const absl::string_view> ignored = reader.state().family().ignored_keys;
  const std::string old_name = StringMember(reader.set(), "type");
  const std::string written = old_name.empty() || old_name == name
                                  ? ""
                                  : absl::StrCat(", as which \"", old_name, "\" is read");
  std::vector<std::string> missing;
  for (const absl::string_view key : type.required_keys) {
    if (reader.Find(key) == nullptr || Contains(ignored, key)) missing.emplace_back(key);
  }
  for (const std::string& key : missing) {
    const JsonValue* at_top = key == kOriginalLengthKey ? reader.state().Attribute(key) : nullptr;
    const bool elsewhere = at_top != nullptr && at_top->is_int() && at_top->offset() >= 0;
    reader.Report(FindingId::kMissingKey, key,
                  absl::StrCat("is required by rope_type \"", name, "\"", written,
                               elsewhere ? absl::StrCat("; it stands at the top level, where this "
                                                        "type does not look for it. Write ",
                                                        at_top->as_int(), " here")
                                         : ""),
                  absl::StrCat("Missing required keys in `rope_parameters` for 'rope_type'='", name,
                               "': ", PythonSet(missing)));
    if (elsewhere) reader.state().findings().FixByAdding(reader.set(), key, *at_top);
  }
}

// Whether the parameter set has what the type needs. The original length and the base can be filled
// in from elsewhere.
bool HasKeysOf(const ParameterSetReader& reader, const RopeType& type) {
  return std::all_of(
      type.required_keys.begin(), type.required_keys.end(), [&](absl::string_view key) {
        return key == "rope_theta" || key == kOriginalLengthKey || reader.Find(key) != nullptr;
      });
}

// Whether every number of the type could be one, and the lengths are given if the type needs them
// (some families do not fill them in): then nothing is known against its scaling.
bool HasUsableValues(const ParameterSetReader& reader, const RopeType& type) {
  const bool needs_length =
      type.needs_original_length || type.seq_len_dependence != SeqLenDependence::kNone;
  if (type.needs_original_length && reader.Find(kOriginalLengthKey) == nullptr) return false;
  if (needs_length && !reader.state().InDocument("max_position_embeddings")) return false;
  const JsonValue::Object& members = reader.set().as_object();
  return std::all_of(members.begin(), members.end(), [&](const JsonMember& member) {
    if (member.key == "rope_type" || !ReadsKey(type, member.key)) return true;
    if (member.value.is_array()) return !member.value.as_array().empty();
    if (member.value.is_bool()) return member.key == "truncate";
    return PythonNumber(member.value).value_or(0.0) > 0.0;
  });
}

// The members that transformers' check of keys does not know. `type` is null for kAxial.
std::vector<std::string> UnknownKeys(const ParameterSetReader& reader, const RopeType* type) {
  const absl::Span<const absl::string_view> ignored = reader.state().family().ignored_keys;
  std::vector<std::string> unknown;
  for (const JsonMember& member : reader.set().as_object()) {
    const absl::string_view key = member.key;
    if (key == "type" || key == "rope_type" || key == "partial_rotary_factor") continue;
    if (Contains(ignored, key)) continue;
    if (type != nullptr ? !ReadsKey(*type, key) : key != "rope_theta")
      unknown.push_back(member.key);
  }
  return unknown;
}

std::string UnknownKeysWarning(const std::string& name, const std::vector<std::string>& unknown) {
  return absl::StrCat("Unrecognized keys in `rope_parameters` for 'rope_type'='", name,
                      "': ", PythonSet(unknown));
}

// Whether `result` was read from the key, although transformers' check does not know it: a family's
// own code reads it, or the formula does.
bool WasRead(absl::string_view key, const RopeConfig& result) {
  return (key == "alpha" && result.alpha.has_value()) ||
         (key == "factor" && result.factor.has_value()) ||
         (key == "short_mscale" && result.short_mscale.has_value()) ||
         (key == "long_mscale" && result.long_mscale.has_value());
}

// What to know about a key that another type would read.
std::string AboutKey(const ParameterSetReader& reader, const RopeType& type,
                     absl::string_view key) {
  const JsonValue* length = reader.state().Attribute("max_position_embeddings");
  if (type.name != "dynamic" || key != kOriginalLengthKey || length == nullptr) return "";
  if (!IsPythonNumber(*length)) return "";  // another finding says what is wrong with it
  std::string used = absl::StrCat(". dynamic takes max_position_embeddings (", PythonRepr(*length),
                                  ") as the original length");
  if (PythonRepr(*reader.Find(key)) == PythonRepr(*length)) return used;
  return absl::StrCat(used, "; if the model was trained with ", PythonRepr(*reader.Find(key)),
                      ", max_position_embeddings must say so");
}

// The types that the value stands for in other programs, for a message; the type that is certainly
// meant becomes the fix. No type at all beside a scaling is not the default type.
void ReportUnknownType(const ParameterSetReader& reader, const JsonValue& value,
                       const std::string& name) {
  const JsonValue::Object& members = reader.set().as_object();
  const bool scales = std::any_of(members.begin(), members.end(), [](const JsonMember& member) {
    return IsOfAScaling(member.key);
  });
  const OtherTypeName* other = value.is_string() ? FindOtherTypeName(name) : nullptr;
  const bool means_none =
      value.is_null() || (other != nullptr && other->same_as == kDefaultRopeType);
  std::string hint;
  if (scales && means_none) {
    hint = absl::StrCat(". The other parameters are those of ", TypesWith(reader));
  } else if (other != nullptr) {
    hint = absl::StrCat(". ", other->meaning);
  }
  reader.Report(FindingId::kUnknownType, "rope_type",
                absl::StrCat("must be one of ", RopeTypeNames(), ", not ",
                             value.is_null() ? "null" : PythonRepr(value), hint),
                UnknownTypeWarning(value));
  const std::string lower = absl::AsciiStrToLower(name);
  const absl::string_view meant = FindRopeType(lower) != nullptr ? absl::string_view(lower)
                                  : other != nullptr             ? other->same_as
                                                                 : absl::string_view();
  if (meant.empty() || !HasKeysOf(reader, *FindRopeType(meant))) return;
  if (scales && means_none) return;
  reader.state().findings().FixByValue(value, JsonValue(meant));
}

}  // namespace

bool ReadsKey(const RopeType& type, absl::string_view key) {
  return Contains(type.required_keys, key) || Contains(type.optional_keys, key) ||
         key == "partial_rotary_factor";
}

std::string UnknownTypeWarning(const JsonValue& type) {
  if (type.is_string() && type.as_string() == kAxial) return "";
  return absl::StrCat(
      "Missing validation function in 'RotaryEmbeddingConfigMixin' for 'rope_type'='",
      PythonStr(type), "'");
}

namespace {

// rope_type "axial". Null, with a finding, unless the family has several axes.
const RopeType* CheckAxialKeys(const ParameterSetReader& reader) {
  const std::vector<std::string> unknown = UnknownKeys(reader, nullptr);
  if (!unknown.empty()) {
    reader.Report(FindingId::kUnknownKeys, unknown.front(),
                  absl::StrCat("rope_type \"", kAxial, "\" does not read ", PythonSet(unknown)),
                  UnknownKeysWarning(std::string(kAxial), unknown));
  }
  if (reader.state().family().axial != nullptr) return &AxialRopeType();
  reader.Report(FindingId::kTypeNotComputed, "rope_type",
                absl::StrCat("must be one of ", RopeTypeNames(), ", not \"", kAxial,
                             "\", which only towers for images and videos have"));
  return nullptr;
}

}  // namespace

const RopeType* CheckTypeAndKeys(const ParameterSetReader& reader) {
  const JsonValue* given = reader.Find("rope_type");
  const JsonValue value = given != nullptr ? *given : JsonValue();
  const std::string name = value.is_string() ? value.as_string() : "";
  const Family& family = reader.state().family();
  if (value.is_string() && name == kAxial && family.default_type == kAxial) {
    return CheckAxialKeys(reader);
  }
  const RopeType* type = value.is_string() ? FindRopeType(name) : nullptr;
  if (type != nullptr) {
    CheckRequiredKeys(reader, name, *type);
    if (family.axial != nullptr && name == family.default_type) return &AxialRopeType();
    if (family.axial != nullptr || family.default_type == kAxial) {
      reader.Report(
          FindingId::kTypeNotInFamily, "rope_type",
          absl::StrCat("this family takes only ", family.default_type, ", not \"", name, "\""));
    }
    return type;
  }
  if (value.is_string() && name == kAxial) return CheckAxialKeys(reader);
  ReportUnknownType(reader, value, name);
  return nullptr;
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
    const RopeType* meant = FindRopeType(old_name);
    const bool has_fix =
        meant != nullptr && HasKeysOf(reader, *meant) && HasUsableValues(reader, *meant);
    reader.Report(
        FindingId::kScalingDropped, "type",
        absl::StrCat("has no effect: this family reads only rope_type, so the frequencies "
                     "are not scaled by \"",
                     old_name, "\". ",
                     has_fix ? "The fix renames it to rope_type, and then the scaling "
                               "counts"
                             : "Write rope_type instead of type"));
    if (has_fix) reader.state().findings().FixByRenaming(*type, "rope_type");
  }
}

void CheckUnreadKeys(const ParameterSetReader& reader, const RopeType& type,
                     const RopeConfig& result) {
  const std::vector<std::string> unknown = UnknownKeys(reader, &type);
  if (unknown.empty()) return;
  const std::string name(type.name);
  const std::string hf_message = UnknownKeysWarning(name, unknown);
  std::vector<std::string> unread;
  for (const std::string& key : unknown) {
    if (!WasRead(key, result)) unread.push_back(key);
  }
  if (unread.empty()) {
    return reader.Report(FindingId::kReadAnyway, unknown.front(),
                         absl::StrCat(PythonSet(unknown),
                                      " is computed with, although transformers warns that it "
                                      "does not know it"),
                         hf_message);
  }
  const bool is_written = reader.Find("rope_type")->offset() >= 0;
  const bool has_type = is_written || reader.Find("type") != nullptr;
  if (!has_type && std::any_of(unread.begin(), unread.end(), IsOfAScaling)) {
    return reader.Report(
        FindingId::kMissingType, "rope_type",
        absl::StrCat("is missing, so no scaling is applied, and nothing reads ", PythonSet(unread),
                     ". Write the type of the scaling: ", TypesWith(reader)),
        hf_message);
  }
  reader.Report(FindingId::kUnknownKeys, unread.front(),
                absl::StrCat(is_written ? absl::StrCat("rope_type \"", name, "\" does not read ")
                                        : "no rope_type is given, and without one nothing reads ",
                             PythonSet(unread), AboutKey(reader, type, unread.front())),
                hf_message);
}

}  // namespace rope

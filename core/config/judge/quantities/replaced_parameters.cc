#include "core/config/judge/quantities/replaced_parameters.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/config/judge/parameter_set_reader.h"
#include "core/config/judge/quantities/given_values.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

constexpr char kType[] = "rope_type";

bool AreEqual(const JsonValue& a, const JsonValue& b) {
  if (IsPythonNumber(a) && IsPythonNumber(b)) return PythonNumber(a) == PythonNumber(b);
  return PythonRepr(a) == PythonRepr(b);
}

// A member of the replaced parameters that says something else than the one that is used.
struct Difference {
  std::string key;
  const JsonValue* replaced = nullptr;
  const JsonValue* used = nullptr;  // null: none is used
  bool nested = false;              // it stands in the parameter set of a layer type
  // It says the same, but what is used is a default, which the file then no longer states.
  bool is_same = false;
};

using Members = absl::flat_hash_map<absl::string_view, const JsonValue*>;

Members MembersByName(const JsonValue& object) {
  Members members;
  for (const JsonMember& member : object.as_object()) members.emplace(member.key, &member.value);
  return members;
}

void AddDifferences(const JsonValue& replaced, const JsonValue& used, bool nested,
                    std::vector<Difference>* differences) {
  const Members in_use = MembersByName(used);
  const bool has_type = replaced.Find(kType) != nullptr;
  for (const JsonMember& member : replaced.as_object()) {
    const bool is_old_type = member.key == "type";
    if (member.value.is_null() || (is_old_type && has_type)) continue;
    const std::string key = is_old_type ? kType : member.key;
    const auto found = in_use.find(key);
    const JsonValue* other = found != in_use.end() ? found->second : nullptr;
    if (!nested && member.value.is_object() && other != nullptr && other->is_object()) {
      AddDifferences(member.value, *other, true, differences);
    } else if (other == nullptr || !AreEqual(member.value, *other)) {
      differences->push_back({key, &member.value, other, nested});
    } else if (other->offset() < 0) {
      differences->push_back({key, &member.value, other, nested, true});
    }
  }
}

bool IsIn(const NumberRange& range, const JsonValue& value) {
  const std::optional<double> number = value.is_bool() ? std::nullopt : PythonNumber(value);
  return number.has_value() && *number >= range.min && *number <= range.max && *number != 0.0;
}

// Whether a value belongs to the model and not to its scaling: then a scaling that was added later
// has lost it, if it is not given elsewhere. The rotated share does, too, but a scaling need not
// fit another width, so it is left to the author.
bool IsLost(const LoadingState& state, const Difference& difference) {
  if (difference.nested) return false;
  if (difference.used != nullptr && difference.used->offset() >= 0) return false;
  if (difference.key == "rope_theta") {
    // OnlyTheta is null if another base stands somewhere else.
    return IsIn(kThetaRange, *difference.replaced) &&
           PythonNumber(*difference.replaced).value_or(0.0) > 1.0 &&
           OnlyTheta(state.document(), "", true) != nullptr;
  }
  const auto& own = state.family().ignored_keys;
  return std::find(own.begin(), own.end(), difference.key) != own.end() &&
         WholeNumbers(*difference.replaced).has_value();
}

// Whether nothing is lost if rope_parameters is removed: its values stand elsewhere or are moved.
bool CanBeRemoved(const LoadingState& state, const std::vector<Difference>& differences) {
  return std::all_of(differences.begin(), differences.end(), [&](const Difference& difference) {
    const bool has_winner =
        difference.used != nullptr && (difference.used->offset() >= 0 || difference.key == kType ||
                                       (difference.is_same && difference.key != "rope_theta"));
    return has_winner || IsLost(state, difference);
  });
}

std::string TextOf(const JsonValue& value) {
  return value.is_object() || value.is_array() ? absl::StrCat("a ", PythonTypeName(value))
                                               : PythonRepr(value);
}

std::string TextOf(const Difference& difference) {
  return absl::StrCat(
      difference.key, " ", TextOf(*difference.replaced), " here, ",
      difference.used == nullptr ? "none" : TextOf(*difference.used), " used",
      difference.used != nullptr && difference.used->offset() < 0 ? " (a default)" : "");
}

constexpr size_t kMaxNamed = 5;

void Report(LoadingState* state, const JsonValue& replaced, const JsonValue& scaling,
            const std::vector<Difference>& differences) {
  std::vector<std::string> texts;
  std::vector<std::string> lost;
  for (const Difference& difference : differences) {
    if (difference.is_same) continue;
    if (texts.size() < kMaxNamed) texts.push_back(TextOf(difference));
    if (IsLost(*state, difference)) lost.push_back(difference.key);
  }
  const bool removable = CanBeRemoved(*state, differences);
  const bool more = differences.size() > kMaxNamed;
  const std::string moved =
      lost.empty() ? ""
                   : absl::StrCat(". The fix writes ", absl::StrJoin(lost, " and "),
                                  " into rope_scaling, because nothing else in the file gives it; "
                                  "the model then computes with that");
  FindingSink& findings = state->findings();
  findings.Add(FindingId::kTwoSpellings, replaced, "rope_parameters",
               absl::StrCat("is not read, because rope_scaling is given too. They differ: ",
                            absl::StrJoin(texts, "; "), more ? "; and more" : "", moved,
                            ". Keep only one of the two"));
  for (const Difference& difference : differences) {
    if (!IsLost(*state, difference)) continue;
    findings.FixByAdding(scaling, difference.key, *difference.replaced);
  }
  if (removable) findings.FixByValue(replaced, JsonValue());
}

}  // namespace

void CheckReplacedParameters(LoadingState* state) {
  const JsonValue* scaling = state->document().Find("rope_scaling");
  const JsonValue* replaced = state->document().Find("rope_parameters");
  if (scaling == nullptr || replaced == nullptr || !replaced->is_object()) return;
  const JsonValue& used = state->rope_parameters;
  if (!used.is_object() || used.offset() != scaling->offset()) return;
  std::vector<Difference> differences;
  AddDifferences(*replaced, used, false, &differences);
  const bool differ = std::any_of(differences.begin(), differences.end(),
                                  [](const Difference& difference) { return !difference.is_same; });
  if (differ) Report(state, *replaced, *scaling, differences);
}

}  // namespace rope

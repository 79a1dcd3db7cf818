#include "tests/testing/config_mutator.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "core/config/judge/quantities/spellings.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope::testing {
namespace {

// Objects that hold parameters, and those that hold a text model.
constexpr absl::string_view kContainers[] = {"rope_parameters", "rope_scaling", "full_attention",
                                             "sliding_attention", "text_config"};

constexpr absl::string_view kTypeNames[] = {"default",  "linear", "dynamic",      "yarn",
                                            "longrope", "llama3", "proportional", "su",
                                            "mrope",    "Linear", "none"};

constexpr absl::string_view kNumbers[] = {
    "0",    "1",    "1.0",   "2",       "4.0", "0.5",    "0.25", "8", "32",  "64",   "128",  "1000",
    "4096", "8192", "32768", "10000.0", "5e5", "131072", "-1",   "3", "1e6", "3000", "65537"};

constexpr absl::string_view kOddValues[] = {"null", "true", "\"2\"", "\"abc\"", "[]", "{}", "NaN"};

std::vector<std::string> ParameterKeys() {
  std::vector<std::string> keys = {"type", "rope_type"};
  for (const RopeType& type : AllRopeTypes()) {
    for (const auto& list : {type.required_keys, type.optional_keys}) {
      for (const absl::string_view key : list) keys.emplace_back(key);
    }
  }
  return keys;
}

const std::vector<std::string>& Keys() {
  static const auto* const keys = new std::vector<std::string>(ParameterKeys());
  return *keys;
}

bool IsContainer(const JsonMember& member) {
  return member.value.is_object() && std::find(std::begin(kContainers), std::end(kContainers),
                                               member.key) != std::end(kContainers);
}

bool SpeaksOfRope(const JsonMember& member) {
  return FindSpelling(member.key) != nullptr || IsContainer(member) ||
         std::find(Keys().begin(), Keys().end(), member.key) != Keys().end();
}

void CollectPlaces(JsonValue* object, std::vector<JsonValue*>* places) {
  places->push_back(object);
  for (JsonMember& member : object->as_object()) {
    if (IsContainer(member)) CollectPlaces(&member.value, places);
  }
}

std::vector<size_t> MembersOf(const JsonValue& object) {
  std::vector<size_t> members;
  for (size_t i = 0; i < object.as_object().size(); ++i) {
    if (SpeaksOfRope(object.as_object()[i])) members.push_back(i);
  }
  return members;
}

}  // namespace

std::string ConfigMutator::Mutate(absl::string_view text) {
  JsonResult document = ReadJson(text);
  if (!document.ok() || !document->root.is_object()) return std::string(text);
  JsonValue root = std::move(document->root);
  for (size_t edits = 1 + Below(3); edits > 0; --edits) Edit(&root);
  return WriteJson(root);
}

std::string ConfigMutator::AnyKey() {
  if (Below(3) == 0) return Keys()[Below(Keys().size())];
  const absl::Span<const Spelling> spellings = AllSpellings();
  return std::string(spellings[Below(spellings.size())].key);
}

JsonValue ConfigMutator::AnyValue(absl::string_view key) {
  if (Below(10) == 0) return JsonLiteral(kOddValues[Below(std::size(kOddValues))]);
  if (absl::EndsWith(key, "type")) return JsonValue(kTypeNames[Below(std::size(kTypeNames))]);
  if (key == "truncate") return JsonValue(Below(2) == 0);
  if (key == "short_factor" || key == "long_factor") {
    return JsonValue(JsonValue::Array(32, JsonValue(1.5)));
  }
  return JsonLiteral(kNumbers[Below(std::size(kNumbers))]);
}

JsonValue ConfigMutator::Changed(const JsonValue& value, absl::string_view key) {
  if (!IsPythonNumber(value) || value.is_bool() || Below(3) == 0) return AnyValue(key);
  const double number = PythonNumber(value).value_or(1.0);
  switch (Below(5)) {
    case 0:
      return JsonValue(number * 2.0);
    case 1:
      return JsonValue(number / 3.0);
    case 2:
      return JsonValue(PythonRepr(value));  // a number in quotes
    case 3:
      return std::abs(number) < 1e15 ? JsonValue(static_cast<int64_t>(number)) : value;
    default:
      return JsonValue(number);
  }
}

void ConfigMutator::Edit(JsonValue* root) {
  std::vector<JsonValue*> places;
  CollectPlaces(root, &places);
  JsonValue* place = places[Below(places.size())];
  const std::vector<size_t> members = MembersOf(*place);
  const size_t kind = members.empty() ? 0 : Below(7);
  JsonValue::Object& object = place->as_object();
  if (kind == 0) {  // adds
    std::string key = AnyKey();
    JsonValue value = AnyValue(key);
    place->Set(key, std::move(value));
    return;
  }
  const size_t at = members[Below(members.size())];
  JsonMember member = object[at];
  switch (kind) {
    case 1:  // removes
      object.Erase(member.key);
      break;
    case 2: {  // renames
      object.Erase(member.key);
      const std::string key = member.key == "rope_scaling"      ? "rope_parameters"
                              : member.key == "rope_parameters" ? "rope_scaling"
                                                                : AnyKey();
      place->Set(key, std::move(member.value));
      break;
    }
    case 3:  // repeats: by the same name or another, in the same place or another
      if (Below(2) == 0) member.key = AnyKey();
      if (Below(2) == 0) member.value = Changed(member.value, member.key);
      places[Below(places.size())]->Set(member.key, std::move(member.value));
      break;
    case 4:  // moves
      object.Erase(member.key);
      places.clear();
      CollectPlaces(root, &places);
      places[Below(places.size())]->Set(member.key, std::move(member.value));
      break;
    default:  // changes the value
      (object.begin() + static_cast<int64_t>(at))->value = Changed(member.value, member.key);
  }
}

}  // namespace rope::testing

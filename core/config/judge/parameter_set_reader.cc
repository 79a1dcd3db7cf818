#include "core/config/judge/parameter_set_reader.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// len(value) in Python; absent if the value has no length.
std::optional<int64_t> PythonLength(const JsonValue& value) {
  if (value.is_array()) return static_cast<int64_t>(value.as_array().size());
  if (value.is_object()) return static_cast<int64_t>(value.as_object().size());
  if (!value.is_string()) return std::nullopt;
  int64_t characters = 0;  // counts the bytes that do not continue a UTF-8 sequence
  for (const char c : value.as_string()) characters += (c & 0xC0) != 0x80 ? 1 : 0;
  return characters;
}

// The finite number that a string spells. Absent if the value is anything else.
std::optional<double> NumberInText(const JsonValue& value) {
  double number = 0;
  if (!value.is_string() || !absl::SimpleAtod(value.as_string(), &number)) return std::nullopt;
  return std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
}

}  // namespace

void ParameterSetReader::Report(FindingId id, absl::string_view key, std::string message,
                                std::string hf_message) const {
  state_->findings().AddMember(id, *set_, path_, key, std::move(message), std::move(hf_message));
}

std::optional<double> ParameterSetReader::Number(absl::string_view key, const NumberRange& range,
                                                 Null null, const std::string& hf_message) const {
  const JsonValue* value = set_->Find(key);
  if (value == nullptr || (null == Null::kMeansAbsent && value->is_null())) return std::nullopt;
  return NumberIn(*value, absl::StrCat(path_, ".", key), range, hf_message);
}

std::optional<double> ParameterSetReader::NumberIn(const JsonValue& value,
                                                   const std::string& fallback_path,
                                                   const NumberRange& range,
                                                   const std::string& hf_message) const {
  const std::optional<double> number = PythonNumber(value);
  FindingId wrong = FindingId::kOutOfRange;
  if (value.is_bool()) {
    wrong = FindingId::kBoolean;
  } else if (!IsPythonNumber(value)) {
    wrong = FindingId::kWrongKind;
  } else if (number.has_value() && !std::isfinite(*number)) {
    wrong = FindingId::kNotFinite;
  } else if (number.has_value() && *number >= range.min && *number <= range.max) {
    return number;
  }
  const std::string got = wrong == FindingId::kWrongKind ? std::string(PythonTypeName(value))
                          : value.is_big_int()           ? "a huge integer"
                                                         : PythonRepr(value);
  state_->findings().Add(wrong, value, fallback_path,
                         absl::StrCat("must be ", range.text, ", not ", got), hf_message);
  if (const std::optional<double> meant = NumberInText(value); meant.has_value()) {
    state_->findings().FixByValue(value, JsonValue(*meant));
  }
  return std::nullopt;
}

void ParameterSetReader::CheckLength(absl::string_view key, const JsonValue& list,
                                     const ListLengths& lengths) const {
  const std::optional<int64_t> size = PythonLength(list);
  if (!size.has_value()) return;
  std::string hf_message;
  if (lengths.at_load.has_value() && *size != *lengths.at_load) {
    hf_message = absl::StrCat("`rope_parameters`'s ", key, " field must have length ",
                              *lengths.at_load, ", got ", *size);
  }
  if (lengths.needed != 0 && *size != lengths.needed) {
    Report(FindingId::kListLength, key,
           absl::StrCat("must have ", lengths.needed, lengths.needed == 1 ? " entry" : " entries",
                        ", one per frequency, not ", *size),
           hf_message);
  } else if (!hf_message.empty()) {
    Report(FindingId::kListLengthAtLoad, key,
           absl::StrCat("has ", *size,
                        " entries, as many as there are frequencies, but "
                        "transformers expects ",
                        *lengths.at_load, " when it loads the model"),
           hf_message);
  }
}

std::vector<double> ParameterSetReader::FactorList(absl::string_view key,
                                                   const ListLengths& lengths) const {
  std::vector<double> factors;
  const JsonValue* list = set_->Find(key);
  if (list == nullptr) return factors;
  const std::string hf_message =
      absl::StrCat("`rope_parameters`'s ", key, " field must be a list of numbers, got ");
  if (!list->is_array()) {
    Report(FindingId::kWrongKind, key,
           absl::StrCat("must be a list of numbers, not ", PythonTypeName(*list)),
           hf_message + PythonStr(*list));
    CheckLength(key, *list, lengths);
    return factors;
  }
  const JsonValue::Array& elements = list->as_array();
  const std::string path = state_->findings().PathOf(*list, absl::StrCat(path_, ".", key));
  CheckLength(key, *list, lengths);
  for (const JsonValue& element : elements) {
    const std::string hf = IsPythonNumber(element) ? "" : hf_message + PythonStr(*list);
    const std::optional<double> factor = NumberIn(element, path, kFactorRange, hf);
    if (!factor.has_value()) return {};  // the first bad entry is enough
    factors.push_back(*factor);
  }
  return factors;
}

}  // namespace rope

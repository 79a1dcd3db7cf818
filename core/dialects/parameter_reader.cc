#include "core/dialects/parameter_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"

namespace rope {

ParameterReader::ParameterReader(absl::string_view engine, const JsonValue& parameters,
                                 std::string path)
    : engine_(engine), parameters_(parameters), path_(std::move(path)) {}

bool ParameterReader::Has(absl::string_view key) const {
  const JsonValue* value = Find(key);
  return value != nullptr && !value->is_null();
}

bool ParameterReader::IsTrue(absl::string_view key) const {
  const JsonValue* value = Find(key);
  return value != nullptr && IsTruthy(*value);
}

double ParameterReader::Number(absl::string_view key) {
  const JsonValue* value = Find(key);
  if (value != nullptr) return ToNumber(key, *value);
  Refuse(key, "it is missing, and the engine has no default (KeyError)");
  return 1.0;
}

double ParameterReader::NumberOr(absl::string_view key, double otherwise) {
  const JsonValue* value = Find(key);
  return value != nullptr ? ToNumber(key, *value) : otherwise;
}

std::optional<double> ParameterReader::OptionalNumber(absl::string_view key) {
  if (!Has(key)) return std::nullopt;
  return ToNumber(key, *Find(key));
}

std::vector<double> ParameterReader::Numbers(absl::string_view key) {
  std::vector<double> numbers;
  const JsonValue* list = Find(key);
  if (list == nullptr || !list->is_array()) {
    Refuse(key, absl::StrCat("it must be a list of numbers, not ",
                             list == nullptr ? "missing" : PythonTypeName(*list)));
    return numbers;
  }
  for (const JsonValue& element : list->as_array()) numbers.push_back(ToNumber(key, element));
  return numbers;
}

std::string ParameterReader::TextOr(absl::string_view key, absl::string_view otherwise) {
  const JsonValue* value = Find(key);
  if (value == nullptr) return std::string(otherwise);
  if (value->is_string()) return value->as_string();
  Refuse(key, absl::StrCat("it must be a string, not ", PythonTypeName(*value)));
  return std::string(otherwise);
}

double ParameterReader::ToNumber(absl::string_view key, const JsonValue& value) {
  const std::optional<double> number = PythonNumber(value);
  if (number.has_value()) return *number;
  Refuse(key, absl::StrCat("it must be a number, not ", PythonTypeName(value), " (TypeError)"));
  return 1.0;
}

void ParameterReader::Refuse(absl::string_view key, absl::string_view reason) {
  if (!status_.ok()) return;
  status_ =
      absl::InvalidArgumentError(absl::StrCat(engine_, " refuses ", path_, ".", key, ": ", reason));
}

void ParameterReader::RefuseAll(absl::string_view reason) {
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(absl::StrCat(engine_, " refuses ", path_, ": ", reason));
}

}  // namespace rope

// How Python sees a JSON value: truth, type names, numbers, and the texts it prints. transformers'
// rules and messages are made of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/json/json_value.h"

namespace rope {

// bool(value).
bool IsTruthy(const JsonValue& value);

// type(value).__name__: "NoneType", "bool", "int", "float", "str", "list", "dict".
absl::string_view PythonTypeName(const JsonValue& value);

// isinstance(value, (int, float)); True and False are ints in Python.
bool IsPythonNumber(const JsonValue& value);

// The value as a double where Python can convert it: numbers and booleans. Absent for an integer
// too big for a double.
std::optional<double> PythonNumber(const JsonValue& value);

// str(value) and repr(value); they differ for strings only.
std::string PythonStr(const JsonValue& value);
std::string PythonRepr(const JsonValue& value);

// A list of whole numbers, ints or floats; absent for anything else.
std::optional<std::vector<int64_t>> WholeNumbers(const JsonValue& list);

}  // namespace rope

// A JSON value as Python sees it: its truth, its type, its number and its printed text. The checks
// and messages of transformers are built from these. Pure and thread-safe.
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

// isinstance(value, (int, float)). True for booleans: they are ints in Python.
bool IsPythonNumber(const JsonValue& value);

// float(value) of a number or a boolean. Absent for anything else, also for a string that spells a
// number, and for an integer that is too large for a double.
std::optional<double> PythonNumber(const JsonValue& value);

// str(value) and repr(value). They differ only if the value is a string: repr quotes it.
std::string PythonStr(const JsonValue& value);
std::string PythonRepr(const JsonValue& value);

// The entries of a list of whole numbers, which may be ints or floats below 1e9 such as 24.0.
// Absent for anything else.
std::optional<std::vector<int64_t>> WholeNumbers(const JsonValue& list);

}  // namespace rope

#include "core/positions/json_values.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// A value as a message shows it: lists and objects may be long, so only their type.
std::string Shown(const JsonValue& value) {
  if (value.is_array() || value.is_object()) return std::string(PythonTypeName(value));
  return WriteJson(value);
}

std::string Element(absl::string_view path, size_t index) {
  return absl::StrCat(path, "[", index, "]");
}

// Reads each element of a list with `read(element, path)`.
template <typename T, typename Read>
absl::StatusOr<std::vector<T>> ReadList(const JsonValue& value, absl::string_view path,
                                        absl::string_view what, const Read& read) {
  if (!value.is_array()) return MustBe(path, what, value);
  std::vector<T> list;
  list.reserve(value.as_array().size());
  for (size_t i = 0; i < value.as_array().size(); ++i) {
    auto element = read(value.as_array()[i], path, i);
    if (!element.ok()) return element.status();
    list.push_back(*std::move(element));
  }
  return list;
}

}  // namespace

JsonPlace Inside(const JsonPlace& place, absl::string_view key) {
  const JsonValue* inner = place.object->Find(key);
  if (inner == nullptr || !inner->is_object()) return place;
  return {inner, absl::StrCat(place.prefix, key, ".")};
}

absl::Status MustBe(absl::string_view path, absl::string_view what, const JsonValue& value) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": must be ", what, ", not ", Shown(value)));
}

absl::StatusOr<int64_t> ReadInteger(const JsonValue& value, absl::string_view path) {
  if (value.is_int()) return value.as_int();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  return MustBe(path, "an integer of 64 bits", value);
}

absl::StatusOr<std::vector<int64_t>> ReadIntegers(const JsonValue& value, absl::string_view path) {
  return ReadList<int64_t>(
      value, path, "a list of integers",
      [](const JsonValue& element, absl::string_view list, size_t i) -> absl::StatusOr<int64_t> {
        // The path costs memory, and rows are long: only errors need it.
        if (element.is_int()) return element.as_int();
        return ReadInteger(element, Element(list, i));
      });
}

absl::StatusOr<std::vector<std::vector<int64_t>>> ReadIntegerRows(const JsonValue& value,
                                                                  absl::string_view path) {
  return ReadList<std::vector<int64_t>>(value, path, "a list of rows, which are lists of integers",
                                        [](const JsonValue& row, absl::string_view list, size_t i) {
                                          return ReadIntegers(row, Element(list, i));
                                        });
}

absl::StatusOr<std::vector<double>> ReadNumbers(const JsonValue& value, absl::string_view path) {
  return ReadList<double>(
      value, path, "a list of numbers",
      [](const JsonValue& element, absl::string_view list, size_t i) -> absl::StatusOr<double> {
        const auto number = PythonNumber(element);
        if (number.has_value()) return *number;
        return MustBe(Element(list, i), "a number", element);
      });
}

absl::StatusOr<std::vector<Grid>> ReadGrids(const JsonValue& value, absl::string_view path) {
  return ReadList<Grid>(
      value, path, "a list of grids [frames, rows, columns]",
      [](const JsonValue& element, absl::string_view list, size_t i) -> absl::StatusOr<Grid> {
        const auto sides = ReadIntegers(element, Element(list, i));
        if (!sides.ok()) return sides.status();
        if (sides->size() != 3) {
          return absl::InvalidArgumentError(absl::StrCat(list, "[", i, "]: has ", sides->size(),
                                                         " entries; a grid has 3: frames, rows "
                                                         "and columns"));
        }
        return Grid{(*sides)[0], (*sides)[1], (*sides)[2]};
      });
}

absl::Status ReadMember(const JsonPlace& place, absl::string_view key, int64_t min, int64_t max,
                        int64_t* value) {
  const JsonValue* member = place.object->Find(key);
  if (member == nullptr || member->is_null()) return absl::OkStatus();
  if (!member->is_int() || member->as_int() < min || member->as_int() > max) {
    return MustBe(absl::StrCat(place.prefix, key),
                  absl::StrCat("an integer from ", min, " to ", max), *member);
  }
  *value = member->as_int();
  return absl::OkStatus();
}

}  // namespace rope

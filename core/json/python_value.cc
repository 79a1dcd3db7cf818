#include "core/json/python_value.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace rope {
namespace {

std::string QuotedString(absl::string_view text) {
  const char quote =
      text.find('\'') != absl::string_view::npos && text.find('"') == absl::string_view::npos
          ? '"'
          : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + quote;
}

}  // namespace

bool IsTruthy(const JsonValue& value) {
  if (value.is_null()) return false;
  if (value.is_bool()) return value.as_bool();
  if (value.is_int()) return value.as_int() != 0;
  if (value.is_double()) return value.as_double() != 0.0;
  if (value.is_string()) return !value.as_string().empty();
  if (value.is_array()) return !value.as_array().empty();
  if (value.is_object()) return !value.as_object().empty();
  return true;  // a big integer
}

absl::string_view PythonTypeName(const JsonValue& value) {
  if (value.is_null()) return "NoneType";
  if (value.is_bool()) return "bool";
  if (value.is_int() || value.is_big_int()) return "int";
  if (value.is_double()) return "float";
  if (value.is_string()) return "str";
  if (value.is_array()) return "list";
  return "dict";
}

bool IsPythonNumber(const JsonValue& value) {
  return value.is_bool() || value.is_int() || value.is_big_int() || value.is_double();
}

std::optional<double> PythonNumber(const JsonValue& value) {
  if (value.is_bool()) return value.as_bool() ? 1.0 : 0.0;
  if (value.is_int()) return static_cast<double>(value.as_int());
  if (value.is_double()) return value.as_double();
  double number = 0.0;
  if (value.is_big_int() && absl::SimpleAtod(value.digits(), &number) && std::isfinite(number)) {
    return number;
  }
  return std::nullopt;
}

std::string PythonStr(const JsonValue& value) {
  return value.is_string() ? value.as_string() : PythonRepr(value);
}

std::string PythonRepr(const JsonValue& value) {
  if (value.is_null()) return "None";
  if (value.is_bool()) return value.as_bool() ? "True" : "False";
  if (value.is_int()) return absl::StrCat(value.as_int());
  if (value.is_big_int()) return value.digits();
  if (value.is_double()) return PythonFloat(value.as_double());
  if (value.is_string()) return QuotedString(value.as_string());
  if (value.is_array()) {
    return absl::StrCat("[",
                        absl::StrJoin(value.as_array(), ", ",
                                      [](std::string* out, const JsonValue& element) {
                                        out->append(PythonRepr(element));
                                      }),
                        "]");
  }
  return absl::StrCat("{",
                      absl::StrJoin(value.as_object(), ", ",
                                    [](std::string* out, const JsonMember& member) {
                                      absl::StrAppend(out, QuotedString(member.key), ": ",
                                                      PythonRepr(member.value));
                                    }),
                      "}");
}

std::optional<std::vector<int64_t>> WholeNumbers(const JsonValue& list) {
  if (!list.is_array()) return std::nullopt;
  std::vector<int64_t> numbers;
  for (const JsonValue& element : list.as_array()) {
    if (element.is_int()) {
      numbers.push_back(element.as_int());
    } else if (element.is_double() && std::abs(element.as_double()) < 1e9 &&
               element.as_double() == std::floor(element.as_double())) {
      numbers.push_back(static_cast<int64_t>(element.as_double()));
    } else {
      return std::nullopt;
    }
  }
  return numbers;
}

}  // namespace rope

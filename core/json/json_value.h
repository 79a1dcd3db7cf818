// JsonValue: a JSON document as a tree, with the values that Python's json module would make of it.
//
// Integers have any size, 1.0 is not 1, NaN and Infinity are numbers, and members keep their order.
// A value and its copies know where the value stands in the text. A finding can therefore name a
// member as the user wrote it, even after loading has moved its value.
//
// Plain data: copies are deep, and values are as thread-safe as an int.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/json/json_object.h"

namespace rope {

class JsonValue {
 public:
  // An integer that does not fit int64_t.
  struct BigInt {
    std::string digits;  // as written, with the sign
  };
  using Array = std::vector<JsonValue>;
  using Object = JsonObject;

  JsonValue();  // null
  JsonValue(const JsonValue& other);
  JsonValue(JsonValue&& other) noexcept;
  JsonValue& operator=(const JsonValue& other);
  JsonValue& operator=(JsonValue&& other) noexcept;
  ~JsonValue();
  explicit JsonValue(bool value);
  explicit JsonValue(int value);
  explicit JsonValue(int64_t value);
  explicit JsonValue(double value);
  explicit JsonValue(BigInt value);
  explicit JsonValue(std::string value);
  explicit JsonValue(absl::string_view value);
  explicit JsonValue(const char* value);
  explicit JsonValue(Array value);
  explicit JsonValue(Object value);

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<int64_t>(data_); }
  bool is_big_int() const { return std::holds_alternative<BigInt>(data_); }
  bool is_double() const { return std::holds_alternative<double>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<Array>(data_); }
  bool is_object() const { return std::holds_alternative<Object>(data_); }

  // Each REQUIRES that the value has that type.
  bool as_bool() const { return std::get<bool>(data_); }
  int64_t as_int() const { return std::get<int64_t>(data_); }
  double as_double() const { return std::get<double>(data_); }
  const std::string& digits() const { return std::get<BigInt>(data_).digits; }
  const std::string& as_string() const { return std::get<std::string>(data_); }
  const Array& as_array() const { return std::get<Array>(data_); }
  Array& as_array() { return std::get<Array>(data_); }
  const Object& as_object() const { return std::get<Object>(data_); }
  Object& as_object() { return std::get<Object>(data_); }

  // The member of that name. Null if there is no such member, or if this is not an object. Takes
  // constant time, however many members there are.
  const JsonValue* Find(absl::string_view key) const;
  JsonValue* Find(absl::string_view key);
  // These three REQUIRE an object. Set replaces the value of a member, or adds a member at the end.
  void Set(absl::string_view key, JsonValue value);
  // Adds the member if it is absent; a member that is null is present. Python's dict.setdefault.
  void SetDefault(absl::string_view key, JsonValue value);
  // Removes the member, if it is there. Linear in the number of members.
  void Erase(absl::string_view key);

  // Byte offset in the text: of the key for a member, of the value otherwise. -1 if the value does
  // not come from a text.
  int64_t offset() const { return offset_; }
  void set_offset(int64_t offset) { offset_ = offset; }

 private:
  std::variant<std::monostate, bool, int64_t, double, BigInt, std::string, Array, Object> data_;
  int64_t offset_ = -1;
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

// An object without members.
JsonValue EmptyObject();

// The string that member `key` of `object` holds; "" if the member is absent or is not a string.
std::string StringMember(const JsonValue& object, absl::string_view key);

// The text that Python's json.dumps writes with ensure_ascii=False and without blanks. Recursive;
// the reader bounds the depth of a document.
std::string WriteJson(const JsonValue& value);
// The same over several lines, as json.dumps(indent=2) writes it and as model repositories have it.
std::string WritePrettyJson(const JsonValue& value);

// repr() of a Python float: the shortest text that reads back as the same double. "10000.0",
// "1e+30", "nan".
std::string PythonFloat(double value);

// Path of the value at `offset` below `root`: "rope_scaling.short_factor[3]". "" for the root, and
// for an offset at which no value stands. REQUIRES a `root` that ReadJson made.
std::string PathAt(const JsonValue& root, int64_t offset);

// The keys that lead from `root` to the value at `offset`; empty for the root. Absent if an array
// lies on the way, or if no value stands there. REQUIRES a `root` that ReadJson made.
std::optional<std::vector<std::string>> KeysAt(const JsonValue& root, int64_t offset);

}  // namespace rope

#include "core/json/json_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "rapidjson/prettywriter.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope {
namespace {

template <typename Writer>
void WriteText(Writer* writer, absl::string_view text) {
  writer->RawValue(text.data(), text.size(), rapidjson::kNumberType);
}

template <typename Writer>
void Write(Writer* writer, const JsonValue& value) {
  if (value.is_null()) {
    writer->Null();
  } else if (value.is_bool()) {
    writer->Bool(value.as_bool());
  } else if (value.is_int()) {
    writer->Int64(value.as_int());
  } else if (value.is_big_int()) {
    WriteText(writer, value.digits());
  } else if (value.is_double()) {
    const double d = value.as_double();
    WriteText(writer, std::isnan(d)   ? "NaN"
                      : std::isinf(d) ? (d > 0 ? "Infinity" : "-Infinity")
                                      : PythonFloat(d));
  } else if (value.is_string()) {
    writer->String(value.as_string().data(), value.as_string().size());
  } else if (value.is_array()) {
    writer->StartArray();
    for (const JsonValue& element : value.as_array()) Write(writer, element);
    writer->EndArray();
  } else {
    writer->StartObject();
    for (const JsonMember& member : value.as_object()) {
      writer->Key(member.key.data(), member.key.size());
      Write(writer, member.value);
    }
    writer->EndObject();
  }
}

// The child that contains `offset`: the last one that starts at it or before it. The reader leaves
// children in the order of their offsets.
template <typename Children, typename OffsetOf>
auto LastNotAfter(const Children& children, int64_t offset, OffsetOf offset_of) {
  auto after =
      std::upper_bound(children.begin(), children.end(), offset,
                       [&](int64_t wanted, const auto& c) { return wanted < offset_of(c); });
  return after == children.begin() ? children.end() : std::prev(after);
}

}  // namespace

JsonValue::JsonValue() = default;
JsonValue::JsonValue(const JsonValue& other) = default;
JsonValue::JsonValue(JsonValue&& other) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue& other) = default;
JsonValue& JsonValue::operator=(JsonValue&& other) noexcept = default;
JsonValue::~JsonValue() = default;
JsonValue::JsonValue(bool value) : data_(value) {}
JsonValue::JsonValue(int value) : data_(int64_t{value}) {}
JsonValue::JsonValue(int64_t value) : data_(value) {}
JsonValue::JsonValue(double value) : data_(value) {}
JsonValue::JsonValue(BigInt value) : data_(std::move(value)) {}
JsonValue::JsonValue(std::string value) : data_(std::move(value)) {}
JsonValue::JsonValue(absl::string_view value) : data_(std::string(value)) {}
JsonValue::JsonValue(const char* value) : data_(std::string(value)) {}
JsonValue::JsonValue(Array value) : data_(std::move(value)) {}
JsonValue::JsonValue(Object value) : data_(std::move(value)) {}

const JsonValue* JsonValue::Find(absl::string_view key) const {
  if (!is_object()) return nullptr;
  const JsonMember* member = as_object().Find(key);
  return member != nullptr ? &member->value : nullptr;
}

JsonValue* JsonValue::Find(absl::string_view key) {
  return const_cast<JsonValue*>(static_cast<const JsonValue*>(this)->Find(key));
}

void JsonValue::Set(absl::string_view key, JsonValue value) {
  if (JsonValue* present = Find(key)) {
    *present = std::move(value);
  } else {
    as_object().Append({std::string(key), std::move(value)});
  }
}

void JsonValue::SetDefault(absl::string_view key, JsonValue value) {
  if (Find(key) == nullptr) Set(key, std::move(value));
}

void JsonValue::Erase(absl::string_view key) { as_object().Erase(key); }

JsonValue EmptyObject() { return JsonValue(JsonValue::Object()); }

std::string StringMember(const JsonValue& object, absl::string_view key) {
  const JsonValue* value = object.Find(key);
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

std::string WriteJson(const JsonValue& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  Write(&writer, value);
  return std::string(buffer.GetString(), buffer.GetSize());
}

std::string WritePrettyJson(const JsonValue& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  Write(&writer, value);
  return std::string(buffer.GetString(), buffer.GetSize());
}

std::string PythonFloat(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  // Python writes exponents from -4 to 15 in fixed form, all others in scientific form.
  char digits[64] = {};
  const auto end =
      std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::scientific);
  const absl::string_view scientific(digits, end.ptr - digits);
  const int exponent = std::atoi(scientific.data() + scientific.find('e') + 1);
  if (exponent < -4 || exponent >= 16) return std::string(scientific);
  const auto fixed =
      std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::fixed);
  std::string text(digits, fixed.ptr);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string PathAt(const JsonValue& root, int64_t offset) {
  std::string path;
  const JsonValue* value = &root;
  while (value->offset() != offset) {
    if (value->is_object()) {
      const auto& members = value->as_object();
      const auto child =
          LastNotAfter(members, offset, [](const JsonMember& m) { return m.value.offset(); });
      if (child == members.end()) return "";
      absl::StrAppend(&path, path.empty() ? "" : ".", child->key);
      value = &child->value;
    } else if (value->is_array()) {
      const auto& elements = value->as_array();
      const auto child =
          LastNotAfter(elements, offset, [](const JsonValue& e) { return e.offset(); });
      if (child == elements.end()) return "";
      absl::StrAppend(&path, "[", child - elements.begin(), "]");
      value = &*child;
    } else {
      return "";
    }
  }
  return path;
}

std::optional<std::vector<std::string>> KeysAt(const JsonValue& root, int64_t offset) {
  std::vector<std::string> keys;
  const JsonValue* value = &root;
  while (value->offset() != offset) {
    if (!value->is_object()) return std::nullopt;
    const auto& members = value->as_object();
    const auto child =
        LastNotAfter(members, offset, [](const JsonMember& m) { return m.value.offset(); });
    if (child == members.end()) return std::nullopt;
    keys.push_back(child->key);
    value = &child->value;
  }
  return keys;
}

}  // namespace rope

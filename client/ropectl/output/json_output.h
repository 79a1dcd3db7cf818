// JsonOutput: one JSON document for standard output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::ropectl {

// Writes values in the order of the calls, without spaces. The caller must write members inside an
// object, and values inside an array or alone. Objects and arrays are closed when the function that
// fills them returns.
//
//   JsonOutput json;
//   json.Object([&] {
//     json.Member("rows", rows);
//     json.Member("files", files);
//   });
//   json.Print();
//
// JSON has no NaN and no Infinity: they are written as strings, so that every reader accepts the
// document. Not thread-safe.
class JsonOutput {
 public:
  // A boolean, a number, a string of UTF-8, or a list of these as an array. A float is written with
  // all digits of the double that equals it.
  template <typename T>
  void Value(const T& value) {
    if constexpr (std::is_convertible_v<T, absl::string_view>) {
      String(value);
    } else if constexpr (std::is_same_v<T, bool>) {
      writer_.Bool(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      writer_.Double(static_cast<double>(value));
    } else if constexpr (std::is_signed_v<T>) {
      writer_.Int64(static_cast<int64_t>(value));
    } else if constexpr (std::is_unsigned_v<T>) {
      writer_.Uint64(static_cast<uint64_t>(value));
    } else {
      ArrayOf(value, [this](const auto& element) { this->Value(element); });
    }
  }

  // The value, or null.
  template <typename T>
  void Value(const std::optional<T>& value) {
    if (value.has_value()) {
      Value(*value);
    } else {
      writer_.Null();
    }
  }

  // `text` is JSON in Python's dialect (NaN, Infinity); written as null if it cannot be parsed.
  void Json(absl::string_view text);

  // `write()` writes the members of the object, or the elements of the array.
  template <typename Write>
  void Object(const Write& write) {
    writer_.StartObject();
    write();
    writer_.EndObject();
  }
  template <typename Write>
  void Array(const Write& write) {
    writer_.StartArray();
    write();
    writer_.EndArray();
  }
  // `write(item)` writes the element for one item of `list`.
  template <typename List, typename Write>
  void ArrayOf(const List& list, const Write& write) {
    Array([&] {
      for (const auto& item : list) write(item);
    });
  }

  // The following functions write the same values as members of an object.
  template <typename T>
  void Member(absl::string_view key, const T& value) {
    Key(key);
    Value(value);
  }
  template <typename Write>
  void Object(absl::string_view key, const Write& write) {
    Key(key);
    Object(write);
  }
  template <typename Write>
  void Array(absl::string_view key, const Write& write) {
    Key(key);
    Array(write);
  }
  template <typename List, typename Write>
  void ArrayOf(absl::string_view key, const List& list, const Write& write) {
    Key(key);
    ArrayOf(list, write);
  }
  void Json(absl::string_view key, absl::string_view text) {
    Key(key);
    Json(text);
  }

  // Writes the document and a newline to standard output.
  void Print();

 private:
  class Writer : public rapidjson::Writer<rapidjson::StringBuffer> {
   public:
    using rapidjson::Writer<rapidjson::StringBuffer>::Writer;
    bool Double(double value);
  };

  void Key(absl::string_view key);
  void String(absl::string_view text);

  rapidjson::StringBuffer buffer_;
  Writer writer_{buffer_};
};

// The bits of a number: "0x" and 16 hexadecimal digits, 8 for a float.
std::string Bits(double value);
std::string Bits(float value);
std::string Bits(uint64_t value);

}  // namespace rope::ropectl

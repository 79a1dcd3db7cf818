#include "core/config/load/shortened.h"

#include <cstddef>
#include <string>
#include <utility>

namespace rope {
namespace {

constexpr size_t kMaxBytes = 256;   // of all strings together
constexpr size_t kMaxDigits = 400;  // a double has at most 309 before its point

// The first bytes of a text in UTF-8, at most `size`, without a part of a character.
absl::string_view Prefix(absl::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (text[size] & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

class Shortener {
 public:
  JsonValue Copy(const JsonValue& value) {
    JsonValue copy = CopyWithoutOffset(value);
    copy.set_offset(value.offset());
    return copy;
  }

 private:
  bool IsSpent() const { return left_ == 0; }

  void Spend(size_t bytes) { left_ -= bytes < left_ ? bytes : left_; }

  std::string Text(absl::string_view text) {
    std::string prefix(Prefix(text, left_));
    Spend(text.size() + 1);  // an empty text counts, too
    return prefix;
  }

  JsonValue CopyWithoutOffset(const JsonValue& value) {
    if (value.is_string()) return JsonValue(Text(value.as_string()));
    if (value.is_big_int()) {
      Spend(value.digits().size());
      return JsonValue(JsonValue::BigInt{value.digits().substr(0, kMaxDigits)});
    }
    if (value.is_array()) {
      JsonValue::Array elements;
      for (const JsonValue& element : value.as_array()) {
        if (IsSpent()) break;
        Spend(1);
        elements.push_back(Copy(element));
      }
      return JsonValue(std::move(elements));
    }
    if (value.is_object()) {
      JsonValue object = EmptyObject();
      for (const JsonMember& member : value.as_object()) {
        if (IsSpent()) break;
        std::string key = Text(member.key);
        object.Set(key, Copy(member.value));
      }
      return object;
    }
    return value;
  }

  size_t left_ = kMaxBytes;
};

}  // namespace

JsonValue Shortened(const JsonValue& value) { return Shortener().Copy(value); }

}  // namespace rope

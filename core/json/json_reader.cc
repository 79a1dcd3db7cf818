#include "core/json/json_reader.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "rapidjson/error/en.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"

namespace rope {
namespace {

// Python refuses to read longer integers (sys.int_info.default_max_str_digits).
constexpr size_t kMaxIntegerDigits = 4300;

// Each duplicate becomes one finding. More than these would help nobody.
constexpr size_t kMaxDuplicates = 20;

// Builds the tree from the events of RapidJSON's reader. An event that returns false stops the
// reader.
class TreeBuilder {
 public:
  TreeBuilder(absl::string_view text, const rapidjson::MemoryStream& stream, int max_depth,
              JsonDocument* document)
      : text_(text), stream_(stream), max_depth_(max_depth), document_(document) {}

  bool Null() { return Add(JsonValue(), 4); }
  bool Bool(bool b) { return Add(JsonValue(b), b ? 4 : 5); }
  bool String(const char* str, rapidjson::SizeType length, bool) {
    const size_t start = StringStart();
    return Add(JsonValue(absl::string_view(str, length)), Position() - start);
  }
  bool Key(const char* str, rapidjson::SizeType length, bool) {
    open_.back().key.assign(str, length);
    open_.back().key_offset = StringStart();
    return true;
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool);
  // Never called: kParseNumbersAsStringsFlag hands numbers over as text. RapidJSON needs them to
  // compile.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool StartObject() { return Open(EmptyObject()); }
  bool StartArray() { return Open(JsonValue(JsonValue::Array())); }
  bool EndArray(rapidjson::SizeType) { return Close(); }
  bool EndObject(rapidjson::SizeType) {
    DropDuplicates(&open_.back().members);
    open_.back().value.as_object() = JsonObject(std::move(open_.back().members));
    return Close();
  }

  // Why this class stopped the reader; "" if it did not, or if the document is too deep.
  const std::string& refusal() const { return refusal_; }
  bool too_deep() const { return too_deep_; }

 private:
  struct Container {
    JsonValue value;
    JsonObject::Members members;  // of an object, until it ends
    std::string key;              // of the member whose value comes next
    int64_t key_offset = 0;
  };

  size_t Position() const { return stream_.Tell(); }
  size_t StringStart() const;
  bool Add(JsonValue value, size_t token_length);
  bool Open(JsonValue container);
  bool Close();
  void DropDuplicates(JsonObject::Members* members);
  // Path of a member of the innermost open container.
  std::string PathTo(absl::string_view key) const;

  absl::string_view text_;
  const rapidjson::MemoryStream& stream_;
  const int max_depth_;
  JsonDocument* document_;
  std::vector<Container> open_;
  std::string refusal_;
  bool too_deep_ = false;
};

// Finds the opening quote of the string that was just read, by searching back from its closing
// quote. Quotes inside the string follow a backslash.
size_t TreeBuilder::StringStart() const {
  size_t quote = Position() - 2;
  while (quote > 0 && (text_[quote] != '"' || text_[quote - 1] == '\\')) --quote;
  return quote;
}

bool TreeBuilder::RawNumber(const char*, rapidjson::SizeType, bool) {
  // RapidJSON also reads "Inf", which Python does not. This therefore looks at the token in the
  // text.
  size_t start = Position();
  while (start > 0 && (absl::ascii_isalnum(text_[start - 1]) || text_[start - 1] == '-' ||
                       text_[start - 1] == '+' || text_[start - 1] == '.')) {
    --start;
  }
  const absl::string_view token = text_.substr(start, Position() - start);
  const size_t length = token.size();
  if (token == "NaN") return Add(JsonValue(std::numeric_limits<double>::quiet_NaN()), length);
  if (token == "Infinity") return Add(JsonValue(std::numeric_limits<double>::infinity()), length);
  if (token == "-Infinity") return Add(JsonValue(-std::numeric_limits<double>::infinity()), length);
  if (token.find_first_of("nNfF") != absl::string_view::npos) {
    refusal_ = absl::StrCat("'", token, "' is not a number");
    return false;
  }
  if (token.find_first_of(".eE") != absl::string_view::npos) {
    double value = 0.0;  // from_chars makes it infinity or 0 if the number is out of range
    absl::from_chars(token.data(), token.data() + length, value);
    return Add(JsonValue(value), length);
  }
  int64_t value = 0;
  if (absl::SimpleAtoi(token, &value)) return Add(JsonValue(value), length);
  if (length > kMaxIntegerDigits) {
    refusal_ = absl::StrCat("an integer has more than ", kMaxIntegerDigits, " digits");
    return false;
  }
  return Add(JsonValue(JsonValue::BigInt{std::string(token)}), length);
}

bool TreeBuilder::Add(JsonValue value, size_t token_length) {
  value.set_offset(static_cast<int64_t>(Position() - token_length));
  if (open_.empty()) {
    document_->root = std::move(value);
    return true;
  }
  Container& container = open_.back();
  if (container.value.is_array()) {
    container.value.as_array().push_back(std::move(value));
  } else {
    value.set_offset(container.key_offset);
    container.members.push_back({std::move(container.key), std::move(value)});
  }
  return true;
}

bool TreeBuilder::Open(JsonValue container) {
  if (open_.size() == static_cast<size_t>(max_depth_)) {
    too_deep_ = true;
    return false;
  }
  container.set_offset(static_cast<int64_t>(Position()));  // the brace is not yet taken
  open_.push_back({std::move(container), {}, "", 0});
  return true;
}

bool TreeBuilder::Close() {
  JsonValue value = std::move(open_.back().value);
  open_.pop_back();
  const size_t length = Position() - static_cast<size_t>(value.offset());
  return Add(std::move(value), length);
}

std::string TreeBuilder::PathTo(absl::string_view key) const {
  std::string path;
  for (size_t i = 0; i + 1 < open_.size(); ++i) {
    const JsonValue& container = open_[i].value;
    if (container.is_array()) {
      absl::StrAppend(&path, "[", container.as_array().size(), "]");
    } else {
      absl::StrAppend(&path, path.empty() ? "" : ".", open_[i].key);
    }
  }
  return absl::StrCat(path, path.empty() ? "" : ".", key);
}

void TreeBuilder::DropDuplicates(JsonObject::Members* members) {
  std::vector<size_t> order(members->size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return (*members)[a].key < (*members)[b].key; });
  std::vector<bool> replaced(order.size(), false);
  bool any = false;
  for (size_t i = 0; i + 1 < order.size(); ++i) {
    if ((*members)[order[i]].key != (*members)[order[i + 1]].key) continue;
    replaced[order[i]] = any = true;
    if (document_->duplicates.size() == kMaxDuplicates) continue;
    const JsonMember& member = (*members)[order[i]];
    document_->duplicates.push_back({PathTo(member.key), member.value.offset()});
  }
  if (!any) return;
  JsonObject::Members kept;
  for (size_t i = 0; i < members->size(); ++i) {
    if (!replaced[i]) kept.push_back(std::move((*members)[i]));
  }
  *members = std::move(kept);
}

void ClearOffsets(JsonValue* value) {
  value->set_offset(-1);
  if (value->is_array()) {
    for (JsonValue& element : value->as_array()) ClearOffsets(&element);
  } else if (value->is_object()) {
    for (JsonMember& member : value->as_object()) ClearOffsets(&member.value);
  }
}

}  // namespace

JsonResult ReadJson(absl::string_view text, const JsonLimits& limits) {
  if (text.size() > static_cast<size_t>(limits.max_bytes)) {
    return JsonError{JsonError::Kind::kTooBig,
                     absl::StrCat("the document has ", text.size(), " bytes; at most ",
                                  limits.max_bytes, " are allowed"),
                     0};
  }
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
      rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseNanAndInfFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  JsonDocument document;
  TreeBuilder builder(text, stream, limits.max_depth, &document);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  // RapidJSON takes a zero byte for the end of the text.
  const bool complete = stream.Tell() == text.size();
  if (!result.IsError() && complete) return document;
  JsonError error;
  error.offset = static_cast<int64_t>(std::min(stream.Tell(), text.size()));
  if (builder.too_deep()) {
    error.kind = JsonError::Kind::kTooDeep;
    error.message = absl::StrCat("nested deeper than ", limits.max_depth, " levels");
  } else {
    error.message = !builder.refusal().empty() ? builder.refusal()
                    : result.IsError()         ? rapidjson::GetParseError_En(result.Code())
                                               : "a zero byte is not allowed";
  }
  return error;
}

JsonValue JsonLiteral(absl::string_view text) {
  JsonResult result = ReadJson(text);
  JsonValue root = (*std::move(result)).root;
  ClearOffsets(&root);
  return root;
}

}  // namespace rope

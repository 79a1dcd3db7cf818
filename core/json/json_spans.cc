#include "core/json/json_spans.h"

#include <utility>

#include "core/json/json_reader.h"

namespace rope {
namespace {

constexpr absl::string_view kSpaces = " \t\r\n";

// Behind the string that begins at `at`.
size_t SkipString(absl::string_view text, size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Behind the value that begins at `at`.
size_t SkipValue(absl::string_view text, size_t at) {
  int depth = 0;
  do {
    switch (text[at]) {
      case '"':
        at = SkipString(text, at);
        break;
      case '{':
      case '[':
        ++depth;
        ++at;
        break;
      case '}':
      case ']':
        --depth;
        ++at;
        break;
      case ',':
      case ':':
        ++at;
        break;
      default:  // a number or a literal
        at = text.find_first_of(",]} \t\r\n", at);
        if (at == absl::string_view::npos) at = text.size();
    }
    if (depth > 0) at = SkipSpaces(text, at);
  } while (depth > 0);
  return at;
}

std::string Unquoted(absl::string_view token) {
  if (token.find('\\') == absl::string_view::npos) {
    return std::string(token.substr(1, token.size() - 2));
  }
  return ReadJson(token)->root.as_string();
}

}  // namespace

size_t SkipSpaces(absl::string_view text, size_t at) {
  const size_t found = text.find_first_not_of(kSpaces, at);
  return found == absl::string_view::npos ? text.size() : found;
}

ObjectSpan FindMembers(absl::string_view text, size_t begin) {
  ObjectSpan object{begin, 0, {}};
  size_t at = SkipSpaces(text, begin + 1);
  while (text[at] != '}') {
    MemberSpan member;
    member.key_begin = at;
    member.key_end = SkipString(text, at);
    member.key = Unquoted(text.substr(at, member.key_end - at));
    member.value_begin = SkipSpaces(text, SkipSpaces(text, member.key_end) + 1);
    member.value_end = SkipValue(text, member.value_begin);
    at = SkipSpaces(text, member.value_end);
    if (text[at] == ',') at = SkipSpaces(text, at + 1);
    object.members.push_back(std::move(member));
  }
  object.end = at;
  return object;
}

}  // namespace rope

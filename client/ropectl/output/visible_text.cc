#include "client/ropectl/output/visible_text.h"

#include <google/protobuf/message.h>

#include <cstdint>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "rapidjson/encodings.h"
#include "rapidjson/memorystream.h"

namespace rope::ropectl {
namespace {

bool IsObeyed(uint32_t code_point) {
  const bool control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
  const bool direction = (code_point >= 0x202a && code_point <= 0x202e) ||
                         (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0x2028 ||
                         code_point == 0x2029 || code_point == 0x200e || code_point == 0x200f;
  return control || direction;
}

std::string Escaped(uint32_t code_point) {
  if (code_point == '\n') return "\\n";
  if (code_point == '\t') return "\\t";
  return code_point < 0x80 ? absl::StrFormat("\\x%02x", code_point)
                           : absl::StrFormat("\\u%04x", code_point);
}

bool HoldsJson(const google::protobuf::FieldDescriptor& field) {
  return field.name() == "fix" || absl::EndsWith(field.name(), "_json");
}

}  // namespace

std::string VisibleText(absl::string_view text) {
  std::string visible;
  size_t at = 0;
  while (at < text.size()) {
    rapidjson::MemoryStream rest(text.data() + at, text.size() - at);
    unsigned code_point = 0;
    if (!rapidjson::UTF8<>::Decode(rest, &code_point) || rest.Tell() > text.size() - at) {
      absl::StrAppendFormat(&visible, "\\x%02x", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    const absl::string_view character = text.substr(at, rest.Tell());
    absl::StrAppend(&visible, IsObeyed(code_point) ? Escaped(code_point) : std::string(character));
    at += character.size();
  }
  return visible;
}

void MakeVisible(google::protobuf::Message* message) {
  using Field = google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& fields = *message->GetReflection();
  std::vector<const Field*> present;
  fields.ListFields(*message, &present);
  for (const Field* field : present) {
    const int count = field->is_repeated() ? fields.FieldSize(*message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == Field::CPPTYPE_MESSAGE) {
        MakeVisible(field->is_repeated() ? fields.MutableRepeatedMessage(message, field, i)
                                         : fields.MutableMessage(message, field));
      } else if (field->type() != Field::TYPE_STRING || HoldsJson(*field)) {
        break;
      } else if (field->is_repeated()) {
        fields.SetRepeatedString(message, field, i,
                                 VisibleText(fields.GetRepeatedString(*message, field, i)));
      } else {
        fields.SetString(message, field, VisibleText(fields.GetString(*message, field)));
      }
    }
  }
}

}  // namespace rope::ropectl

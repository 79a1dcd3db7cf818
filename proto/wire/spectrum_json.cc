#include "proto/wire/spectrum_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

// The text is written field by field from the descriptor of the message, so a new field in the
// .proto needs no change here.
namespace rope::wire {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                                     rapidjson::CrtAllocator, rapidjson::kWriteNanAndInfFlag>;

// LANE_ORDER_IN_TURN is "in_turn": the name without that of the enum, which is the name of the
// value 0 without its last word.
absl::StatusOr<std::string> EnumWord(const FieldDescriptor& field, int number) {
  const EnumDescriptor& type = *field.enum_type();
  const auto* const value = type.FindValueByNumber(number);
  if (value == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("config.spectrum.", field.name(), ": ", number, " is no ", type.name()));
  }
  const size_t prefix =
      type.FindValueByNumber(0)->name().size() - std::string("UNSPECIFIED").size();
  return absl::AsciiStrToLower(value->name().substr(prefix));
}

absl::Status WriteObject(const Message& message, JsonWriter* writer);

absl::Status WriteField(const Message& message, const FieldDescriptor& field, JsonWriter* writer) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      writer->Double(reflection.GetDouble(message, &field));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT64:
      writer->Int64(reflection.GetInt64(message, &field));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      writer->Bool(reflection.GetBool(message, &field));
      return absl::OkStatus();
    default:
      break;
  }
  const auto word = EnumWord(field, reflection.GetEnumValue(message, &field));
  if (!word.ok()) return word.status();
  writer->String(word->data(), static_cast<rapidjson::SizeType>(word->size()));
  return absl::OkStatus();
}

absl::Status WriteList(const Message& message, const FieldDescriptor& field, JsonWriter* writer) {
  const Reflection& reflection = *message.GetReflection();
  writer->StartArray();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    absl::Status status = WriteObject(reflection.GetRepeatedMessage(message, &field, i), writer);
    if (!status.ok()) return status;
  }
  writer->EndArray();
  return absl::OkStatus();
}

absl::Status WriteObject(const Message& message, JsonWriter* writer) {
  writer->StartObject();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const bool is_set = field.is_repeated()
                            ? message.GetReflection()->FieldSize(message, &field) > 0
                            : message.GetReflection()->HasField(message, &field);
    if (!is_set) continue;
    writer->Key(field.name().data(), static_cast<rapidjson::SizeType>(field.name().size()));
    absl::Status status = field.is_repeated() ? WriteList(message, field, writer)
                                              : WriteField(message, field, writer);
    if (!status.ok()) return status;
  }
  writer->EndObject();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SpectrumJson(const v1::Spectrum& spectrum) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("spectrum");
  if (absl::Status status = WriteObject(spectrum, &writer); !status.ok()) return status;
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace rope::wire

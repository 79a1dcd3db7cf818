#include "proto/wire/config_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/presets/presets.h"
#include "proto/wire/spectrum_json.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

// The typed form is written field by field from the descriptor of the message, so a new field in
// the .proto needs no change here.
namespace rope::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                                     rapidjson::CrtAllocator, rapidjson::kWriteNanAndInfFlag>;

constexpr absl::string_view kNullFields = "null_fields";

// Passes the size, because a string of the message may contain a zero byte.
void WriteString(const std::string& text, JsonWriter* writer) {
  writer->String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void WriteKey(const std::string& key, JsonWriter* writer) {
  writer->Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void WriteScalar(const Message& message, const FieldDescriptor& field, JsonWriter* writer) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      writer->Double(reflection.GetDouble(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      writer->Int64(reflection.GetInt64(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      writer->Bool(reflection.GetBool(message, &field));
      break;
    default:
      WriteString(reflection.GetString(message, &field), writer);
      break;
  }
}

void WriteFactors(const v1::FactorList& factors, JsonWriter* writer) {
  writer->StartArray();
  for (double factor : factors.values()) writer->Double(factor);
  writer->EndArray();
}

// Writes the members of `message` without the braces: fields that are set, lists that are not
// empty.
void WriteMembers(const Message& message, JsonWriter* writer) {
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.name() == kNullFields) continue;
    if (field.is_repeated()) {
      const int size = reflection.FieldSize(message, &field);
      if (size == 0) continue;
      WriteKey(field.name(), writer);
      writer->StartArray();
      for (int k = 0; k < size; ++k) {
        WriteString(reflection.GetRepeatedString(message, &field, k), writer);
      }
      writer->EndArray();
      continue;
    }
    if (!reflection.HasField(message, &field)) continue;
    WriteKey(field.name(), writer);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      WriteFactors(static_cast<const v1::FactorList&>(reflection.GetMessage(message, &field)),
                   writer);
    } else {
      WriteScalar(message, field, writer);
    }
  }
}

absl::Status WriteParameters(const v1::RopeParameters& parameters, absl::string_view path,
                             JsonWriter* writer) {
  writer->StartObject();
  WriteMembers(parameters, writer);
  for (const std::string& name : parameters.null_fields()) {
    const FieldDescriptor* field = parameters.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || name == kNullFields) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ".null_fields: \"", name, "\" is not a field of RopeParameters"));
    }
    if (parameters.GetReflection()->HasField(parameters, field)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ".null_fields: \"", name, "\" is set; a field that is null must not have a value"));
    }
    WriteKey(name, writer);
    writer->Null();
  }
  writer->EndObject();
  return absl::OkStatus();
}

absl::Status WriteLayers(const v1::TypedModelConfig& typed, JsonWriter* writer) {
  writer->StartObject();
  // A map has no order. The names are sorted, so that equal messages give equal texts.
  std::vector<std::string> names;
  for (const auto& layer : typed.layer_rope_parameters()) names.push_back(layer.first);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    WriteKey(name, writer);
    absl::Status status =
        WriteParameters(typed.layer_rope_parameters().at(name),
                        absl::StrCat("config.typed.layer_rope_parameters.", name), writer);
    if (!status.ok()) return status;
  }
  writer->EndObject();
  return absl::OkStatus();
}

absl::StatusOr<std::string> TypedJson(const v1::TypedModelConfig& typed) {
  const bool layered = !typed.layer_rope_parameters().empty();
  if (layered && typed.has_rope_parameters()) {
    return absl::InvalidArgumentError(
        "config.typed: rope_parameters and layer_rope_parameters must not both be set");
  }
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteMembers(typed.shape(), &writer);
  absl::Status status;
  if (layered) {
    writer.Key("rope_parameters");
    status = WriteLayers(typed, &writer);
  } else if (typed.has_rope_parameters()) {
    writer.Key("rope_parameters");
    status = WriteParameters(typed.rope_parameters(), "config.typed.rope_parameters", &writer);
  }
  if (!status.ok()) return status;
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace

absl::StatusOr<std::string> ConfigJsonFromProto(const v1::ModelConfig& config) {
  switch (config.source_case()) {
    case v1::ModelConfig::kModelConfigJson:
      return config.model_config_json();
    case v1::ModelConfig::kTyped:
      return TypedJson(config.typed());
    case v1::ModelConfig::kPreset: {
      const Preset* preset = FindPreset(config.preset());
      if (preset != nullptr) return preset->config_json;
      return UnknownPreset("config.preset", config.preset());
    }
    case v1::ModelConfig::kSpectrum:
      return SpectrumJson(config.spectrum());
    case v1::ModelConfig::SOURCE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "config is missing; set config.model_config_json, config.typed, config.preset or "
      "config.spectrum");
}

Overrides OverridesFromProto(const v1::ModelConfig& config) {
  Overrides overrides;
  for (const auto& [layer_type, message] : config.overrides()) {
    LayerOverride& given = overrides[layer_type];
    given.inv_freq.assign(message.inv_freq().begin(), message.inv_freq().end());
    given.lane_scale.assign(message.lane_scale().begin(), message.lane_scale().end());
    if (message.has_window()) {
      given.window = Window{message.window().offset(), message.window().width()};
    }
  }
  return overrides;
}

}  // namespace rope::wire

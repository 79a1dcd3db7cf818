#include "client/files/table_metadata.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "core/table/numeric_profile.h"
#include "proto/wire/convert.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::client {

std::vector<std::pair<std::string, std::string>> TableMetadata(const v1::StreamHeader& header) {
  const v1::Resolution& resolution = header.resolution();
  const v1::Reading& reading = resolution.reading();
  const auto dtype = wire::DTypeFromProto(header.dtype());
  const auto layout = wire::LayoutFromProto(header.layout());
  const auto profile = wire::NumericProfileFromProto(header.numeric_profile());
  const auto yes = [](bool value) { return std::string(value ? "true" : "false"); };
  return {
      {"config_id", resolution.config_id()},
      {"rope_type", resolution.rope_type()},
      {"attention_factor", absl::StrFormat("%.17g", resolution.attention_factor())},
      {"layout", std::string(layout.ok() ? LayoutName(*layout) : "unknown")},
      {"dtype", std::string(dtype.ok() ? DTypeName(*dtype) : "unknown")},
      {"numeric_profile", std::string(profile.ok() ? NumericProfileName(*profile) : "unknown")},
      {"negate_sin", yes(header.negate_sin())},
      {"family", reading.family()},
      {"text_model_path", reading.text_model_path()},
      {"warnings", absl::StrJoin(reading.warning_codes(), ",")},
      {"attention_factor_omitted", yes(header.attention_factor_omitted())},
      {"inv_freq_given", yes(resolution.inv_freq_given())},
      {"lane_scale_given", yes(resolution.lane_scale_given())},
      {"first_channel", absl::StrCat(header.window().offset())},
      {"rotated_channels", absl::StrCat(header.window().width())},
      {"transformers_version", resolution.transformers_version()},
  };
}

std::string TableMetadataJson(const v1::StreamHeader& header) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> json(buffer);
  json.StartObject();
  for (const auto& [key, value] : TableMetadata(header)) {
    json.Key(key.c_str());
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace rope::client

// The records of tests/golden/rope_index.jsonl.
#pragma once

#include <string>

#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::testing {

inline std::string JsonTextOf(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

// Sets the member at `path` ("vision_config.spatial_merge_size"), and makes the objects on the way.
inline void SetAt(rapidjson::Document* document, std::string path, const rapidjson::Value& value) {
  rapidjson::Value* object = document;
  auto& memory = document->GetAllocator();
  for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
    const std::string key = path.substr(0, dot);
    path = path.substr(dot + 1);
    if (!object->HasMember(key.c_str())) {
      object->AddMember(rapidjson::Value(key.c_str(), memory),
                        rapidjson::Value(rapidjson::kObjectType), memory);
    }
    object = &(*object)[key.c_str()];
  }
  object->RemoveMember(path.c_str());
  object->AddMember(rapidjson::Value(path.c_str(), memory), rapidjson::Value(value, memory),
                    memory);
}

// The record's configuration as a config.json: the values beside model_type as the record has them,
// or where the model's own file has them.
inline std::string PositionConfigText(const rapidjson::Value& record, bool is_nested) {
  rapidjson::Document config(rapidjson::kObjectType);
  for (const auto& member : record["config"].GetObject()) {
    const std::string key = member.name.GetString();
    const bool is_size = key.find("_merge_size") != std::string::npos || key == "tokens_per_second";
    SetAt(&config, is_nested && is_size ? "vision_config." + key : key, member.value);
  }
  for (const auto& member : record["config_overrides"].GetObject()) {
    const std::string key = member.name.GetString();
    if (is_nested || key.find("vision_config.") != 0) SetAt(&config, key, member.value);
  }
  SetAt(&config, "model_type", record["model_type"]);
  return JsonTextOf(config);
}

}  // namespace rope::testing
